#include "services/strategy/profile/profile.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/text/strings.h"
#include "services/strategy/facts/company_sums.h"
#include "services/strategy/facts/layer_groups.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/profile/capital_flows.h"
#include "services/strategy/profile/profile_ratios.h"
#include "services/strategy/profile/strategy_indicators.h"

namespace steelyard::strategy {
namespace {

using funding::v1::Measure;

// Builds the figures of one region.
class Builder {
 public:
  Builder(const Evidence& evidence, const funding::v1::ResolvedRegion& region)
      : in_(evidence),
        region_(region),
        term_(region.term()),
        world_(WorldTotal(evidence)),
        sum_(CompanySumOf(evidence.totals, {term_})),
        world_sum_(CompanySumOf(evidence.world, {})) {}

  v1::RegionProfile Build();

 private:
  FigureName Name(std::string_view measure, std::string_view formula, std::string unit) const {
    return {in_.PeriodId(measure, term_), formula, std::move(unit)};
  }
  // A figure of a table by region, which funding computed.
  Figure Known(const Table& table, std::string_view measure, std::string_view formula,
               Measure wanted, std::string unit) const {
    return Adopt(Name(measure, formula, std::move(unit)), table.Find({term_}, wanted),
                 NoRound(in_, term_));
  }
  Figure Total(std::string_view measure, std::string_view formula, Measure wanted,
               std::string unit) const {
    return Known(in_.totals, measure, formula, wanted, std::move(unit));
  }
  static Figure Count(const FigureName& name, const Figure* figure);
  // Intervals of a whole region's total and of a part of it.
  void BoundTotal(const std::optional<CompanySum>& sum, Figure& total) const;
  void BoundShare(const std::optional<CompanySum>& part, const std::optional<CompanySum>& whole,
                  Figure& share) const;

  Figure ShareOf(std::string_view measure, const std::optional<Int128>& part) const;
  Figure LayerGroupShare(std::string_view measure, std::span<const std::string_view> codes) const;
  Figure WorldShare() const;
  Figure PerCompany(const Figure& companies) const;
  Figure Growth() const;
  Figure SectorEntropy() const;
  v1::YearFigures Year(int year) const;
  v1::Slice MakeSlice(std::string_view dimension, const std::string& code, const Table& table,
                      const Table& world) const;
  Figure Quotient(const FigureName& name, const std::string& code, const Table& table,
                  const Table& world, std::string_view missing) const;

  void AddTotals(v1::RegionProfile& out) const;
  void AddRatios(v1::RegionProfile& out) const;
  void AddSlices(v1::RegionProfile& out) const;

