#include "services/strategy/formula/check_figure.h"

#include <algorithm>
#include <array>
#include <string>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/functions.h"
#include "services/strategy/formula/parser.h"

namespace steelyard::strategy::formula {
namespace {

constexpr std::string_view kNominal = "nominal";

// As the currencies of numbers are spelled.
bool IsCurrency(std::string_view value) {
  return value.size() == 3 &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

absl::Status CheckSlices(std::string_view expression, const FigureRef& figure) {
  const RoundsFigure* rounds = FindRoundsFigure(figure.name);
  for (const Option& option : figure.options) {
    if (option.key == "filter" && option.values.size() != 1) {
      return Refuse(expression, option.position, "one filter is expected; join its terms by AND");
    }
    if (option.key == "unit" && (option.values.size() != 1 || !IsCurrency(option.values[0]))) {
      return Refuse(expression, option.position, "the unit of rounds is one currency: unit=USD");
    }
    if (option.key == "prices" && (option.values.size() != 1 || option.values[0] != kNominal)) {
      return Refuse(expression, option.position,
                    "the definition says in which prices rounds are, unless prices=nominal does");
    }
    if (IsSlice(option.key) && !IsOneCode(option) && !AddsUpOver(option.key, *rounds)) {
      return Refuse(expression, option.position,
                    StrCat("'", figure.name, "' does not add up over several ", option.key,
                           "s; name one code"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPublished(std::string_view expression, const FigureRef& figure) {
  static constexpr std::array<std::string_view, 6> kOptions = {"source", "scope",   "unit",
                                                               "prices", "members", "policy"};
  for (const Option& option : figure.options) {
    if (option.values.size() != 1)
      return Refuse(expression, option.position, "one value is expected");
    if (option.key == "members" && option.values[0] != "all") {
      return Refuse(expression, option.position,
                    "only members=all is known: no sum over some of them");
    }
  }
  return WantsOptions(expression, figure.options, kOptions,
                      StrCat("the published statistic '", figure.name, "'"));
}

}  // namespace

absl::Status WantsOptions(std::string_view expression, const std::vector<Option>& options,
                          std::span<const std::string_view> allowed, std::string_view owner) {
  for (const Option& option : options) {
    if (std::find(allowed.begin(), allowed.end(), option.key) != allowed.end()) continue;
    return Refuse(expression, option.position,
                  StrCat(owner, " has no option '", option.key, "'; it has ",
                         allowed.empty() ? "none" : StrJoin(allowed, ", ")));
  }
  return absl::OkStatus();
}

absl::Status CheckFigure(std::string_view expression, const Node& node, bool in_query) {
  static constexpr std::array<std::string_view, 6> kOfRounds = {"layer",  "sector", kOrigin,
                                                                "filter", "unit",   "prices"};
  const FigureRef& figure = node.figure;
  const bool of_rounds = FindRoundsFigure(figure.name) != nullptr;
  if (figure.region == "*" && !in_query) {
    return Refuse(expression, figure.region_position, "'*' stands only in the figure of a rank");
  }
  if (of_rounds) {
    if (!IsYear(figure.from)) {
      return Refuse(expression, node.offset,
                    StrCat("'", figure.name, "' is of whole years: 2025 or 2015..2025"));
    }
    STEELYARD_RETURN_IF_ERROR(WantsOptions(expression, figure.options, kOfRounds, figure.name));
    return CheckSlices(expression, figure);
  }
  if (figure.IsRange() && !in_query) {
    return Refuse(expression, node.offset,
                  StrCat("'", figure.name,
                         "' is a published statistic, of one period; only growth(...) "
                         "and ratio_of_sums(...) take a range of it"));
  }
  return CheckPublished(expression, figure);
}

}  // namespace steelyard::strategy::formula
