#include "services/strategy/formula/figures_of.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "services/common/text/strings.h"
#include "services/strategy/facts/tables.h"
#include "services/strategy/formula/functions.h"
#include "services/strategy/formula/origins.h"
#include "services/strategy/formula/quantity.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy::formula {
namespace {

constexpr size_t kMostRegions = 100;  // of one question for series
constexpr size_t kCountryLength = 2;
// The statistic that counts people, and how UCUM writes so.
constexpr std::string_view kPopulation = "population";
constexpr std::string_view kPerson = "{person}";

bool Selects(const Option& slice, std::string_view code) {
  return std::any_of(slice.values.begin(), slice.values.end(), [&](const std::string& value) {
    if (slice.key == kOrigin && value == kAnyOrigin) return !code.empty();
    const auto codes = CodesOf(value);
    return codes.empty() ? value == code
                         : std::find(codes.begin(), codes.end(), code) != codes.end();
  });
}

// Whether a row's codes, which follow its region, are among those of the slices.
bool Matches(const funding::v1::AggregateRow& row, const std::vector<Option>& slices) {
  for (size_t i = 0; i < slices.size(); ++i) {
    if (!Selects(slices[i], row.keys(static_cast<int>(i) + 1).value())) return false;
  }
  return true;
}

const Figure* Measured(const funding::v1::AggregateRow& row, funding::v1::Measure measure) {
  for (const funding::v1::MeasuredFigure& measured : row.figures()) {
    if (measured.measure() == measure) return &measured.figure();
  }
  return nullptr;
}

google::type::Money Plus(const google::type::Money& a, const google::type::Money& b) {
  google::type::Money negative = b;
  negative.set_units(-b.units());
  negative.set_nanos(-b.nanos());
  return Subtract(a, negative);
}

// Whether it is a sum of members of which some have no value.
bool IsPartialSum(const Figure& figure) {
  return figure.has_coverage() &&
         figure.coverage().units_present() < figure.coverage().units_expected();
}

// Which is no more than a lower bound.
void BoundPartialSum(Figure& figure) {
  if (!IsPartialSum(figure)) return;
  const std::optional<Quantity> sum = QuantityOf(figure, "");
  if (!sum) return;
  figure.set_qualifier(common::v1::QUALIFIER_AT_LEAST);
  SetLowerBound(sum->low, figure);
}

// Adds a value of the same kind; what has none adds nothing but its coverage.
void AddTo(Figure& sum, const Figure& figure) {
  const Coverage coverage = strategy::Add(sum.coverage(), figure.coverage());
  if (sum.status() != common::v1::VALUE_STATUS_OK) {
    sum = figure;
  } else if (figure.status() == common::v1::VALUE_STATUS_OK) {
    if (sum.has_money()) {
      *sum.mutable_money() = Plus(sum.money(), figure.money());
    } else {
      sum.set_count(sum.count() + figure.count());
    }
  }
  *sum.mutable_coverage() = coverage;
}

Figure Missing(const std::string& id, const std::string& reason) {
  Figure figure = MakeUndefined({id, "", ""}, reason);
  figure.mutable_coverage();
  return figure;
}

// Why no value of a statistic is there.
std::string WhyNothing(const funding::v1::GetSeriesResponse& response, const FigureRef& figure,
                       const std::string& text) {
  std::string why = StrCat("no source has ", text);
  const std::string_view near = NearestRoundsFigure(figure.name);
  if (!response.series().empty() || near.empty()) return why;
  return StrCat(why, "; did you mean ", near, "?");
}

// What there is where no round is.
Figure None(funding::v1::Measure measure, const std::string& id) {
  const bool rounds = measure == funding::v1::MEASURE_COUNT;
  if (!rounds && measure != funding::v1::MEASURE_COMPANY_COUNT) {
    return Missing(id, StrCat("no round is known for ", id));
  }
  Figure none;
  none.set_id(id);
  none.set_status(common::v1::VALUE_STATUS_OK);
  none.set_count(0);
  none.set_unit("1");
  none.set_formula(std::string(rounds ? kCount : kCompanyCount));
  none.mutable_coverage();
  return none;
}

// The sum of the rows that match; what counts things is zero when none does.
Found SumOf(const funding::v1::AggregateRoundsResponse& response, const Slices& slices,
            funding::v1::Measure measure, const std::string& id, std::string_view year) {
  Found out;
  for (const funding::v1::AggregateRow& row : response.rows()) {
    if (!Matches(row, slices.grouped)) continue;
    if (!year.empty() && row.keys(row.keys_size() - 1).value() != year) continue;
    if (const Figure* figure = Measured(row, measure)) out.parts.push_back(*figure);
  }
  if (out.parts.size() == 1) {
    out.figure = std::move(out.parts.front());
    out.parts.clear();
    return out;
  }
  if (out.parts.empty()) {
    out.figure = None(measure, id);
    return out;
  }
  out.figure = out.parts.front();
  for (size_t i = 1; i < out.parts.size(); ++i) AddTo(out.figure, out.parts[i]);
  out.figure.set_id(id);
  return out;
}

bool IsCountry(std::string_view region) {
  return region.size() == kCountryLength &&
         std::all_of(region.begin(), region.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

FigureRef InSlice(const FigureRef& figure, const std::string& key, const std::string& code) {
  FigureRef part = figure;
  part.options.push_back({key, {code}, 0});
  return part;
}

Found Lookup::OfRounds(const FigureRef& figure, funding::v1::Measure measure, int k,
                       size_t position) {
  return SumIn(figure, {.regions = {figure.region}, .measure = measure, .k = k}, "", position);
}

Found Lookup::OfRoundsInYear(const FigureRef& figure, std::string_view year, size_t position) {
  return SumIn(figure,
               {.regions = {figure.region},
                .measure = FindRoundsFigure(figure.name)->measure,
                .by_year = true},
               year, position);
}

std::optional<Slices> Lookup::SlicesOf(const FigureRef& figure) {
  Slices slices = requests_.SlicesOf(figure);
  if (!ResolveOrigins(figure, requests_, questions_, slices)) return std::nullopt;
  return slices;
}

Found Lookup::SumIn(const FigureRef& figure, const RoundsQuestion& question, std::string_view year,
                    size_t position) {
  const funding::v1::AggregateRoundsRequest request = requests_.Rounds(figure, question);
  const auto* response = questions_.Find(request, position);
  const std::optional<Slices> slices = SlicesOf(figure);
  if (response == nullptr || !slices) return {};
  FigureRef named = figure;
  if (!year.empty()) {
    named.from = std::string(year);
    named.to = named.from;
  }
  const absl::Status refusal = questions_.RefusalOf(request);
  if (!refusal.ok()) return {Missing(Spell(named), std::string(ToStd(refusal.message()))), {}, {}};
  const std::string text = Spell(named);
  Found found = SumOf(*response, *slices, question.measure, text, year);
  // Funding's ids do not tell of filters: unlike this figure's, its own is that of all rounds.
  if (!slices->filtered.empty() && found.figure.id() != text) {
    if (found.parts.empty()) questions_.Rename(text, request, found.figure.id());
    found.figure.set_id(text);
  }
  return found;
}

Found Lookup::OfStatistic(const FigureRef& figure, std::string_view period, size_t position) {
  const auto* response = questions_.Find(requests_.Series(figure, {figure.region}), position);
  if (response == nullptr) return {};
  FigureRef named = figure;
  named.from = std::string(period);
  named.to = named.from;
  const std::string text = Spell(named);
  const auto chosen = facets_.find(StatisticOf(figure));
  if (chosen == facets_.end()) {
    const bool stored = !FacetsOf(*response, figure.region, {std::string(period)}).empty();
    return {Missing(text, stored ? StrCat("no one source has everything that the formula "
                                          "needs of ",
                                          figure.name, "; ", text, " is stored")
                                 : WhyNothing(*response, figure, text)),
            {},
            {}};
  }
  const Published found = FindPublished(*response, figure.region, chosen->second, period);
  if (found.point == nullptr) {
    return {Missing(text, StrCat(Describe(chosen->second), " has no value for ", figure.region,
                                 " in ", std::string(period))),
            chosen->second,
            {}};
  }
  if (FindOption(figure.options, "members") != nullptr && IsPartialSum(found.point->figure())) {
    return {Missing(text, StrCat("some members of ", figure.region, " have no value in ",
                                 std::string(period))),
            chosen->second,
            {}};
  }
  // Points of a resolved series name their facets; of any other the series does.
  Found out = {found.point->figure(),
               found.point->has_facet() ? found.point->facet() : found.series->facet(),
               {}};
  if (figure.name == kPopulation) out.figure.set_unit(std::string(kPerson));
  BoundPartialSum(out.figure);
  if (out.figure.sources_size() == 0 && !out.facet.source().empty()) {
    out.figure.add_sources(out.facet.source());
  }
  return out;
}

std::optional<SliceValues> Lookup::OfSlices(const std::vector<Node>& figures,
                                            const std::string& by) {
  const auto* codelist = questions_.Find(requests_.Codelist(by), figures[0].offset);
  bool known = codelist != nullptr;
  SliceValues out;
  funding::v1::AggregateRoundsResponse all;
  for (const Node& node : figures) {
    // Whichever code: the question is about all of them.
    const auto request =
        requests_.Rounds(InSlice(node.figure, by, ""), {.regions = {node.figure.region}});
    const auto* response = questions_.Find(request, node.offset);
    known = known && response != nullptr;
    if (response == nullptr) continue;
    all.mutable_rows()->MergeFrom(response->rows());
    const absl::Status refusal = questions_.RefusalOf(request);
    if (out.missing.empty()) out.missing = std::string(ToStd(refusal.message()));
  }
  if (!known) return std::nullopt;
  for (const std::string& code : OrderedCodes(Table(all), codelist->codelist())) {
    SliceFound& slice = out.found.emplace_back(SliceFound{code, {}});
    for (const Node& node : figures) {
      slice.sums.push_back(
          OfRounds(InSlice(node.figure, by, code), funding::v1::MEASURE_SUM, 0, node.offset));
    }
  }
  return out;
}

std::optional<std::vector<std::string>> Lookup::Terms(const FigureRef& figure,
                                                      const std::vector<std::string>& among,
                                                      size_t position) {
  if (!among.empty()) return among;
  std::set<std::string> countries;
  funding::v1::ListSeriesRequest request = requests_.List(figure);
  do {
    const auto* list = questions_.Find(request, position);
    if (list == nullptr) return std::nullopt;
    for (const funding::v1::SeriesInfo& info : list->series()) {
      if (IsCountry(info.region())) countries.insert(info.region());
    }
    request.set_page_token(list->next_page_token());
  } while (!request.page_token().empty());
  std::vector<std::string> terms(countries.begin(), countries.end());
  return terms;
}

std::optional<funding::v1::GetSeriesResponse> Lookup::SeriesOf(
    const FigureRef& figure, const std::vector<std::string>& terms, size_t position) {
  funding::v1::GetSeriesResponse all;
  bool known = true;
  for (size_t begin = 0; begin < terms.size(); begin += kMostRegions) {
    const size_t end = std::min(begin + kMostRegions, terms.size());
    const std::vector<std::string> some(terms.begin() + static_cast<std::ptrdiff_t>(begin),
                                        terms.begin() + static_cast<std::ptrdiff_t>(end));
    const auto* response = questions_.Find(requests_.Series(figure, some), position);
    known = known && response != nullptr;
    if (response != nullptr) all.mutable_series()->MergeFrom(response->series());
  }
  if (!known) return std::nullopt;
  return all;
}

std::vector<RegionValue> Lookup::RowsByRegion(const funding::v1::AggregateRoundsResponse& response,
                                              const std::vector<Option>& slices,
                                              funding::v1::Measure measure) const {
  std::map<std::string, RegionValue> values;
  for (const funding::v1::AggregateRow& row : response.rows()) {
    const std::string& region = row.keys(0).value();
    const Figure* figure = Measured(row, measure);
    if (region.empty() || figure == nullptr || !Matches(row, slices)) continue;
    const std::optional<Quantity> quantity = QuantityOf(*figure, "");
    if (!quantity) continue;
    const auto [entry, is_first] =
        values.try_emplace(region, RegionValue{region, *quantity, figure->coverage()});
    if (is_first) continue;
    RegionValue& sum = entry->second;
    sum.value = formula::Add(sum.value, *quantity, 1).value_or(*quantity);
    sum.coverage = strategy::Add(*sum.coverage, figure->coverage());
  }
  std::vector<RegionValue> out;
  for (const auto& [region, value] : values) out.push_back(value);
  return out;
}

std::optional<RegionValues> Lookup::OfRegions(const FigureRef& figure,
                                              const std::vector<std::string>& among,
                                              size_t position) {
  if (const RoundsFigure* rounds = FindRoundsFigure(figure.name)) {
    const funding::v1::AggregateRoundsRequest request =
        requests_.Rounds(figure, {.regions = among, .measure = rounds->measure});
    const auto* response = questions_.Find(request, position);
    const std::optional<Slices> slices = SlicesOf(figure);
    if (response == nullptr || !slices) return std::nullopt;
    return RegionValues{RowsByRegion(*response, slices->grouped, rounds->measure),
                        std::string(ToStd(questions_.RefusalOf(request).message()))};
  }
  const auto terms = Terms(figure, among, position);
  if (!terms) return std::nullopt;
  RegionValues out;
  if (terms->empty()) return out;
  const auto response = SeriesOf(figure, *terms, position);
  if (!response) return std::nullopt;
  const auto chosen = facets_.find(StatisticOf(figure));
  if (chosen == facets_.end()) return out;
  for (const std::string& term : *terms) {
    const Published found = FindPublished(*response, term, chosen->second, figure.from);
    if (found.point == nullptr) continue;
    Figure value = found.point->figure();
    BoundPartialSum(value);
    const std::optional<Quantity> quantity = QuantityOf(value, "");
    if (!quantity) continue;
    out.values.push_back({term, *quantity, std::nullopt});
    if (value.has_coverage()) out.values.back().coverage = value.coverage();
  }
  return out;
}

std::optional<FacetSet> Lookup::FacetsOfYears(const FigureRef& figure, size_t position) {
  const auto* response = questions_.Find(requests_.Series(figure, {figure.region}), position);
  if (response == nullptr) return std::nullopt;
  return FacetsOfAny(*response, figure.region, YearsOf(figure));
}

std::optional<FacetSet> Lookup::Facets(const FigureRef& figure, const std::string& rank_of,
                                       const std::vector<std::string>& among, size_t position) {
  if (rank_of.empty()) {
    const auto* response = questions_.Find(requests_.Series(figure, {figure.region}), position);
    if (response == nullptr) return std::nullopt;
    return FacetsOf(*response, figure.region, {figure.from, figure.to});
  }
  const auto terms = Terms(figure, among, position);
  if (!terms) return std::nullopt;
  if (terms->empty()) return FacetSet();
  const auto response = SeriesOf(figure, *terms, position);
  if (!response) return std::nullopt;
  FacetSet out;
  for (const funding::v1::Facet& facet : FacetsOf(*response, rank_of, {figure.from})) {
    // A place is one among others.
    const bool others = std::any_of(terms->begin(), terms->end(), [&](const std::string& term) {
      return term != rank_of && FindPublished(*response, term, facet, figure.from).point != nullptr;
    });
    if (others) out.insert(facet);
  }
  return out;
}

}  // namespace steelyard::strategy::formula
