#include <algorithm>
#include <iterator>

#include "absl/container/flat_hash_set.h"
#include "services/common/status/status.h"
#include "services/funding/columns/counted_rows.h"
#include "services/funding/columns/cube.h"
#include "services/funding/columns/cube_keys.h"
#include "services/funding/columns/in_parallel.h"
#include "services/funding/place_and_price.h"

namespace steelyard::funding::columns {
namespace {

SelectionQuery Everything(const Valuation& valuation) {
  SelectionQuery query;
  query.scope = Kinds();
  query.date_basis = valuation.date_basis;
  return query;
}

bool HasRoom(const Codes& codes) {
  return kCountryField.Holds(codes.countries.size()) && kLayerField.Holds(codes.layers.size()) &&
         kSectorField.Holds(codes.sectors.size()) && kListField.Holds(codes.sources.size());
}

// Goes over counted rows as cells do.
class CellScan {
 public:
  CellScan(const PricedCopy& priced, int64_t revision)
      : copy_(priced.copy),
        prices_(priced.prices),
        counted_(priced.copy, Everything(priced.valuation), revision),
        converter_(ConverterOf(priced.valuation, priced.copy)) {}

  // Hands companies [begin, end) of a block, by its number, to `take(cell_key, source_key, cell)`,
  // a cell for each row that counts.
  template <typename Take>
  void Run(size_t number, size_t begin, size_t end, Take take) {
    const Block& block = *copy_.blocks[number];
    const int64_t* const prices = prices_.Of(copy_, number);
    uint64_t company_key = 0;
    uint64_t country_key = 0;
    counted_.ForEach(
        block, begin, end,
        [&](size_t, const CompanyVersion* version) {
          country_key = version == nullptr ? 0 : kCountryField.Of(version->country);
          company_key = country_key;
          if (version != nullptr) {
            company_key |= kLayerField.Of(version->layer) | kSectorField.Of(version->sector);
          }
          return true;
        },
        [&](uint32_t row, int32_t date) {
          const uint64_t row_key = kMonthField.Of(static_cast<uint64_t>(MonthCode(date))) |
                                   kKindField.Of(block.kind[row]);
          take(company_key | row_key | kStageField.Of(block.stage[row]),
               country_key | row_key | kListField.Of(static_cast<uint64_t>(block.sources[row])),
               CellOf(block, row, date, prices[row]));
        });
  }

 private:
  GroupCell CellOf(const Block& block, uint32_t row, int32_t date, int64_t price) {
    GroupCell cell;
    const std::optional<int64_t> amount =
        price > kUnconverted ? std::optional(price) : std::nullopt;
    cell.AddRound(price != kUndisclosed, amount);
    if (amount && (block.flags[row] & Block::kHasSpread) != 0) {
      const Block::Spread& spread = block.SpreadOf(row);
      const std::optional<int64_t> low =
          converter_.Convert(block.currency[row], Unpack(date), spread.low);
      const std::optional<int64_t> high =
          converter_.Convert(block.currency[row], Unpack(date), spread.high);
      if (low && high) cell.AddSpread(*low, *high);
    }
    return cell;
  }

  const Copy& copy_;
  const Prices& prices_;
  const CountedRows counted_;
  Converter converter_;
};

struct Tables {
  CellTable<GroupCell> cells;
  CellTable<RoundCount> sources;
};

// Everything of some blocks.
void AddBlocks(const Context& context, const PricedCopy& priced, int64_t revision, size_t begin,
               size_t end, Tables& tables) {
  CellScan scan(priced, revision);
  for (size_t i = begin; i < end && context.Check().ok(); ++i) {
    scan.Run(i, 0, priced.copy.blocks[i]->companies(),
             [&](uint64_t cell_key, uint64_t source_key, const GroupCell& cell) {
               tables.cells.At(cell_key).Add(cell);
               tables.sources.At(source_key).Add({1});
             });
  }
}

// The numbers of the company's block and of its place in it; nullopt when the copy does not have
// it.
std::optional<std::pair<size_t, size_t>> FindCompany(const Copy& copy, std::string_view id) {
  const auto after = std::upper_bound(
      copy.blocks.begin(), copy.blocks.end(), id,
      [](std::string_view wanted, const auto& block) { return wanted < block->IdOf(0); });
  if (after == copy.blocks.begin()) return std::nullopt;
  const Block& block = **std::prev(after);
  size_t low = 0;
  size_t high = block.companies();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    (block.IdOf(middle) < id ? low : high) = block.IdOf(middle) < id ? middle + 1 : middle;
  }
  if (low == block.companies() || block.IdOf(low) != id) return std::nullopt;
  return std::pair(static_cast<size_t>(std::prev(after) - copy.blocks.begin()), low);
}

// Hands the rows of the companies that count in the copy to `take`.
template <typename Take>
absl::Status ForEachOf(const Context& context, const PricedCopy& priced,
                       const std::vector<std::string>& companies, Take take) {
  CellScan scan(priced, priced.copy.revision);
  for (const std::string& id : companies) {
    STEELYARD_RETURN_IF_ERROR(context.Check());
    const auto found = FindCompany(priced.copy, id);
    if (found) scan.Run(found->first, found->second, found->second + 1, take);
  }
  return absl::OkStatus();
}

// Takes what does not add up by a difference: the largest amount is found again where it went.
class Difference {
 public:
  explicit Difference(Tables& tables) : tables_(tables) {}

