#include "services/funding/columns/cube.h"

#include <algorithm>

#include "services/funding/columns/answer.h"
#include "services/funding/columns/counted_rows.h"
#include "services/funding/columns/cube_keys.h"
#include "services/funding/columns/group_table.h"
#include "services/funding/columns/key_layout.h"
#include "services/funding/place_and_price.h"

namespace steelyard::funding::columns {
namespace {

bool IsMonthEnd(const PartialDate& date) {
  return PartialDate{.year = date.year, .month = date.month}.LastDay() == date;
}

bool HasWholeMonths(const DateRange& period) {
  return (!period.from || period.from->day == 1) && (!period.to || IsMonthEnd(*period.to));
}

bool HasWholeYears(const DateRange& period) {
  return (!period.from || (period.from->day == 1 && period.from->month == 1)) &&
         (!period.to || (period.to->day == 31 && period.to->month == 12));
}

// Days on which any country joins or leaves a region.
std::vector<int32_t> ChangesOf(const std::vector<ResolvedRegion>& regions) {
  std::vector<int32_t> changes;
  for (const ResolvedRegion& region : regions) {
    std::string_view last;
    for (const Membership& member : region.members) {
      if (member.country == last) continue;
      last = member.country;
      for (const int32_t day : region.ChangesOf(member.country)) changes.push_back(day);
    }
  }
  return changes;
}

bool Has(const AggregateQuery& query, v1::Dimension dimension) {
  return std::find(query.group_by.begin(), query.group_by.end(), dimension) != query.group_by.end();
}

// What of a key a question needs, and whether it needs months.
struct Fineness {
  uint64_t cells = 0;
  bool months = false;
  uint64_t sources = 0;
  bool months_of_sources = false;
};

Fineness FinenessOf(const Question& question) {
  const AggregateQuery& query = question.query;
  const DateRange& period = question.selection.period;
  Fineness needed{.cells = kKindField.mask(), .sources = kKindField.mask() | kListField.mask()};
  if (!query.regions.empty()) needed.sources |= kCountryField.mask();
  if (!query.regions.empty() || Has(query, v1::DIMENSION_COUNTRY)) {
    needed.cells |= kCountryField.mask();
  }
  if (Has(query, v1::DIMENSION_LAYER)) needed.cells |= kLayerField.mask();
  if (Has(query, v1::DIMENSION_SECTOR)) needed.cells |= kSectorField.mask();
  if (Has(query, v1::DIMENSION_STAGE)) needed.cells |= kStageField.mask();
  needed.months_of_sources = !HasWholeYears(period) || !ChangesOf(query.regions).empty();
  needed.months = needed.months_of_sources || Has(query, v1::DIMENSION_MONTH) ||
                  Has(query, v1::DIMENSION_QUARTER);
  if (needed.months_of_sources || period.from || period.to) needed.sources |= kMonthField.mask();
  if ((needed.sources & kMonthField.mask()) != 0 || needed.months ||
      Has(query, v1::DIMENSION_YEAR)) {
    needed.cells |= kMonthField.mask();
  }
  return needed;
}

uint64_t GroupKeyOf(const KeyLayout& layout, uint64_t key) {
  CompanyVersion company;
  company.country = static_cast<uint16_t>(kCountryField.In(key));
  company.layer = static_cast<uint16_t>(kLayerField.In(key));
  company.sector = static_cast<uint16_t>(kSectorField.In(key));
  return layout.OfCompany(&company, 0) + layout.OfDate(DateOfMonth(kMonthField.In(key))) +
         layout.OfStage(static_cast<uint8_t>(kStageField.In(key)));
}

template <typename Value>
CellTable<Value> Coarsen(const CellTable<Value>& fine, uint64_t mask, bool months) {
  CellTable<Value> coarse;
  for (size_t i = 0; i < fine.keys.size(); ++i) {
    uint64_t key = fine.keys[i] & mask;
    if (!months) {
      const uint64_t month = kMonthField.In(key);
      key -= kMonthField.Of(month % kMonthsOfYear);
    }
    coarse.At(key).Add(fine.values[i]);
  }
  coarse.places = {};
  return coarse;
}

// Brings cells into the order of the question's groups.
void Sort(const AggregateQuery& query, const Copy& copy, const KeyLayout& layout,
          CellTable<GroupCell>& cells) {
  const KeyOrder order(query, layout, *copy.codes);
  std::vector<std::pair<uint64_t, uint32_t>> ranks;
  ranks.reserve(cells.keys.size());
  for (size_t i = 0; i < cells.keys.size(); ++i) {
    ranks.emplace_back(order.RankOf(GroupKeyOf(layout, cells.keys[i])), static_cast<uint32_t>(i));
  }
  std::sort(ranks.begin(), ranks.end());
  CellTable<GroupCell> sorted;
  sorted.keys.reserve(ranks.size());
  sorted.values.reserve(ranks.size());
  for (const auto& [rank, place] : ranks) {
    sorted.keys.push_back(cells.keys[place]);
    sorted.values.push_back(cells.values[place]);
  }
  cells = std::move(sorted);
}

// Which cells count, and in which regions.
class CellFilter {
 public:
  CellFilter(const Copy& copy, const Question& question)
      : regions_(question.query.regions),
        by_region_(!question.query.regions.empty()),
        countries_(copy.codes->countries),
        period_(question.selection.period) {
    for (const AmountKind kind : question.selection.scope) {
      kinds_ |= uint64_t{1} << static_cast<int>(kind);
    }
  }
  // Regions of the question; without any, one that stands for everything. Empty when the cell does
  // not count.
  const std::vector<int32_t>& RegionsOf(uint64_t key) {
    static const auto& everywhere = *new std::vector<int32_t>{0};
    static const auto& nowhere = *new std::vector<int32_t>();
    if ((kinds_ >> kKindField.In(key) & 1) == 0) return nowhere;
    const uint64_t month = kMonthField.In(key);
    const PartialDate date = Unpack(DateOfMonth(month));
    // A key without its month is of a question without a period.
    if (month != 0 && !period_.Contains(date)) return nowhere;
    if (!by_region_) return everywhere;
    const auto country = static_cast<int32_t>(kCountryField.In(key));
    // Of regions that change a key has its month.
    return regions_.Find(country, countries_.Text(country),
                         month != 0 ? date : PartialDate{.year = kFirstEventYear});
  }

