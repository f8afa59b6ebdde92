#include "services/strategy/formula/codes.h"

#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/rpc/client.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/formula/functions.h"
#include "services/strategy/formula/parser.h"
#include "services/strategy/formula/readings.h"

namespace steelyard::strategy::formula {
namespace {

constexpr std::string_view kKeys[] = {"layer", "sector"};
constexpr std::string_view kLists[] = {"codelists/LAYER", "codelists/SECTOR"};

// The options of a key in the formula.
std::vector<const Option*> OptionsOf(const Node& tree, std::string_view key) {
  std::vector<const Option*> found;
  ForEach(tree, [&](const Node& node) {
    for (const std::vector<Option>* options : {&node.options, &node.figure.options}) {
      if (const Option* option = FindOption(*options, key)) found.push_back(option);
    }
  });
  return found;
}

absl::Status CheckOptions(const Formula& formula, const std::vector<const Option*>& options,
                          const registry::v1::Codelist& codelist) {
  std::set<std::string_view> codes;
  for (const registry::v1::Code& code : codelist.codes()) codes.insert(code.code());
  if (codes.empty()) return absl::OkStatus();
  for (const Option* option : options) {
    for (const std::string& value : option->values) {
      // Nothing stands for what is not classified.
      if (value.empty() || codes.contains(value) || !CodesOf(value).empty()) continue;
      return Refuse(
          formula.expression, option->position,
          StrCat("there is no ", option->key, " '", value, "'; there are ", StrJoin(codes, ", "),
                 option->key == "layer" ? ", and INFRASTRUCTURE, MODEL and APPLIED" : ""));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCodes(const rpc::Call& call, const Backends& backends,
                        const std::string& snapshot, const Formula& formula) {
  for (size_t i = 0; i < std::size(kKeys); ++i) {
    const std::vector<const Option*> options = OptionsOf(formula.tree, kKeys[i]);
    if (options.empty()) continue;
    registry::v1::GetCodelistRequest request;
    request.set_name(std::string(kLists[i]));
    request.mutable_read()->set_snapshot(snapshot);
    registry::v1::GetCodelistResponse response;
    const absl::Status outcome =
        rpc::Invoke(call, kRegistryService, [&](grpc::ClientContext* context, auto done) {
          backends.registry->async()->GetCodelist(context, &request, &response, std::move(done));
        });
    if (IsUnreachable(outcome) || absl::IsNotFound(outcome)) continue;
    STEELYARD_RETURN_IF_ERROR(outcome);
    STEELYARD_RETURN_IF_ERROR(CheckOptions(formula, options, response.codelist()));
  }
  return absl::OkStatus();
}

}  // namespace steelyard::strategy::formula
