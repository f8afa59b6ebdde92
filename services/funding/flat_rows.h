#pragma once

// Writing subjects of a table without children.

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"

namespace steelyard::funding {

// Closes the rows of subjects that changed and has `append(subject, digest, appender)` append their
// new ones. `digests` are the subjects' keys and digests, in their order. Returns the keys of those
// that are new or different.
template <typename Subject, typename Append>
absl::StatusOr<std::vector<std::string>> WriteFlat(
    sql::Connection& connection, const Context& context, int64_t revision, std::string_view table,
    std::string_view key_column, const std::vector<Subject>& subjects,
    const std::vector<ledger::KeyDigest>& digests, Append append) {
  STEELYARD_ASSIGN_OR_RETURN(ledger::Changed changed,
                             ledger::ChangedKeys(connection, context, table, key_column, digests));
  if (changed.keys.empty()) return std::move(changed.keys);
  const std::string_view tables[] = {table};
  STEELYARD_RETURN_IF_ERROR(
      ledger::CloseRows(connection, context, tables, key_column, changed.replaced, revision)
          .status());
  const std::unordered_set<std::string_view> is_changed(changed.keys.begin(), changed.keys.end());
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, connection.Append(table));
  for (size_t i = 0; i < subjects.size(); ++i) {
    if (!is_changed.contains(digests[i].first)) continue;
    STEELYARD_RETURN_IF_ERROR(append(subjects[i], digests[i].second, *appender));
  }
  STEELYARD_RETURN_IF_ERROR(appender->Close());
  return std::move(changed.keys);
}

// Digests of subjects by the key that `key_of` gives.
template <typename Subject, typename KeyOf>
std::vector<ledger::KeyDigest> DigestsOf(const std::vector<Subject>& subjects, KeyOf key_of) {
  std::vector<ledger::KeyDigest> digests;
  digests.reserve(subjects.size());
  for (const Subject& subject : subjects) {
    digests.emplace_back(key_of(subject), ledger::ContentDigest(Canonical(subject)));
  }
  return digests;
}

}  // namespace steelyard::funding