 private:
  RegionFinder regions_;
  const bool by_region_;
  const Dictionary& countries_;
  const DateRange& period_;
  uint64_t kinds_ = 0;
};

// Adds up cells that come in the order of the groups: those groups that the question wants, and one
// more, which says that there are more. How many groups come before those.
int64_t AddInOrder(const CellTable<GroupCell>& cells, const Question& question,
                   const KeyLayout& layout, CellFilter& filter, GroupTable& table) {
  int64_t groups = 0;
  uint64_t last = UINT64_MAX;
  for (size_t i = 0; i < cells.keys.size(); ++i) {
    if (filter.RegionsOf(cells.keys[i]).empty()) continue;
    const uint64_t key = GroupKeyOf(layout, cells.keys[i]);
    if (key != last) ++groups;
    last = key;
    if (groups <= question.offset) continue;
    if (groups - question.offset - 1 > question.limit) break;
    table.Find(key).builder.AddCell(cells.values[i]);
  }
  return std::min(groups, question.offset);
}

// Adds all cells up by regions.
void AddByRegion(const CellTable<GroupCell>& cells, const KeyLayout& layout, CellFilter& filter,
                 GroupTable& table) {
  for (size_t i = 0; i < cells.keys.size(); ++i) {
    const std::vector<int32_t>& in = filter.RegionsOf(cells.keys[i]);
    if (in.empty()) continue;
    const uint64_t key = GroupKeyOf(layout, cells.keys[i]);
    for (const int32_t region : in) {
      table.Find(key + layout.OfRegion(region)).builder.AddCell(cells.values[i]);
    }
  }
}

}  // namespace

Valuation ValuationOf(const Question& question) {
  return {.currency = question.query.currency,
          .fx = question.query.fx,
          .deflator = question.query.deflator,
          .rates = question.rates,
          .date_basis = question.selection.date_basis};
}

bool Cube::Fits(const Question& question) {
  const GroupNeeds& needs = question.needs;
  const AggregateQuery& query = question.query;
  if (needs.companies || needs.median || needs.without_largest || needs.mega_rounds || needs.hhi ||
      needs.top || query.impute || query.trace) {
    return false;
  }
  if (Has(query, v1::DIMENSION_COMPANY) || Has(query, v1::DIMENSION_SOURCE_CATEGORY)) return false;
  const SelectionQuery& selection = question.selection;
  if (selection.filter.tree != nullptr || selection.with_parts || !selection.countries.empty()) {
    return false;
  }
  if (!HasWholeMonths(selection.period)) return false;
  const std::vector<int32_t> changes = ChangesOf(query.regions);
  return std::all_of(changes.begin(), changes.end(),
                     [](int32_t day) { return PartialDate::FromDays(day).day == 1; });
}

std::optional<Answer> Cube::Aggregate(const Copy& copy, const Question& question) const {
  const AggregateQuery& query = question.query;
  const std::optional<KeyLayout> layout = KeyLayout::Make(query, copy);
  if (!layout) return std::nullopt;
  const Fineness needed = FinenessOf(question);
  CellFilter filter(copy, question);
  // Without regions only the page's groups are found.
  GroupTable table(*layout, layout->has_region() ? GroupTable::kMostDense : 0);
  if (query.group_by.empty()) table.Find(0);
  int64_t skipped = 0;
  if (layout->has_region()) {
    AddByRegion(*Coarsened<GroupCell>(cells_, coarse_cells_, {needed.cells, needed.months, {}}, {}),
                *layout, filter, table);
  } else {
    const auto cells = Coarsened<GroupCell>(
        cells_, coarse_cells_, {needed.cells, needed.months, query.group_by},
        [&](CellTable<GroupCell>& coarse) { Sort(query, copy, *layout, coarse); });
    skipped = AddInOrder(*cells, question, *layout, filter, table);
  }
  std::vector<int64_t> lists(copy.codes->sources.size(), 0);
  const auto sources = Coarsened<RoundCount>(sources_, coarse_sources_,
                                             {needed.sources, needed.months_of_sources, {}}, {});
  for (size_t i = 0; i < sources->keys.size(); ++i) {
    if (filter.RegionsOf(sources->keys[i]).empty()) continue;
    lists[kListField.In(sources->keys[i])] += sources->values[i].rounds;
  }
  Peers none;
  return Finish(copy, question, *layout, table, none, RankSources(copy.codes->sources, lists),
                skipped);
}

template <typename Value>
std::shared_ptr<const CellTable<Value>> Cube::Coarsened(
    const CellTable<Value>& fine, Coarse<Value>& known, const Coarseness& coarseness,
    const std::function<void(CellTable<Value>&)>& sort) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = known.find(coarseness); found != known.end()) return found->second;
  CellTable<Value> coarse = Coarsen(fine, coarseness.mask, coarseness.months);
  if (sort) sort(coarse);
  auto made = std::make_shared<const CellTable<Value>>(std::move(coarse));
  if (coarse_bytes_ + made->bytes() > cells_.bytes() + sources_.bytes()) {
    coarse_cells_.clear();
    coarse_sources_.clear();
    coarse_bytes_ = 0;
  }
  coarse_bytes_ += made->bytes();
  known.emplace(coarseness, made);
  return made;
}

int64_t Cube::bytes() const { return 2 * (cells_.bytes() + sources_.bytes()); }

}  // namespace steelyard::funding::columns
