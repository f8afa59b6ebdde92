#include "services/strategy/profile.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "services/common/text/strings.h"
#include "services/strategy/measure_catalog.h"

namespace steelyard::strategy {
namespace {

using funding::v1::Measure;

constexpr std::array<std::string_view, 4> kInfrastructure = {"ENERGY", "CHIPS",
                                                             "COMPUTE_DATACENTER", "CLOUD"};
constexpr std::array<std::string_view, 1> kModel = {"FOUNDATION_MODEL"};
constexpr std::array<std::string_view, 2> kApplied = {"APPLICATION_HORIZONTAL",
                                                      "APPLICATION_VERTICAL"};

// Builds the figures of one region.
class Builder {
 public:
  Builder(const Evidence& evidence, const funding::v1::ResolvedRegion& region)
      : in_(evidence), region_(region), term_(region.term()) {}

  v1::RegionProfile Build();

 private:
  FigureName Name(std::string_view measure, std::string_view formula, std::string unit) const {
    return {in_.PeriodId(measure, term_), formula, std::move(unit)};
  }
  // A figure that funding computed.
  Figure Total(std::string_view measure, std::string_view formula, Measure wanted,
               std::string unit) const {
    const Figure* figure = in_.totals.Find({term_}, wanted);
    return Adopt(Name(measure, formula, std::move(unit)), figure, NoRound());
  }
  Figure Count(const FigureName& name, const Figure* figure) const;
  std::string NoRound() const {
    return StrCat("no round of ", term_, " is known in ", in_.PeriodName());
  }

  Figure ShareOf(std::string_view measure, const std::optional<Int128>& part) const;
  Figure LayerGroupShare(std::string_view measure, const auto& codes) const;
  Figure WorldShare() const;
  Figure Growth() const;
  Figure PerCapita() const;
  Figure PerGdp() const;
  Figure SectorEntropy() const;
  v1::YearFigures Year(int year) const;
  v1::Slice MakeSlice(std::string_view dimension, const std::string& code, const Table& table,
                      const Table& world) const;

