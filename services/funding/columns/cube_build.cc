#include <algorithm>
#include <iterator>
#include <thread>

#include "absl/container/flat_hash_set.h"
#include "services/common/status/status.h"
#include "services/funding/columns/counted_rows.h"
#include "services/funding/columns/cube.h"
#include "services/funding/columns/cube_keys.h"
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
  CellScan(const Copy& copy, const Valuation& valuation)
      : counted_(copy, Everything(valuation), copy.revision),
        converter_(valuation.currency, valuation.fx, valuation.deflator, *valuation.rates,
                   copy.codes->currencies) {}

  // Hands companies [begin, end) of a block to `take(cell_key, source_key, cell)`, a cell for each
  // row that counts.
  template <typename Take>
  void Run(const Block& block, size_t begin, size_t end, Take take) {
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
               CellOf(block, row, Unpack(date)));
        });
  }

 private:
  GroupCell CellOf(const Block& block, uint32_t row, const PartialDate& date) {
    GroupCell cell;
    std::optional<int64_t> amount;
    const bool disclosed = block.amount[row] != kUndisclosed;
    if (disclosed) amount = converter_.Convert(block.currency[row], date, block.amount[row]);
    cell.AddRound(disclosed, amount);
    if (amount && (block.flags[row] & Block::kHasSpread) != 0) {
      const Block::Spread& spread = block.SpreadOf(row);
      const std::optional<int64_t> low = converter_.Convert(block.currency[row], date, spread.low);
      const std::optional<int64_t> high =
          converter_.Convert(block.currency[row], date, spread.high);
      if (low && high) cell.AddSpread(*low, *high);
    }
    return cell;
  }

  const CountedRows counted_;
  Converter converter_;
};

struct Tables {
  CellTable<GroupCell> cells;
  CellTable<RoundCount> sources;
};

// Everything of some blocks.
void AddBlocks(const Context& context, const Copy& copy, const Valuation& valuation, size_t begin,
               size_t end, Tables& tables) {
  CellScan scan(copy, valuation);
  for (size_t i = begin; i < end && context.Check().ok(); ++i) {
    const Block& block = *copy.blocks[i];
    scan.Run(block, 0, block.companies(),
             [&](uint64_t cell_key, uint64_t source_key, const GroupCell& cell) {
               tables.cells.At(cell_key).Add(cell);
               tables.sources.At(source_key).Add({1});
             });
  }
}

// The company's block and place in it; null when the copy does not have it.
std::pair<const Block*, size_t> FindCompany(const Copy& copy, std::string_view id) {
  const auto after = std::upper_bound(
      copy.blocks.begin(), copy.blocks.end(), id,
      [](std::string_view wanted, const auto& block) { return wanted < block->IdOf(0); });
  if (after == copy.blocks.begin()) return {nullptr, 0};
  const Block& block = **std::prev(after);
  size_t low = 0;
  size_t high = block.companies();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    (block.IdOf(middle) < id ? low : high) = block.IdOf(middle) < id ? middle + 1 : middle;
  }
  if (low == block.companies() || block.IdOf(low) != id) return {nullptr, 0};
  return {&block, low};
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
  absl::Status Finish(const Context& context, const Copy& copy, const Valuation& valuation) {
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
    CellScan scan(copy, valuation);
    for (const auto& block : copy.blocks) {
      STEELYARD_RETURN_IF_ERROR(context.Check());
      scan.Run(*block, 0, block->companies(),
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

Valuation ValuationOf(const Question& question) {
  return {.currency = question.query.currency,
          .fx = question.query.fx,
          .deflator = question.query.deflator,
          .rates = question.rates,
          .date_basis = question.selection.date_basis};
}

absl::StatusOr<std::shared_ptr<const Cube>> Cube::Build(const Context& context, const Copy& copy,
                                                        Valuation valuation, size_t threads) {
  if (!HasRoom(*copy.codes)) return nullptr;
  const size_t blocks = copy.blocks.size();
  threads = std::max<size_t>(std::min(threads, blocks), 1);
  std::vector<Tables> parts(threads);
  std::vector<std::thread> others;
  for (size_t i = 1; i < threads; ++i) {
    others.emplace_back([&, i] {
      AddBlocks(context, copy, valuation, blocks * i / threads, blocks * (i + 1) / threads,
                parts[i]);
    });
  }
  AddBlocks(context, copy, valuation, 0, blocks / threads, parts[0]);
  for (std::thread& other : others) other.join();
  STEELYARD_RETURN_IF_ERROR(context.Check());
  for (size_t i = 1; i < threads; ++i) {
    const Tables& part = parts[i];
    for (size_t c = 0; c < part.cells.keys.size(); ++c) {
      parts[0].cells.At(part.cells.keys[c]).Add(part.cells.values[c]);
    }
    for (size_t c = 0; c < part.sources.keys.size(); ++c) {
      parts[0].sources.At(part.sources.keys[c]).Add(part.sources.values[c]);
    }
  }
  const std::shared_ptr<Cube> cube(new Cube(std::move(valuation)));
  cube->cells_ = std::move(parts[0].cells);
  cube->sources_ = std::move(parts[0].sources);
  return cube;
}

absl::StatusOr<std::shared_ptr<const Cube>> Cube::Follow(const Context& context, const Copy& before,
                                                         const Copy& after,
                                                         const std::vector<std::string>& touched,
                                                         size_t threads) const {
  // Most of it: quicker from the beginning.
  constexpr int64_t kRowsOfCompany = 16;
  if (static_cast<int64_t>(touched.size()) * kRowsOfCompany > after.rows) {
    return Build(context, after, valuation_, threads);
  }
  if (!HasRoom(*after.codes)) return nullptr;
  Tables tables{cells_, sources_};
  Difference difference(tables);
  CellScan old_rows(before, valuation_);
  CellScan new_rows(after, valuation_);
  for (const std::string& id : touched) {
    STEELYARD_RETURN_IF_ERROR(context.Check());
    if (const auto [block, place] = FindCompany(before, id); block != nullptr) {
      old_rows.Run(*block, place, place + 1,
                   [&](uint64_t cell_key, uint64_t source_key, const GroupCell& cell) {
                     difference.Subtract(cell_key, source_key, cell);
                   });
    }
  }
  for (const std::string& id : touched) {
    STEELYARD_RETURN_IF_ERROR(context.Check());
    if (const auto [block, place] = FindCompany(after, id); block != nullptr) {
      new_rows.Run(*block, place, place + 1,
                   [&](uint64_t cell_key, uint64_t source_key, const GroupCell& cell) {
                     difference.Add(cell_key, source_key, cell);
                   });
    }
  }
  STEELYARD_RETURN_IF_ERROR(difference.Finish(context, after, valuation_));
  const std::shared_ptr<Cube> cube(new Cube(valuation_));
  cube->cells_ = std::move(tables.cells);
  cube->sources_ = std::move(tables.sources);
  return cube;
}

}  // namespace steelyard::funding::columns
