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
#include "services/strategy/formula/check_figure.h"
#include "services/strategy/formula/functions.h"
#include "services/strategy/formula/parser.h"

namespace steelyard::strategy::formula {
namespace {

using Kind = Node::Kind;

constexpr std::array<std::string_view, 4> kOfOne = {"abs", "exp", "ln", "sqrt"};
constexpr std::array<std::string_view, 3> kOfMany = {"max", "mean", "min"};

constexpr int kMostK = 100;
constexpr double kMostPer = 1e9;

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
                            std::string_view owner) const {
    return formula::WantsOptions(expression_, options, allowed, owner);
  }
  absl::Status CheckFigure(const Node& node, bool in_query) const {
    return formula::CheckFigure(expression_, node, in_query);
  }
  absl::StatusOr<Type> CheckCall(const Node& node) const;
  absl::Status WantsFigures(const Node& node, size_t count) const;
  absl::Status CheckQuery(Query query, const Node& node) const;
  absl::Status CheckOfFunding(Query query, const Node& node) const;
  absl::Status CheckGrowth(const Node& node) const;
  absl::Status CheckOverSlices(const Node& node) const;
  absl::Status CheckRatioOfSums(const Node& node) const;
  absl::Status CheckApart(const Node& child, std::string_view slice) const;
  absl::Status CheckForeignShare(const Node& node) const;
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
  static constexpr std::array<std::string_view, 3> kSlices = {"layer", "sector", kOrigin};
  STEELYARD_RETURN_IF_ERROR(WantsOptions(node.options, kSlices, node.name));
  if (node.options.size() != 1) {
    return Fail(node.offset, StrCat(node.name, "(...) takes one of layer=, sector= and origin="));
  }
  return CheckApart(node.children[0], node.options[0].key);
}

// The figure of a call that tells layers, sectors or origins apart itself. Those of one origin may
// be told apart by layers, and the other way round.
absl::Status Checker::CheckApart(const Node& child, std::string_view slice) const {
  for (const Option& option : child.figure.options) {
    if (!IsSlice(option.key) || (option.key == kOrigin) != (slice == kOrigin)) continue;
    return Fail(
        option.position,
        StrCat("'", option.key, "' stands behind the figure, as an option of the function"));
  }
  return absl::OkStatus();
}

absl::Status Checker::CheckForeignShare(const Node& node) const {
  if (const Option* origin = FindOption(node.children[0].figure.options, kOrigin)) {
    return Fail(origin->position, StrCat(node.name, "(...) tells the origins apart itself"));
  }
  return WantsOptions(node.options, {}, node.name);
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
  if (query == Query::kForeignCapitalShare) return CheckForeignShare(node);
  STEELYARD_RETURN_IF_ERROR(WantsOptions(node.options,
                                         query == Query::kConcentrationRatio
                                             ? std::span<const std::string_view>(kK)
                                             : std::span<const std::string_view>(),
                                         node.name));
  for (const Option& option : child.figure.options) {
    if (IsSlice(option.key) && !IsOneCode(option)) {
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
    STEELYARD_RETURN_IF_ERROR(CheckApart(child, "layer"));
  }
  STEELYARD_RETURN_IF_ERROR(WantsOptions(node.options, kBy, node.name));
  const Option* by = FindOption(node.options, "by");
  if (by == nullptr)
    return Fail(node.offset, StrCat(node.name, "(...) takes by=layer or by=sector"));
  if (by->values.size() == 1 && IsClassification(by->values[0])) return absl::OkStatus();
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