  const Evidence& in_;
  const funding::v1::ResolvedRegion& region_;
  const std::string& term_;
  Figure total_;
};

// How many rounds are known is known even when it is none.
Figure Builder::Count(const FigureName& name, const Figure* figure) const {
  Figure count = Adopt(name, figure, "");
  if (figure == nullptr) {
    count.set_status(common::v1::VALUE_STATUS_OK);
    count.set_count(0);
  }
  return count;
}

Figure Builder::ShareOf(std::string_view measure, const std::optional<Int128>& part) const {
  return MakeNumber(Name(measure, kShare, "1"), Divide(part, NanosOf(total_)),
                    part ? "the region has no known total"
                         : StrCat("no disclosed amount of ", term_, " is known in it"),
                    total_.coverage());
}

Figure Builder::LayerGroupShare(std::string_view measure, const auto& codes) const {
  std::optional<Int128> sum;
  for (const std::string_view code : codes) {
    const auto part = NanosOf(in_.layers.Find({term_, code}, funding::v1::MEASURE_SUM));
    if (part) sum = sum.value_or(0) + *part;
  }
  return ShareOf(measure, sum);
}

Figure Builder::WorldShare() const {
  const Figure world = WorldTotal(in_);
  return MakeNumber(Name("world_share", kWorldShare, "1"), Divide(NanosOf(total_), NanosOf(world)),
                    StrCat(term_, " or the world has no known total in ", in_.PeriodName()),
                    world.coverage());
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

Figure Builder::PerCapita() const {
  const ReferenceYears people = ReadReference(in_.facts.population, term_, "");
  FigureName name = Name("per_capita", kPerCapita, StrCat(in_.currency, "/{person}"));
  const int64_t members = std::max(1, region_.members_size());
  if (people.complete.empty()) {
    Figure figure = MakeUndefined(
        name,
        StrCat("no year of ", in_.PeriodName(), " has the population of every member of ", term_),
        common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
    const int64_t missing = people.missing_members.empty()
                                ? members
                                : static_cast<int64_t>(people.missing_members.size());
    *figure.mutable_coverage() = CoverageOf(members, std::max<int64_t>(0, members - missing));
    figure.mutable_coverage()->mutable_missing()->Add(people.missing_members.begin(),
                                                      people.missing_members.end());
    return figure;
  }
  const auto& [year, persons] = *people.complete.rbegin();
  StrAppend(&name.id, "/population=", year);
  return MakeNumber(name, Divide(NanosOf(total_), persons), NoRound(),
                    CoverageOf(members, members));
}

Figure Builder::PerGdp() const {
  const ReferenceYears gdp = ReadReference(in_.facts.gdp, term_, kGdpCurrency);
  const bool like_gdp = in_.currency == kGdpCurrency && in_.base_year == 0;
  const Table& amounts = like_gdp ? in_.years : in_.gdp_currency_years;
  const FigureName name = Name("per_gdp", kPerGdp, "1");
  Coverage coverage = CoverageOf(in_.to - in_.from + 1, 0);
  std::optional<Int128> invested;
  Int128 product = 0;
  for (int year = in_.from; year <= in_.to; ++year) {
    const auto known = gdp.complete.find(year);
    if (known == gdp.complete.end()) {
      coverage.add_missing(StrCat(year));
      continue;
    }
    product += known->second;
    const auto sum = NanosOf(amounts.Find({term_, StrCat(year)}, funding::v1::MEASURE_SUM));
    if (sum) invested = invested.value_or(0) + *sum;
  }
  const int64_t present = coverage.units_expected() - coverage.missing_size();
  coverage.set_units_present(present);
  coverage.set_share(static_cast<double>(present) / static_cast<double>(coverage.units_expected()));
  if (present > 0) {
    return MakeNumber(name, Divide(invested, product),
                      StrCat("no amount of ", term_, " is known in the years with GDP"), coverage);
  }
  std::string reason =
      StrCat("no year of ", in_.PeriodName(), " has the GDP of every member of ", term_);
  if (!gdp.missing_members.empty()) {
    StrAppend(&reason, "; missing: ", StrJoin(gdp.missing_members, ", "));
  }
  Figure figure = MakeUndefined(name, reason, common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
  *figure.mutable_coverage() = coverage;
  return figure;
}

Figure Builder::SectorEntropy() const {
  std::vector<double> amounts;
  Coverage coverage = total_.coverage();
  int64_t classified = 0;
  for (const std::string& code : in_.sector_codes) {
    const Figure* sum = in_.sectors.Find({term_, code}, funding::v1::MEASURE_SUM);
    const auto nanos = NanosOf(sum);
    if (code.empty() || !nanos) continue;
    amounts.push_back(static_cast<double>(*nanos));
    classified += sum->coverage().units_present();
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
  *slice.mutable_total() = Adopt(named("total", kSum, in_.currency),
                                 table.Find({term_, code}, funding::v1::MEASURE_SUM), missing);
  const auto part = NanosOf(slice.total());
  const auto whole = NanosOf(total_);
  *slice.mutable_share() =
      MakeNumber(named("share", kShare, "1"), Divide(part, whole),
                 part ? "the region's total is zero" : missing, total_.coverage());
  const Figure reference = WorldTotal(in_);
  const auto reference_part = NanosOf(world.Find({code}, funding::v1::MEASURE_SUM));
  const auto reference_whole = NanosOf(reference);
  Value quotient;
  if (part && whole && reference_part && reference_whole) {
    quotient = LocationQuotient(static_cast<double>(*part), static_cast<double>(*whole),
                                static_cast<double>(*reference_part),
                                static_cast<double>(*reference_whole));
  }
  *slice.mutable_location_quotient() =
      MakeNumber(named("location_quotient", kLocationQuotient, "1"), quotient,
                 part ? "the region's or the world's part is zero" : missing, reference.coverage());
  return slice;
}

v1::RegionProfile Builder::Build() {
  const std::string& money = in_.currency;
  total_ = Total("total", kSum, funding::v1::MEASURE_SUM, money);
  v1::RegionProfile out;
  *out.mutable_region() = region_;
  *out.mutable_total() = total_;
  *out.mutable_rounds() =
      Count(Name("rounds", kCount, "1"), in_.totals.Find({term_}, funding::v1::MEASURE_COUNT));
  *out.mutable_companies() = Count(Name("companies", kCompanyCount, "1"),
                                   in_.totals.Find({term_}, funding::v1::MEASURE_COMPANY_COUNT));
  *out.mutable_median_round() = Total("median_round", kMedian, funding::v1::MEASURE_MEDIAN, money);
  *out.mutable_largest_round() = Total("largest_round", kMax, funding::v1::MEASURE_MAX, money);
  *out.mutable_world_share() = WorldShare();
  *out.mutable_growth() = Growth();
  *out.mutable_per_capita() = PerCapita();
  *out.mutable_per_gdp() = PerGdp();
  *out.mutable_company_concentration() =
      Total("company_concentration", kHhi, funding::v1::MEASURE_HHI, "1");
  *out.mutable_top5_share() =
      Adopt(Name("top5_share", kConcentrationRatio, "1"),
            in_.top5.Find({term_}, funding::v1::MEASURE_CONCENTRATION_RATIO), NoRound());
  *out.mutable_infrastructure_share() = LayerGroupShare("infrastructure_share", kInfrastructure);
  *out.mutable_model_share() = LayerGroupShare("model_share", kModel);
  *out.mutable_applied_share() = LayerGroupShare("applied_share", kApplied);
  *out.mutable_sector_entropy() = SectorEntropy();
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
  return out;
}

}  // namespace

Evidence::Evidence(const Facts& all, int from_year, int to_year)
    : facts(all),
      from(from_year),
      to(to_year),
      totals(all.totals),
      top5(all.top5),
      years(all.years),
      gdp_currency_years(all.gdp_currency_years),
      layers(all.layers),
      sectors(all.sectors),
      world(all.world),
      world_layers(all.world_layers),
      world_sectors(all.world_sectors),
      layer_codes(OrderedCodes(layers, all.layer_codes)),
      sector_codes(OrderedCodes(sectors, all.sector_codes)),
      currency(all.totals.definition().currency()),
      base_year(all.totals.definition().price_basis().base_year()) {}

std::string Evidence::PeriodName() const { return StrCat(from, "..", to); }

std::string Evidence::YearId(std::string_view measure, std::string_view term, int year) const {
  return StrCat(measure, "/", term, "/", year);
}

std::string Evidence::PeriodId(std::string_view measure, std::string_view term) const {
  return StrCat(measure, "/", term, "/", PeriodName());
}

common::v1::Figure WorldTotal(const Evidence& evidence) {
  return Adopt({evidence.PeriodId("total", "WORLD"), kSum, evidence.currency},
               evidence.world.Find({}, funding::v1::MEASURE_SUM),
               StrCat("no round is known in ", evidence.PeriodName()));
}

v1::RegionProfile MakeProfile(const Evidence& evidence, const funding::v1::ResolvedRegion& region) {
  return Builder(evidence, region).Build();
}

}  // namespace steelyard::strategy
