#include "services/strategy/profile/strategy_indicators.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "services/common/text/strings.h"
#include "services/strategy/facts/company_sums.h"
#include "services/strategy/facts/layer_groups.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/profile/indicators.h"

namespace steelyard::strategy {
namespace {

constexpr std::string_view kGroupTotal = "infrastructure_and_model_total";

// What building the largest models takes and leads to: size, few large rounds, few companies, the
// layers below the applications.
constexpr std::string_view kScale[] = {
    "total",      "world_share",           "mega_round_share",
    "top5_share", "company_concentration", "infrastructure_and_model_share",
    "mean_round",
};

// What comes of the capital that there is: applications, breadth, output, and specialisation in the
// sectors that the European strategy names.
constexpr std::string_view kEfficiency[] = {
    "applied_share",
    "sector_entropy",
    "per_company",
    "models_per_billion",
    "per_gdp",
    "location_quotient:HEALTH",
    "location_quotient:BIOTECH",
    "location_quotient:MANUFACTURING",
    "location_quotient:ROBOTICS",
    "location_quotient:MOBILITY",
    "location_quotient:ENERGY_CLIMATE",
    "location_quotient:CYBERSECURITY",
    "location_quotient:ENTERPRISE_SOFTWARE",
    "location_quotient:LANGUAGE",
    "location_quotient:PUBLIC_SERVICES",
};

constexpr std::string_view kSovereignCompute[] = {
    "share:COMPUTE_DATACENTER", "location_quotient:COMPUTE_DATACENTER",
    "total:COMPUTE_DATACENTER", "share:CLOUD",
    "location_quotient:CLOUD",  "total:CLOUD",
};
constexpr std::string_view kDedicatedFunds[] = {"infrastructure_and_model_share", kGroupTotal};
// On investors from outside, and on those who provide models and clouds.
constexpr std::string_view kLessDependence[] = {"net_inflow_ratio", "foreign_capital_share",
                                                "location_quotient:FOUNDATION_MODEL",
                                                "location_quotient:CLOUD"};
constexpr std::string_view kHardware[] = {"share:CHIPS", "location_quotient:CHIPS"};
constexpr std::string_view kDeepTech[] = {"mega_round_share", "largest_round", "companies",
                                          "top5_share"};

struct AmbitionRow {
  std::string_view id, title;
  std::span<const std::string_view> indicators;
};

constexpr AmbitionRow kAmbitions[] = {
    {"sovereign_compute", "Computing capacity of its own", kSovereignCompute},
    {"dedicated_funds", "Capital for foundation models and infrastructure", kDedicatedFunds},
    {"less_dependence", "Less dependence on others", kLessDependence},
    {"hardware", "Chips and advanced hardware", kHardware},
    {"deep_tech", "Deep-tech companies that grow large", kDeepTech},
};

// Codes of the lists LAYER and SECTOR as they read within a title.
struct Words {
  std::string_view code, dimension, words;
};

constexpr Words kWords[] = {
    {"CHIPS", "layer", "chips"},
    {"CLOUD", "layer", "cloud"},
    {"COMPUTE_DATACENTER", "layer", "data centres and compute"},
    {"FOUNDATION_MODEL", "layer", "foundation models"},
    {"BIOTECH", "sector", "biotechnology"},
    {"CYBERSECURITY", "sector", "cybersecurity"},
    {"ENERGY_CLIMATE", "sector", "energy and climate technology"},
    {"ENTERPRISE_SOFTWARE", "sector", "enterprise software"},
    {"HEALTH", "sector", "health"},
    {"LANGUAGE", "sector", "language"},
    {"MANUFACTURING", "sector", "manufacturing"},
    {"MOBILITY", "sector", "mobility"},
    {"PUBLIC_SERVICES", "sector", "public services"},
    {"ROBOTICS", "sector", "robotics"},
};

// A figure of a slice, by what comes before the code.
struct SliceFigure {
  std::string_view measure, title, formula;
  const Figure& (v1::Slice::*figure)() const;
};

constexpr SliceFigure kSliceFigures[] = {
    {"location_quotient", "Specialisation in ", kLocationQuotient, &v1::Slice::location_quotient},
    {"share", "Share of ", kShare, &v1::Slice::share},
    {"total", "Sum in ", kSum, &v1::Slice::total},
};

// Finds the indicators of one profile.
class Finder {
 public:
  Finder(const Evidence& in, const v1::RegionProfile& profile)
      : in_(in), profile_(profile), term_(profile.region().term()) {}

