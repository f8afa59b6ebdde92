#include "services/strategy/formula/functions.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/parser.h"

namespace steelyard::strategy::formula {
namespace {

using Kind = Node::Kind;

constexpr std::array kRoundsFigures = {
    RoundsFigure{"companies", funding::v1::MEASURE_COMPANY_COUNT, false},
    RoundsFigure{"disclosed_share", funding::v1::MEASURE_DISCLOSED_SHARE, false},
    RoundsFigure{"funding", funding::v1::MEASURE_SUM, true},
    RoundsFigure{"funding_without_largest", funding::v1::MEASURE_SUM_WITHOUT_LARGEST, false},
    RoundsFigure{"imputed_funding", funding::v1::MEASURE_IMPUTED_SUM, false},
    RoundsFigure{"largest_round", funding::v1::MEASURE_MAX, false},
    RoundsFigure{"mean_round", funding::v1::MEASURE_MEAN, false},
    RoundsFigure{"median_round", funding::v1::MEASURE_MEDIAN, false},
    RoundsFigure{"mega_round_funding", funding::v1::MEASURE_MEGA_ROUND_SUM, true},
    RoundsFigure{"rounds", funding::v1::MEASURE_COUNT, true},
};

struct QueryName {
  std::string_view name;
  Query query;
};
constexpr std::array kQueries = {
    QueryName{"concentration_ratio", Query::kConcentrationRatio},
    QueryName{"growth", Query::kGrowth},
    QueryName{"hhi", Query::kHhi},
    QueryName{"location_quotient", Query::kLocationQuotient},
    QueryName{"rank", Query::kRank},
    QueryName{"share", Query::kShare},
};

constexpr std::array<std::string_view, 4> kOfOne = {"abs", "exp", "ln", "sqrt"};
constexpr std::array<std::string_view, 3> kOfMany = {"max", "mean", "min"};

constexpr std::array<std::string_view, 4> kInfrastructure = {"ENERGY", "CHIPS",
                                                             "COMPUTE_DATACENTER", "CLOUD"};
constexpr std::array<std::string_view, 1> kModel = {"FOUNDATION_MODEL"};
constexpr std::array<std::string_view, 2> kApplied = {"APPLICATION_HORIZONTAL",
                                                      "APPLICATION_VERTICAL"};

constexpr int kMostK = 100;

bool Contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsSlice(std::string_view key) { return key == "layer" || key == "sector"; }

class Checker {
 public:
  explicit Checker(std::string_view expression) : expression_(expression) {}
  absl::StatusOr<Type> Check(const Node& node) const;

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
  absl::Status CheckQuery(Query query, const Node& node) const;
  absl::Status CheckShare(const Node& node) const;
  absl::Status CheckRank(const Node& node) const;
  absl::Status CheckNumberOption(const Node& node, std::string_view key, double least,
                                 double most) const;

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
    if (!IsSlice(option.key) || rounds->additive) continue;
    if (option.values.size() != 1 || CodesOf(option.values[0]).size() > 1) {
      return Fail(option.position, StrCat("'", figure.name, "' does not add up over several ",
                                          option.key, "s; name one code"));
    }
  }
  return absl::OkStatus();
}

absl::Status Checker::CheckFigure(const Node& node, bool in_query) const {
  static constexpr std::array<std::string_view, 3> kOfRounds = {"layer", "sector", "filter"};
  static constexpr std::array<std::string_view, 4> kPublished = {"source", "scope", "unit",
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
                                    "takes a range of it"));
  }
  for (const Option& option : figure.options) {
    if (option.values.size() != 1) return Fail(option.position, "one value is expected");
  }
  return WantsOptions(figure.options, kPublished,
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
  for (const Option& option : node.children[0].figure.options) {
    if (option.key != "filter") {
      return Fail(
          option.position,
          StrCat("'", option.key, "' stands behind the figure, as an option of ", node.name));
    }
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

absl::Status Checker::CheckQuery(Query query, const Node& node) const {
  static constexpr std::array<std::string_view, 1> kK = {"k"};
  if (node.children.size() != 1 || node.children[0].kind != Kind::kFigure) {
    return Fail(node.offset, StrCat(node.name, "(...) takes one figure, such as ", node.name,
                                    "(funding[US, 2025])"));
  }
  const Node& child = node.children[0];
  STEELYARD_RETURN_IF_ERROR(CheckFigure(child, query == Query::kRank || query == Query::kGrowth));
  if (query == Query::kGrowth) {
    if (!child.figure.IsRange() || child.figure.region == "*") {
      return Fail(child.offset, "growth(...) takes a figure of one region over years: 2015..2025");
    }
    return WantsOptions(node.options, {}, node.name);
  }
  if (query == Query::kRank) {
    if (child.figure.IsRange() && FindRoundsFigure(child.figure.name) == nullptr) {
      return Fail(child.offset, "a rank by a published statistic is of one period");
    }
    return CheckRank(node);
  }
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
  const Option* k = FindOption(node.options, "k");
  if (k != nullptr && k->values[0].find_first_not_of("0123456789") != std::string::npos) {
    return Fail(k->position, StrCat("'k' is a whole number in [1, ", kMostK, "]"));
  }
  return CheckNumberOption(node, "k", 1, kMostK);
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
    for (const QueryName& query : kQueries) known.push_back(query.name);
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

std::span<const RoundsFigure> RoundsFigures() { return kRoundsFigures; }

const RoundsFigure* FindRoundsFigure(std::string_view name) {
  const auto* const found =
      std::find_if(kRoundsFigures.begin(), kRoundsFigures.end(),
                   [&](const RoundsFigure& figure) { return figure.name == name; });
  return found == kRoundsFigures.end() ? nullptr : found;
}

std::optional<Query> QueryOf(const Node& node) {
  if (node.kind != Kind::kCall) return std::nullopt;
  for (const QueryName& query : kQueries) {
    if (query.name == node.name) return query.query;
  }
  return std::nullopt;
}

std::span<const std::string_view> CodesOf(std::string_view value) {
  if (value == "INFRASTRUCTURE") return kInfrastructure;
  if (value == "MODEL") return kModel;
  if (value == "APPLIED") return kApplied;
  return {};
}

absl::StatusOr<Type> Check(std::string_view expression, const Node& node) {
  return Checker(expression).Check(node);
}

}  // namespace steelyard::strategy::formula
