#include "services/strategy/formula/check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/functions.h"
#include "services/strategy/formula/parser.h"

namespace steelyard::strategy::formula {
namespace {

using Kind = Node::Kind;

constexpr std::array<std::string_view, 4> kOfOne = {"abs", "exp", "ln", "sqrt"};
constexpr std::array<std::string_view, 3> kOfMany = {"max", "mean", "min"};

constexpr int kMostK = 100;
constexpr double kMostPer = 1e9;

constexpr std::string_view kNominal = "nominal";

// As the currencies of numbers are spelled.
bool IsCurrency(std::string_view value) {
  return value.size() == 3 &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool Contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Checker {
 public:
  explicit Checker(std::string_view expression) : expression_(expression) {}
  absl::StatusOr<Type> Check(const Node& node) const;
  absl::Status CheckSummedYears(const Node& tree) const;

 private:
  absl::Status Fail(size_t position, std::string_view problem) const {
    return Refuse(expression_, position, problem);
  }
  absl::Status Wants(Type wanted, const Node& child) const;
  absl::Status WantsOptions(const std::vector<Option>& options,
                            std::span<const std::string_view> allowed,
                            std::string_view owner) const;
  absl::Status CheckFigure(const Node& node, bool in_query) const;
  absl::Status CheckSlices(const Node& node) const;
  absl::StatusOr<Type> CheckCall(const Node& node) const;
  absl::Status CheckPublished(const FigureRef& figure) const;
  absl::Status WantsFigures(const Node& node, size_t count) const;
  absl::Status CheckQuery(Query query, const Node& node) const;
  absl::Status CheckOfFunding(Query query, const Node& node) const;
  absl::Status CheckGrowth(const Node& node) const;
  absl::Status CheckOverSlices(const Node& node) const;
  absl::Status CheckRatioOfSums(const Node& node) const;
  absl::Status CheckSliceless(const Node& node) const;
  absl::Status CheckShare(const Node& node) const;
  absl::Status CheckRank(const Node& node) const;
  absl::Status CheckNumberOption(const Node& node, std::string_view key, double least,
                                 double most) const;
  absl::Status CheckWholeOption(const Node& node, std::string_view key, double most) const;

  std::string_view expression_;
};

absl::Status Checker::Wants(Type wanted, const Node& child) const {
  STEELYARD_ASSIGN_OR_RETURN(const Type type, Check(child));
  if (type == wanted) return absl::OkStatus();
  return Fail(child.offset, wanted == Type::kNumber
                                ? "a number is expected here, not a condition"
                                : "a condition such as a > b is expected here, not a number");
}

absl::Status Checker::WantsOptions(const std::vector<Option>& options,
                                   std::span<const std::string_view> allowed,
                                   std::string_view owner) const {
  for (const Option& option : options) {
    if (Contains(allowed, option.key)) continue;
    return Fail(option.position, StrCat(owner, " has no option '", option.key, "'; it has ",
                                        allowed.empty() ? "none" : StrJoin(allowed, ", ")));
  }
  return absl::OkStatus();
}

absl::Status Checker::CheckSlices(const Node& node) const {
  const FigureRef& figure = node.figure;
  const RoundsFigure* rounds = FindRoundsFigure(figure.name);
  for (const Option& option : figure.options) {
    if (option.key == "filter" && option.values.size() != 1) {
      return Fail(option.position, "one filter is expected; join its terms by AND");
    }
    if (option.key == "unit" && (option.values.size() != 1 || !IsCurrency(option.values[0]))) {
      return Fail(option.position, "the unit of rounds is one currency: unit=USD");
    }
    if (option.key == "prices" && (option.values.size() != 1 || option.values[0] != kNominal)) {
      return Fail(option.position,
                  "the definition says in which prices rounds are, unless prices=nominal does");
    }
    if (!IsSlice(option.key) || rounds->additive) continue;
    if (option.values.size() != 1 || CodesOf(option.values[0]).size() > 1) {
      return Fail(option.position, StrCat("'", figure.name, "' does not add up over several ",
                                          option.key, "s; name one code"));
    }
  }
  return absl::OkStatus();
}

absl::Status Checker::CheckFigure(const Node& node, bool in_query) const {
  static constexpr std::array<std::string_view, 5> kOfRounds = {"layer", "sector", "filter", "unit",
                                                                "prices"};
  const FigureRef& figure = node.figure;
  const bool of_rounds = FindRoundsFigure(figure.name) != nullptr;
  if (figure.region == "*" && !in_query) {
    return Fail(figure.region_position, "'*' stands only in the figure of a rank");
  }
  if (of_rounds) {
    if (!IsYear(figure.from)) {
      return Fail(node.offset, StrCat("'", figure.name, "' is of whole years: 2025 or 2015..2025"));
    }
    STEELYARD_RETURN_IF_ERROR(WantsOptions(figure.options, kOfRounds, figure.name));
    return CheckSlices(node);
  }
  if (figure.IsRange() && !in_query) {
    return Fail(node.offset, StrCat("'", figure.name,
                                    "' is a published statistic, of one period; only growth(...) "
                                    "and ratio_of_sums(...) take a range of it"));
  }
  return CheckPublished(figure);
}

absl::Status Checker::CheckPublished(const FigureRef& figure) const {
  static constexpr std::array<std::string_view, 6> kOptions = {"source", "scope",   "unit",
                                                               "prices", "members", "policy"};
  for (const Option& option : figure.options) {
    if (option.values.size() != 1) return Fail(option.position, "one value is expected");
    if (option.key == "members" && option.values[0] != "all") {
      return Fail(option.position, "only members=all is known: no sum over some of them");
    }
  }
  return WantsOptions(figure.options, kOptions,
                      StrCat("the published statistic '", figure.name, "'"));
}

absl::Status Checker::CheckNumberOption(const Node& node, std::string_view key, double least,
                                        double most) const {
  const Option* option = FindOption(node.options, key);
  if (option == nullptr) return absl::OkStatus();
  double value = 0;
  if (option->values.size() == 1 && absl::SimpleAtod(option->values[0], &value) && value >= least &&
      value <= most) {
    return absl::OkStatus();
  }
  return Fail(option->position, StrCat("'", key, "' is a number in [", least, ", ", most, "]"));
}

absl::Status Checker::CheckShare(const Node& node) const {
  static constexpr std::array<std::string_view, 2> kSlices = {"layer", "sector"};
  STEELYARD_RETURN_IF_ERROR(WantsOptions(node.options, kSlices, node.name));
  if (node.options.size() != 1) {
    return Fail(node.offset, StrCat(node.name, "(...) takes one of layer= and sector="));
  }
  return CheckSliceless(node.children[0]);
}

// The figure of a call that tells layers or sectors apart itself.
absl::Status Checker::CheckSliceless(const Node& node) const {
  for (const Option& option : node.figure.options) {
    if (!IsSlice(option.key)) continue;
    return Fail(
        option.position,
        StrCat("'", option.key, "' stands behind the figure, as an option of the function"));
  }
  return absl::OkStatus();
}

absl::Status Checker::CheckRank(const Node& node) const {
  static constexpr std::array<std::string_view, 2> kOptions = {"among", "of"};
  STEELYARD_RETURN_IF_ERROR(WantsOptions(node.options, kOptions, node.name));
  const Option* of = FindOption(node.options, "of");
  if (of == nullptr || of->values.size() != 1) {
    return Fail(node.offset, "rank(...) takes of=, the region whose place is asked for");
  }
  const Option* among = FindOption(node.options, "among");
  if (among != nullptr &&
      std::find(among->values.begin(), among->values.end(), of->values[0]) == among->values.end()) {
    return Fail(among->position, StrCat("'", of->values[0], "' must be among them"));
  }
  if (node.children[0].figure.region != "*") {
    return Fail(node.children[0].figure.region_position,
                "the figure of a rank is of all regions: '*'");
  }
  return absl::OkStatus();
}

absl::Status Checker::WantsFigures(const Node& node, size_t count) const {
  const bool figures = std::all_of(node.children.begin(), node.children.end(),
                                   [](const Node& child) { return child.kind == Kind::kFigure; });
  if (node.children.size() == count && figures) return absl::OkStatus();
  const std::string_view second = count == 1 ? "" : ", funding[EUROPE, 2025]";
  return Fail(node.offset,
              StrCat(node.name, "(...) takes ", count == 1 ? "one figure" : "two figures",
                     ", such as ", node.name, "(funding[US, 2025]", second, ")"));
}

absl::Status Checker::CheckQuery(Query query, const Node& node) const {
  if (query == Query::kOverSlices) return CheckOverSlices(node);
  if (query == Query::kRatioOfSums) return CheckRatioOfSums(node);
  STEELYARD_RETURN_IF_ERROR(WantsFigures(node, 1));
  const Node& child = node.children[0];
  STEELYARD_RETURN_IF_ERROR(CheckFigure(child, query == Query::kRank || query == Query::kGrowth));
  if (query == Query::kGrowth) return CheckGrowth(node);
  if (query == Query::kRank) {
    if (child.figure.IsRange() && FindRoundsFigure(child.figure.name) == nullptr) {
      return Fail(child.offset, "a rank by a published statistic is of one period");
    }
    return CheckRank(node);
  }
  return CheckOfFunding(query, node);
}

absl::Status Checker::CheckGrowth(const Node& node) const {
  const Node& child = node.children[0];
  if (!child.figure.IsRange() || child.figure.region == "*") {
    return Fail(child.offset, "growth(...) takes a figure of one region over years: 2015..2025");
  }
  return WantsOptions(node.options, {}, node.name);
}

absl::Status Checker::CheckOfFunding(Query query, const Node& node) const {
  static constexpr std::array<std::string_view, 1> kK = {"k"};
  const Node& child = node.children[0];
  if (child.figure.name != "funding") {
    return Fail(child.offset, StrCat(node.name, "(...) is of funding[...]"));
  }
  if (query == Query::kShare || query == Query::kLocationQuotient) return CheckShare(node);
  STEELYARD_RETURN_IF_ERROR(WantsOptions(node.options,
                                         query == Query::kConcentrationRatio
                                             ? std::span<const std::string_view>(kK)
                                             : std::span<const std::string_view>(),
                                         node.name));
  for (const Option& option : child.figure.options) {
    if (IsSlice(option.key) && (option.values.size() > 1 || CodesOf(option.values[0]).size() > 1)) {
      return Fail(option.position, StrCat(node.name, "(...) is over one ", option.key));
    }
  }
  return CheckWholeOption(node, "k", kMostK);
}

absl::Status Checker::CheckWholeOption(const Node& node, std::string_view key, double most) const {
  const Option* option = FindOption(node.options, key);
  if (option != nullptr && option->values[0].find_first_not_of("0123456789") != std::string::npos) {
    return Fail(option->position, StrCat("'", key, "' is a whole number in [1, ", most, "]"));
  }
  return CheckNumberOption(node, key, 1, most);
}

absl::Status Checker::CheckOverSlices(const Node& node) const {
  static constexpr std::array<std::string_view, 1> kBy = {"by"};
  STEELYARD_RETURN_IF_ERROR(
      WantsFigures(node, FindSliceMeasure(node.name)->of_two == nullptr ? 1 : 2));
  for (const Node& child : node.children) {
    STEELYARD_RETURN_IF_ERROR(CheckFigure(child, false));
    if (child.figure.name != "funding") {
      return Fail(child.offset, StrCat(node.name, "(...) is of funding[...]"));
    }
    STEELYARD_RETURN_IF_ERROR(CheckSliceless(child));
  }
  STEELYARD_RETURN_IF_ERROR(WantsOptions(node.options, kBy, node.name));
  const Option* by = FindOption(node.options, "by");
  if (by == nullptr)
    return Fail(node.offset, StrCat(node.name, "(...) takes by=layer or by=sector"));
  if (by->values.size() == 1 && IsSlice(by->values[0])) return absl::OkStatus();
  return Fail(by->position, "'by' is layer or sector");
}

absl::Status Checker::CheckRatioOfSums(const Node& node) const {
  static constexpr std::array<std::string_view, 1> kPer = {"per"};
  STEELYARD_RETURN_IF_ERROR(WantsFigures(node, 2));
  const FigureRef& first = node.children[0].figure;
  for (const Node& child : node.children) {
    const FigureRef& figure = child.figure;
    STEELYARD_RETURN_IF_ERROR(CheckFigure(child, true));
    if (figure.region == "*") {
      return Fail(figure.region_position, "'*' stands only in the figure of a rank");
    }
    const RoundsFigure* rounds = FindRoundsFigure(figure.name);
    if (rounds != nullptr && !rounds->additive) {
      return Fail(child.offset, StrCat("'", figure.name, "' does not add up over years"));
    }
    if (!IsYear(figure.from) || figure.from != first.from || figure.to != first.to) {
      return Fail(child.offset, "both figures of ratio_of_sums(...) are of the same whole years");
    }
  }
  STEELYARD_RETURN_IF_ERROR(WantsOptions(node.options, kPer, node.name));
  return CheckWholeOption(node, "per", kMostPer);
}

absl::Status Checker::CheckSummedYears(const Node& tree) const {
  int years = 0;
  absl::Status status;
  ForEach(tree, [&](const Node& node) {
    if (!status.ok() || QueryOf(node) != Query::kRatioOfSums) return;
    for (const Node& child : node.children) {
      years += static_cast<int>(YearsOf(child.figure).size());
    }
    if (years > kMostSummedYears) {
      status = Fail(node.offset, StrCat("ratio_of_sums(...) adds up ", years, " years of figures; ",
                                        kMostSummedYears, " are allowed in a formula"));
    }
  });
  return status;
}

absl::StatusOr<Type> Checker::CheckCall(const Node& node) const {
  static constexpr std::array<std::string_view, 1> kBy = {"by"};
  if (const std::optional<Query> query = QueryOf(node)) {
    STEELYARD_RETURN_IF_ERROR(CheckQuery(*query, node));
    return Type::kNumber;
  }
  const bool one = Contains(kOfOne, node.name);
  const bool within = node.name == "within";
  if (!one && !within && !Contains(kOfMany, node.name)) {
    std::vector<std::string_view> known = {"all", "any", "within"};
    known.insert(known.end(), kOfOne.begin(), kOfOne.end());
    known.insert(known.end(), kOfMany.begin(), kOfMany.end());
    for (const QueryName& query : QueryNames()) known.push_back(query.name);
    std::sort(known.begin(), known.end());
    return Fail(node.offset,
                StrCat("there is no function '", node.name, "'; there are ", StrJoin(known, ", ")));
  }
  if ((one && node.children.size() != 1) || (within && node.children.size() != 2)) {
    return Fail(node.offset, StrCat(node.name, "(...) takes ", one ? "one number" : "two numbers",
                                    ", not ", node.children.size()));
  }
  STEELYARD_RETURN_IF_ERROR(WantsOptions(
      node.options,
      within ? std::span<const std::string_view>(kBy) : std::span<const std::string_view>(),
      node.name));
  STEELYARD_RETURN_IF_ERROR(CheckNumberOption(node, "by", 0, 1));
  for (const Node& child : node.children) {
    STEELYARD_RETURN_IF_ERROR(Wants(Type::kNumber, child));
  }
  return within ? Type::kCondition : Type::kNumber;
}

absl::StatusOr<Type> Checker::Check(const Node& node) const {
  switch (node.kind) {
    case Kind::kNumber:
      return Type::kNumber;
    case Kind::kFigure:
      STEELYARD_RETURN_IF_ERROR(CheckFigure(node, false));
      return Type::kNumber;
    case Kind::kCall:
      return CheckCall(node);
    case Kind::kNegate:
    case Kind::kArithmetic:
    case Kind::kCompare:
      for (const Node& child : node.children) {
        STEELYARD_RETURN_IF_ERROR(Wants(Type::kNumber, child));
      }
      return node.kind == Kind::kCompare ? Type::kCondition : Type::kNumber;
    default:
      for (const Node& child : node.children) {
        STEELYARD_RETURN_IF_ERROR(Wants(Type::kCondition, child));
      }
      return Type::kCondition;
  }
}

}  // namespace

absl::StatusOr<Type> Check(std::string_view expression, const Node& node) {
  const Checker checker(expression);
  STEELYARD_ASSIGN_OR_RETURN(const Type type, checker.Check(node));
  STEELYARD_RETURN_IF_ERROR(checker.CheckSummedYears(node));
  return type;
}

}  // namespace steelyard::strategy::formula