  v1::Indicator Find(std::string_view id) const {
    if (const IndicatorInfo* info = FindIndicator(id)) {
      return MakeIndicator(id, (profile_.*info->figure)());
    }
    if (id == kGroupTotal) return GroupTotal();
    const size_t colon = id.find(':');
    return OfSlice(id, id.substr(0, colon), id.substr(colon + 1));
  }

 private:
  const v1::Slice* SliceOf(std::string_view dimension, std::string_view code) const {
    const auto& slices = dimension == "layer" ? profile_.layers() : profile_.sectors();
    const auto found = std::find_if(slices.begin(), slices.end(),
                                    [&](const v1::Slice& slice) { return slice.code() == code; });
    return found == slices.end() ? nullptr : &*found;
  }

  v1::Indicator OfSlice(std::string_view id, std::string_view measure,
                        std::string_view code) const {
    const auto* const words = std::find_if(std::begin(kWords), std::end(kWords),
                                           [&](const Words& row) { return row.code == code; });
    const auto* const kind =
        std::find_if(std::begin(kSliceFigures), std::end(kSliceFigures),
                     [&](const SliceFigure& row) { return row.measure == measure; });
    v1::Indicator indicator;
    indicator.set_id(std::string(id));
    indicator.set_title(StrCat(kind->title, words->words));
    if (const v1::Slice* slice = SliceOf(words->dimension, code)) {
      *indicator.mutable_figure() = (slice->*kind->figure)();
      return indicator;
    }
    const FigureName name = {StrCat(in_.PeriodId(measure, term_), "/", words->dimension, "=", code),
                             kind->formula, measure == "total" ? in_.currency : "1"};
    *indicator.mutable_figure() = Adopt(
        name, nullptr, StrCat("no round of ", term_, " is known there in ", in_.PeriodName()));
    return indicator;
  }

  v1::Indicator GroupTotal() const {
    const FigureName name = {in_.PeriodId(kGroupTotal, term_), kSum, in_.currency};
    std::optional<Int128> sum;
    Coverage coverage;
    for (const std::string_view code : kInfrastructureAndModelLayers) {
      const v1::Slice* slice = SliceOf("layer", code);
      if (slice == nullptr) continue;
      coverage = Add(coverage, slice->total().coverage());
      if (const auto part = NanosOf(slice->total())) sum = sum.value_or(0) + *part;
    }
    v1::Indicator indicator;
    indicator.set_id(std::string(kGroupTotal));
    indicator.set_title("Sum in infrastructure and foundation models");
    Figure& figure = *indicator.mutable_figure();
    if (in_.SlicesOverlap()) {
      figure = MakeUndefined(name, kOverlap);
    } else if (sum) {
      figure = MakeNumber(name, 0, "", coverage);
      *figure.mutable_money() = MakeMoney(*sum, in_.currency);
      if (const auto joined = JoinLayers(in_, term_, kInfrastructureAndModelLayers)) {
        SetInterval(TotalInterval(*joined, kIntervalLevel), kIntervalLevel, kSumIntervalMethod,
                    figure);
      }
    } else {
      figure = MakeNumber(name, std::nullopt,
                          StrCat("no disclosed amount of ", term_, " is known in it"), coverage);
    }
    return indicator;
  }

  const Evidence& in_;
  const v1::RegionProfile& profile_;
  const std::string& term_;
};

}  // namespace

void AddIndicators(const Evidence& evidence, v1::RegionProfile& profile) {
  const Finder finder(evidence, profile);
  for (const std::string_view id : kScale) *profile.add_scale() = finder.Find(id);
  for (const std::string_view id : kEfficiency) *profile.add_efficiency() = finder.Find(id);
  for (const AmbitionRow& row : kAmbitions) {
    v1::Ambition& ambition = *profile.add_ambitions();
    ambition.set_id(std::string(row.id));
    ambition.set_title(std::string(row.title));
    for (const std::string_view id : row.indicators) *ambition.add_indicators() = finder.Find(id);
  }
}

}  // namespace steelyard::strategy