  const Evidence& in_;
  const funding::v1::ResolvedRegion& region_;
  const std::string& term_;
  const Figure world_;
  const std::optional<CompanySum> sum_;
  const std::optional<CompanySum> world_sum_;
  Figure total_;
};

// How many rounds are known is known even when it is none.
Figure Builder::Count(const FigureName& name, const Figure* figure) {
  Figure count = Adopt(name, figure, "");
  if (figure == nullptr) {
    count.set_status(common::v1::VALUE_STATUS_OK);
    count.set_count(0);
  }
  return count;
}

void Builder::BoundTotal(const std::optional<CompanySum>& sum, Figure& total) const {
  if (!sum) return;
  SetInterval(TotalInterval(*sum, kIntervalLevel), kIntervalLevel, kSumIntervalMethod, total);
}

void Builder::BoundShare(const std::optional<CompanySum>& part,
                         const std::optional<CompanySum>& whole, Figure& share) const {
  if (!part || !whole) return;
  SetInterval(ShareInterval(*part, *whole, kIntervalLevel), kIntervalLevel, kCombinedIntervalMethod,
              share);
}

Figure Builder::ShareOf(std::string_view measure, const std::optional<Int128>& part) const {
  return MakeNumber(Name(measure, kShare, "1"), Divide(part, NanosOf(total_)),
                    part ? "the region has no known total"
                         : StrCat("no disclosed amount of ", term_, " is known in it"),
                    total_.coverage());
}

Figure Builder::LayerGroupShare(std::string_view measure,
                                std::span<const std::string_view> codes) const {
  if (codes.size() > 1 && in_.SlicesOverlap())
    return MakeUndefined(Name(measure, kShare, "1"), kOverlap);
  std::optional<Int128> sum;
  for (const std::string_view code : codes) {
    const auto part = NanosOf(in_.layers.Find({term_, code}, funding::v1::MEASURE_SUM));
    if (part) sum = sum.value_or(0) + *part;
  }
  Figure share = ShareOf(measure, sum);
  BoundShare(JoinLayers(in_, term_, codes), sum_, share);
  return share;
}

Figure Builder::WorldShare() const {
  Figure share = MakeNumber(
      Name("world_share", kWorldShare, "1"), Divide(NanosOf(total_), NanosOf(world_)),
      StrCat(term_, " or the world has no known total in ", in_.PeriodName()), world_.coverage());
  if (in_.CompaniesHaveOneRegion()) BoundShare(sum_, world_sum_, share);
  return share;
}

Figure Builder::PerCompany(const Figure& companies) const {
  return MakeNumber(Name("per_company", kPerCompany, in_.currency),
                    Divide(NanosOf(total_), NanosOf(companies)),
                    NanosOf(total_) ? "no company is known" : total_.reason(), total_.coverage());
}

Figure Builder::Growth() const {
  const auto at = [&](int year) {
    return in_.years.Find({term_, StrCat(year)}, funding::v1::MEASURE_SUM);
  };
  const auto first = NanosOf(at(in_.from));
  const auto last = NanosOf(at(in_.to));
  const FigureName name = Name("growth", kCagr, "1/a");
  const Coverage coverage = CoverageOf(2, (first ? 1 : 0) + (last ? 1 : 0));
  if (!first || !last) {
    return MakeNumber(name, std::nullopt,
                      StrCat("the total of ", !first ? in_.from : in_.to, " is not known"),
                      coverage);
  }
  return MakeNumber(
      name,
      CompoundGrowth(static_cast<double>(*first), static_cast<double>(*last), in_.to - in_.from),
      in_.from == in_.to ? "the period has one year only" : "the first year's total is zero",
      coverage);
}

Figure Builder::SectorEntropy() const {
  std::vector<double> amounts;
  const Coverage& coverage = total_.coverage();
  // Rounds may be in several sectors, so that those of none are what is left out.
  const Figure* none = in_.sectors.Find({term_, ""}, funding::v1::MEASURE_SUM);
  const int64_t classified =
      coverage.units_present() - (none == nullptr ? 0 : none->coverage().units_present());
  for (const std::string& code : in_.sector_codes) {
    const Figure* sum = in_.sectors.Find({term_, code}, funding::v1::MEASURE_SUM);
    const auto nanos = NanosOf(sum);
    if (code.empty() || !nanos) continue;
    amounts.push_back(static_cast<double>(*nanos));
  }
  const Coverage of_rounds = CoverageOf(coverage.units_expected(), classified);
  return MakeNumber(Name("sector_entropy", kEntropy, "1"), Entropy(amounts),
                    StrCat("no disclosed amount of ", term_, " has a sector"), of_rounds);
}

v1::YearFigures Builder::Year(int year) const {
  const std::string label = StrCat(year);
  v1::YearFigures out;
  out.set_year(year);
  *out.mutable_total() = Adopt({in_.YearId("total", term_, year), kSum, in_.currency},
                               in_.years.Find({term_, label}, funding::v1::MEASURE_SUM),
                               StrCat("no round of ", term_, " is known in ", year));
  *out.mutable_rounds() = Count({in_.YearId("rounds", term_, year), kCount, "1"},
                                in_.years.Find({term_, label}, funding::v1::MEASURE_COUNT));
  return out;
}

Figure Builder::Quotient(const FigureName& name, const std::string& code, const Table& table,
                         const Table& world, std::string_view missing) const {
  const auto part = NanosOf(table.Find({term_, code}, funding::v1::MEASURE_SUM));
  const auto whole = NanosOf(total_);
  const auto reference_part = NanosOf(world.Find({code}, funding::v1::MEASURE_SUM));
  const auto reference_whole = NanosOf(world_);
  Value quotient;
  if (part && whole && reference_part && reference_whole) {
    quotient = LocationQuotient(static_cast<double>(*part), static_cast<double>(*whole),
                                static_cast<double>(*reference_part),
                                static_cast<double>(*reference_whole));
  }
  Figure figure =
      MakeNumber(name, quotient, part ? "the region's or the world's part is zero" : missing,
                 world_.coverage());
  const auto part_sum = SliceSumOf(in_, table, {term_, code});
  const auto reference_sum = SliceSumOf(in_, world, {code});
  if (part_sum && sum_ && reference_sum && world_sum_ && in_.CompaniesHaveOneRegion()) {
    SetInterval(
        LocationQuotientInterval(*part_sum, *sum_, *reference_sum, *world_sum_, kIntervalLevel),
        kIntervalLevel, kCombinedIntervalMethod, figure);
  }
  return figure;
}

v1::Slice Builder::MakeSlice(std::string_view dimension, const std::string& code,
                             const Table& table, const Table& world) const {
  const std::string suffix = StrCat("/", dimension, "=", code);
  const std::string missing =
      StrCat("no round of ", term_, " is known there in ", in_.PeriodName());
  const auto named = [&](std::string_view measure, std::string_view formula, std::string unit) {
    return FigureName{StrCat(in_.PeriodId(measure, term_), suffix), formula, std::move(unit)};
  };
  v1::Slice slice;
  slice.set_code(code);
  Figure& total = *slice.mutable_total();
  total = Adopt(named("total", kSum, in_.currency),
                table.Find({term_, code}, funding::v1::MEASURE_SUM), missing);
  const std::string& none = total.reason().empty() ? missing : total.reason();
  const auto sum = CompanySumOf(table, {term_, code});
  BoundTotal(sum, total);
  Figure& share = *slice.mutable_share();
  share = MakeNumber(named("share", kShare, "1"), Divide(NanosOf(total), NanosOf(total_)),
                     NanosOf(total) ? "the region's total is zero" : none, total_.coverage());
  BoundShare(SliceSumOf(in_, table, {term_, code}), sum_, share);
  *slice.mutable_location_quotient() =
      Quotient(named("location_quotient", kLocationQuotient, "1"), code, table, world, none);
  return slice;
}

// What funding computed of all rounds.
void Builder::AddTotals(v1::RegionProfile& out) const {
  const std::string& money = in_.currency;
  *out.mutable_total() = total_;
  *out.mutable_rounds() =
      Count(Name("rounds", kCount, "1"), in_.totals.Find({term_}, funding::v1::MEASURE_COUNT));
  *out.mutable_companies() = Count(Name("companies", kCompanyCount, "1"),
                                   in_.totals.Find({term_}, funding::v1::MEASURE_COMPANY_COUNT));
  *out.mutable_median_round() = Total("median_round", kMedian, funding::v1::MEASURE_MEDIAN, money);
  *out.mutable_mean_round() = Total("mean_round", kMean, funding::v1::MEASURE_MEAN, money);
  *out.mutable_largest_round() = Total("largest_round", kMax, funding::v1::MEASURE_MAX, money);
  *out.mutable_disclosed_share() =
      Total("disclosed_share", kDisclosedShare, funding::v1::MEASURE_DISCLOSED_SHARE, "1");
  *out.mutable_company_concentration() =
      Total("company_concentration", kHhi, funding::v1::MEASURE_HHI, "1");
  *out.mutable_top5_share() = Known(in_.top5, "top5_share", kConcentrationRatio,
                                    funding::v1::MEASURE_CONCENTRATION_RATIO, "1");
  *out.mutable_total_without_largest() =
      Known(in_.top5, "total_without_largest", kSumWithoutLargest,
            funding::v1::MEASURE_SUM_WITHOUT_LARGEST, money);
  *out.mutable_imputed_total() =
      Known(in_.top5, "imputed_total", kImputedSum, funding::v1::MEASURE_IMPUTED_SUM, money);
}

// What is made of totals and of what others publish.
void Builder::AddRatios(v1::RegionProfile& out) const {
  *out.mutable_world_share() = WorldShare();
  *out.mutable_growth() = Growth();
  *out.mutable_per_capita() = PerCapita(in_, region_, total_);
  *out.mutable_per_gdp() = PerGdp(in_, region_);
  *out.mutable_per_company() = PerCompany(out.companies());
  *out.mutable_models_per_billion() = ModelsPerBillion(in_, region_);
  *out.mutable_net_inflow_ratio() = NetInflowRatio(in_, region_);
  *out.mutable_mega_round_share() = ShareOf(
      "mega_round_share", NanosOf(in_.totals.Find({term_}, funding::v1::MEASURE_MEGA_ROUND_SUM)));
  *out.mutable_infrastructure_share() =
      LayerGroupShare("infrastructure_share", kInfrastructureLayers);
  *out.mutable_model_share() = LayerGroupShare("model_share", kModelLayers);
  *out.mutable_infrastructure_and_model_share() =
      LayerGroupShare("infrastructure_and_model_share", kInfrastructureAndModelLayers);
  *out.mutable_applied_share() = LayerGroupShare("applied_share", kAppliedLayers);
  *out.mutable_sector_entropy() = SectorEntropy();
}

void Builder::AddSlices(v1::RegionProfile& out) const {
  for (int year = in_.from; year <= in_.to; ++year) *out.add_years() = Year(year);
  for (const std::string& code : in_.layer_codes) {
    *out.add_layers() = MakeSlice("layer", code, in_.layers, in_.world_layers);
  }
  for (const std::string& code : in_.sector_codes) {
    *out.add_sectors() = MakeSlice("sector", code, in_.sectors, in_.world_sectors);
  }
  if (const funding::v1::AggregateRow* row = in_.totals.Row({term_})) {
    *out.mutable_largest_companies() = row->top();
  }
}

v1::RegionProfile Builder::Build() {
  total_ = Total("total", kSum, funding::v1::MEASURE_SUM, in_.currency);
  BoundTotal(sum_, total_);
  v1::RegionProfile out;
  *out.mutable_region() = region_;
  AddTotals(out);
  AddRatios(out);
  AddSlices(out);
  AddCapitalFlows(in_, out);
  AddIndicators(in_, out);
  return out;
}

}  // namespace

v1::RegionProfile MakeProfile(const Evidence& evidence, const funding::v1::ResolvedRegion& region) {
  return Builder(evidence, region).Build();
}

}  // namespace steelyard::strategy
