#include "services/strategy/formula/functions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "services/common/text/country.h"
#include "services/common/text/nearest.h"
#include "services/strategy/measures/distances.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy::formula {
namespace {

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

constexpr std::array kQueries = {
    QueryName{"concentration_ratio", Query::kConcentrationRatio},
    QueryName{"cosine", Query::kOverSlices},
    QueryName{"effective_number", Query::kOverSlices},
    QueryName{"entropy", Query::kOverSlices},
    QueryName{"finger_kreinin", Query::kOverSlices},
    QueryName{"foreign_capital_share", Query::kForeignCapitalShare},
    QueryName{"growth", Query::kGrowth},
    QueryName{"hellinger", Query::kOverSlices},
    QueryName{"hhi", Query::kHhi},
    QueryName{"jensen_shannon", Query::kOverSlices},
    QueryName{"jensen_shannon_distance", Query::kOverSlices},
    QueryName{"krugman", Query::kOverSlices},
    QueryName{"location_quotient", Query::kLocationQuotient},
    QueryName{"rank", Query::kRank},
    QueryName{"ratio_of_sums", Query::kRatioOfSums},
    QueryName{"share", Query::kShare},
    QueryName{"total_variation", Query::kOverSlices},
};

constexpr std::array kSliceMeasures = {
    SliceMeasure{kCosine, nullptr, Cosine},
    SliceMeasure{kEffectiveNumber, EffectiveNumber, nullptr},
    SliceMeasure{kEntropy, Entropy, nullptr},
    SliceMeasure{kFingerKreinin, nullptr, FingerKreinin},
    SliceMeasure{kHellinger, nullptr, Hellinger},
    SliceMeasure{kJensenShannon, nullptr, JensenShannon},
    SliceMeasure{kJensenShannonDistance, nullptr, JensenShannonDistance},
    SliceMeasure{kKrugman, nullptr, Krugman},
    SliceMeasure{kTotalVariation, nullptr, TotalVariation},
};

constexpr std::array<std::string_view, 4> kInfrastructure = {"ENERGY", "CHIPS",
                                                             "COMPUTE_DATACENTER", "CLOUD"};
constexpr std::array<std::string_view, 1> kModel = {"FOUNDATION_MODEL"};
constexpr std::array<std::string_view, 2> kApplied = {"APPLICATION_HORIZONTAL",
                                                      "APPLICATION_VERTICAL"};

// Whether a word stands in the text. That it may stand there in quotes does not matter: nothing
// depends on an answer of true that could be false.
bool HasWord(std::string_view text, std::string_view word) {
  const auto is_letter = [&](size_t at) {
    return at < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
  };
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + word.size())) return true;
  }
  return false;
}

}  // namespace

std::span<const RoundsFigure> RoundsFigures() { return kRoundsFigures; }

const RoundsFigure* FindRoundsFigure(std::string_view name) {
  const auto* const found =
      std::find_if(kRoundsFigures.begin(), kRoundsFigures.end(),
                   [&](const RoundsFigure& figure) { return figure.name == name; });
  return found == kRoundsFigures.end() ? nullptr : found;
}

std::string_view NearestRoundsFigure(std::string_view name) {
  std::vector<std::string_view> names;
  for (const RoundsFigure& figure : kRoundsFigures) names.push_back(figure.name);
  return text::Nearest(name, names, 2);
}

std::optional<Query> QueryOf(const Node& node) {
  if (node.kind != Node::Kind::kCall) return std::nullopt;
  for (const QueryName& query : kQueries) {
    if (query.name == node.name) return query.query;
  }
  return std::nullopt;
}

std::span<const QueryName> QueryNames() { return kQueries; }

const SliceMeasure* FindSliceMeasure(std::string_view name) {
  const auto* const found =
      std::find_if(kSliceMeasures.begin(), kSliceMeasures.end(), [&](const SliceMeasure& measure) {
        return measure.id.substr(0, measure.id.find('/')) == name;
      });
  return found == kSliceMeasures.end() ? nullptr : found;
}

bool IsClassification(std::string_view key) { return key == "layer" || key == "sector"; }

bool IsSlice(std::string_view key) { return key == kOrigin || IsClassification(key); }

bool AddsUpOver(std::string_view slice, const RoundsFigure& figure) {
  return figure.additive && (slice != kOrigin || figure.measure != funding::v1::MEASURE_COUNT);
}

bool IsOneCode(const Option& slice) {
  const std::string& value = slice.values[0];
  if (slice.values.size() > 1) return false;
  if (slice.key == kOrigin) return value.empty() || text::IsCountry(value);
  return CodesOf(value).size() <= 1;
}

std::span<const std::string_view> CodesOf(std::string_view value) {
  if (value == "INFRASTRUCTURE") return kInfrastructure;
  if (value == "MODEL") return kModel;
  if (value == "APPLIED") return kApplied;
  return {};
}

bool TellsLayersApart(const std::vector<Option>& options) {
  return std::any_of(options.begin(), options.end(), [](const Option& option) {
    if (option.key == "by") return IsClassification(option.values[0]);
    if (option.key != "filter") return IsClassification(option.key);
    return std::any_of(option.values.begin(), option.values.end(), [](const std::string& filter) {
      return HasWord(filter, "layer") || HasWord(filter, "sector");
    });
  });
}

bool TellsOriginsApart(const Node& node) {
  return FindOption(node.figure.options, kOrigin) != nullptr ||
         FindOption(node.options, kOrigin) != nullptr ||
         QueryOf(node) == Query::kForeignCapitalShare;
}

}  // namespace steelyard::strategy::formula
