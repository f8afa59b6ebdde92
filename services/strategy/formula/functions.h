#pragma once

// Which names formulas may use, and what each takes. docs/formulas.md lists them for people.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "services/strategy/formula/ast.h"
#include "services/strategy/measures/measures.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::strategy::formula {

// A figure of the rounds that funding holds. Every other name is a published statistic's variable.
struct RoundsFigure {
  std::string_view name;
  funding::v1::Measure measure;
  // Whether values of several layers, sectors or years add up.
  bool additive;
};

// All of them, by name.
std::span<const RoundsFigure> RoundsFigures();
// nullptr for a published statistic.
const RoundsFigure* FindRoundsFigure(std::string_view name);
// The one that a mistyped name most likely meant; "" when none is near.
std::string_view NearestRoundsFigure(std::string_view name);

// Functions that ask for figures by themselves instead of taking values.
enum class Query {
  kShare,
  kLocationQuotient,
  kHhi,
  kConcentrationRatio,
  kRank,
  kGrowth,
  kOverSlices,  // a SliceMeasure
  kRatioOfSums,
  kForeignCapitalShare,
};
struct QueryName {
  std::string_view name;
  Query query;
};
// All of them, by name.
std::span<const QueryName> QueryNames();
// Which one a call is; nullopt for functions of values.
std::optional<Query> QueryOf(const Node& node);

// A measure over the layers or sectors of one whole, or of two. Formulas call it by its id without
// the version.
struct SliceMeasure {
  std::string_view id;  // in the catalogue
  Value (*of_one)(Amounts) = nullptr;
  Value (*of_two)(Amounts, Amounts) = nullptr;
};
// nullptr when there is none.
const SliceMeasure* FindSliceMeasure(std::string_view name);

inline constexpr std::string_view kOrigin = "origin";

// "layer" and "sector".
bool IsClassification(std::string_view key);
// Those, and "origin".
bool IsSlice(std::string_view key);
// Whether values of the figure in several layers, sectors or origins add up. Amounts are divided
// among investors, rounds are not.
bool AddsUpOver(std::string_view slice, const RoundsFigure& figure);
// Whether the slice stands for one code, whatever the words of its values mean.
bool IsOneCode(const Option& slice);

// The codes that a value of layer= gathers: four for "INFRASTRUCTURE", one for "MODEL", two for
// "APPLIED"; none for any other word, which is a code itself.
std::span<const std::string_view> CodesOf(std::string_view value);

// Whether a figure of rounds, or a function of one, with these options tells layers or sectors
// apart: by layer= or sector=, by=layer or by=sector, or by a filter that names one.
bool TellsLayersApart(const std::vector<Option>& options);
// Whether a part of a formula tells the countries of investors apart.
bool TellsOriginsApart(const Node& node);

}  // namespace steelyard::strategy::formula
