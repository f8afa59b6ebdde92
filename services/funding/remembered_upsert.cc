#include "services/funding/remembered_upsert.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {

std::string EncodeUpsert(const UpsertOutcome& outcome) {
  std::string text =
      StrCat(outcome.revision.revision, " ", absl::ToUnixMicros(outcome.revision.committed_at), " ",
             outcome.revision.registry_revision);
  for (const std::string& id : outcome.changed) StrAppend(&text, "\n", id);
  return text;
}

absl::StatusOr<UpsertOutcome> DecodeUpsert(std::string_view text) {
  const std::vector<std::string> lines = absl::StrSplit(ToAbsl(text), '\n');
  const std::vector<std::string> numbers = absl::StrSplit(lines.front(), ' ');
  UpsertOutcome outcome;
  int64_t micros = 0;
  if (numbers.size() != 3 || !absl::SimpleAtoi(numbers[0], &outcome.revision.revision) ||
      !absl::SimpleAtoi(numbers[1], &micros) ||
      !absl::SimpleAtoi(numbers[2], &outcome.revision.registry_revision)) {
    return MakeError(common::v1::ERROR_REASON_INTERNAL,
                     "the remembered outcome of an upsert is damaged");
  }
  outcome.revision.committed_at = absl::FromUnixMicros(micros);
  outcome.changed.assign(lines.begin() + 1, lines.end());
  return outcome;
}

}  // namespace steelyard::funding