  void Subtract(uint64_t cell_key, uint64_t source_key, const GroupCell& gone) {
    GroupCell& cell = tables_.cells.At(cell_key);
    if (gone.converted() > 0 && gone.max == cell.max) lost_.try_emplace(cell_key, gone.max);
    cell.rounds -= gone.rounds;
    cell.undisclosed -= gone.undisclosed;
    cell.unconverted -= gone.unconverted;
    cell.compared -= gone.compared;
    cell.sum -= gone.sum;
    cell.high -= gone.high;
    cell.apart -= gone.apart;
    tables_.sources.At(source_key).rounds -= 1;
    shrunk_cells_.insert(cell_key);
    shrunk_sources_.insert(source_key);
  }
  void Add(uint64_t cell_key, uint64_t source_key, const GroupCell& more) {
    const auto lost = lost_.find(cell_key);
    if (lost != lost_.end() && more.max >= lost->second) lost_.erase(lost);
    tables_.cells.At(cell_key).Add(more);
    tables_.sources.At(source_key).Add({1});
  }
  // Removes what is empty, and finds the largest amounts that are not known any more.
  absl::Status Finish(const Context& context, const PricedCopy& priced) {
    for (const uint64_t key : shrunk_sources_) {
      if (tables_.sources.At(key).rounds == 0) tables_.sources.Remove(key);
    }
    for (const uint64_t key : shrunk_cells_) {
      if (tables_.cells.At(key).rounds > 0) continue;
      tables_.cells.Remove(key);
      lost_.erase(key);
    }
    if (lost_.empty()) return absl::OkStatus();
    for (const auto& [key, max] : lost_) tables_.cells.At(key).max = INT64_MIN;
    CellScan scan(priced, priced.copy.revision);
    for (size_t i = 0; i < priced.copy.blocks.size(); ++i) {
      STEELYARD_RETURN_IF_ERROR(context.Check());
      scan.Run(i, 0, priced.copy.blocks[i]->companies(),
               [&](uint64_t cell_key, uint64_t, const GroupCell& cell) {
                 if (!lost_.contains(cell_key)) return;
                 int64_t& max = tables_.cells.At(cell_key).max;
                 max = std::max(max, cell.max);
               });
    }
    return absl::OkStatus();
  }

 private:
  Tables& tables_;
  absl::flat_hash_map<uint64_t, int64_t> lost_;  // cells to the largest amount that went
  absl::flat_hash_set<uint64_t> shrunk_cells_;
  absl::flat_hash_set<uint64_t> shrunk_sources_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Cube>> Cube::Build(const Context& context,
                                                        const PricedCopy& priced, int64_t revision,
                                                        size_t threads) {
  if (!HasRoom(*priced.copy.codes)) return nullptr;
  const size_t blocks = priced.copy.blocks.size();
  std::vector<Tables> parts(std::max<size_t>(std::min(threads, blocks), 1));
  InParallel(parts.size(), [&](size_t i, size_t all) {
    AddBlocks(context, priced, revision, blocks * i / all, blocks * (i + 1) / all, parts[i]);
  });
  STEELYARD_RETURN_IF_ERROR(context.Check());
  for (size_t i = 1; i < parts.size(); ++i) {
    const Tables& part = parts[i];
    for (size_t c = 0; c < part.cells.keys.size(); ++c) {
      parts[0].cells.At(part.cells.keys[c]).Add(part.cells.values[c]);
    }
    for (size_t c = 0; c < part.sources.keys.size(); ++c) {
      parts[0].sources.At(part.sources.keys[c]).Add(part.sources.values[c]);
    }
  }
  const std::shared_ptr<Cube> cube(new Cube());
  cube->cells_ = std::move(parts[0].cells);
  cube->sources_ = std::move(parts[0].sources);
  return cube;
}

absl::StatusOr<std::shared_ptr<const Cube>> Cube::Follow(const Context& context,
                                                         const PricedCopy& before,
                                                         const PricedCopy& after,
                                                         const std::vector<std::string>& touched,
                                                         size_t threads) const {
  // Most of it: quicker from the beginning.
  constexpr int64_t kRowsOfCompany = 16;
  if (static_cast<int64_t>(touched.size()) * kRowsOfCompany > after.copy.rows) {
    return Build(context, after, after.copy.revision, threads);
  }
  if (!HasRoom(*after.copy.codes)) return nullptr;
  Tables tables{cells_, sources_};
  Difference difference(tables);
  STEELYARD_RETURN_IF_ERROR(ForEachOf(context, before, touched,
                                      [&](uint64_t cell, uint64_t source, const GroupCell& gone) {
                                        difference.Subtract(cell, source, gone);
                                      }));
  STEELYARD_RETURN_IF_ERROR(ForEachOf(context, after, touched,
                                      [&](uint64_t cell, uint64_t source, const GroupCell& more) {
                                        difference.Add(cell, source, more);
                                      }));
  STEELYARD_RETURN_IF_ERROR(difference.Finish(context, after));
  const std::shared_ptr<Cube> cube(new Cube());
  cube->cells_ = std::move(tables.cells);
  cube->sources_ = std::move(tables.sources);
  return cube;
}

}  // namespace steelyard::funding::columns
