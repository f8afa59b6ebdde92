#include <string>
#include <string_view>

#include "services/common/status/status.h"
#include "services/strategy/formula/check.h"
#include "services/strategy/formula/parser.h"
#include "tests/fuzz/fuzz_input.h"

namespace steelyard::strategy::formula {
namespace {

using fuzz::Require;

void CheckRefusal(const absl::Status& status, std::string_view text) {
  Require(ReasonOf(status) == common::v1::ERROR_REASON_INVALID_FORMULA,
          "bad formulas have their reason");
  const std::string position = MetadataOf(status, "position");
  Require(!position.empty() && std::stoul(position) <= text.size(), "errors stand in the formula");
}

void CheckFormula(std::string_view text) {
  const absl::StatusOr<Node> tree = Parse(text);
  if (!tree.ok()) return CheckRefusal(tree.status(), text);
  ForEach(*tree, [&](const Node& node) {
    Require(node.offset + node.length <= text.size(), "parts stand in the formula");
  });
  // The canonical spelling is read as the same formula, unless it is longer than is allowed.
  const std::string canonical = Spell(*tree);
  if (canonical.size() <= kMostBytes) {
    const absl::StatusOr<Node> again = Parse(canonical);
    Require(again.ok() && Spell(*again) == canonical, "the canonical spelling is stable");
  }
  const absl::StatusOr<Type> type = Check(text, *tree);
  if (!type.ok()) CheckRefusal(type.status(), text);
}

}  // namespace
}  // namespace steelyard::strategy::formula

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  steelyard::strategy::formula::CheckFormula(steelyard::fuzz::AsText(data, size));
  return 0;
}
