#include "services/funding/columns/prices.h"

#include <algorithm>

#include "services/common/status/status.h"
#include "services/funding/columns/counted_rows.h"
#include "services/funding/columns/in_parallel.h"

namespace steelyard::funding::columns {
namespace {

std::vector<int64_t> PricesOf(const Block& block, bool by_closing, Converter& converter) {
  std::vector<int64_t> prices = block.amount;
  for (size_t row = 0; row < prices.size(); ++row) {
    if (prices[row] == kUndisclosed) continue;
    const PartialDate date = Unpack(DateOf(block, static_cast<uint32_t>(row), by_closing));
    const std::optional<int64_t> price =
        converter.Convert(block.currency[row], date, block.amount[row]);
    prices[row] = price.value_or(kUnconverted);
  }
  return prices;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Prices>> Prices::Make(const Context& context, const Copy& copy,
                                                           const Valuation& valuation,
                                                           const Prices* before, size_t threads) {
  const bool by_closing = valuation.date_basis == common::v1::DATE_BASIS_CLOSED;
  auto made = std::make_shared<Prices>();
  made->blocks_.resize(copy.blocks.size());
  // Blocks come in the same order in both copies, so that one walk finds what they share.
  std::vector<size_t> lacking;
  size_t old = 0;
  for (size_t i = 0; i < copy.blocks.size(); ++i) {
    const std::string_view first = copy.blocks[i]->IdOf(0);
    while (before != nullptr && old < before->blocks_.size() &&
           before->blocks_[old].block->IdOf(0) < first) {
      ++old;
    }
    const bool shared = before != nullptr && old < before->blocks_.size() &&
                        before->blocks_[old].block == copy.blocks[i];
    if (shared) {
      made->blocks_[i] = before->blocks_[old];
    } else {
      lacking.push_back(i);
    }
  }
  InParallel(std::min(threads, lacking.size()), [&](size_t part, size_t parts) {
    Converter converter = ConverterOf(valuation, copy);
    for (size_t i = lacking.size() * part / parts; i < lacking.size() * (part + 1) / parts; ++i) {
      if (!context.Check().ok()) return;
      const auto& block = copy.blocks[lacking[i]];
      made->blocks_[lacking[i]] = {block, std::make_shared<const std::vector<int64_t>>(
                                              PricesOf(*block, by_closing, converter))};
    }
  });
  STEELYARD_RETURN_IF_ERROR(context.Check());
  return made;
}

const Prices::Priced* Prices::Find(const Copy& copy, size_t block) const {
  // Most often both have as many blocks before it.
  const std::shared_ptr<const Block>& wanted = copy.blocks[block];
  if (block < blocks_.size() && blocks_[block].block == wanted) return &blocks_[block];
  const auto found = std::lower_bound(
      blocks_.begin(), blocks_.end(), wanted->IdOf(0),
      [](const Priced& priced, std::string_view id) { return priced.block->IdOf(0) < id; });
  return found != blocks_.end() && found->block == wanted ? &*found : nullptr;
}

const int64_t* Prices::Of(const Copy& copy, size_t block) const {
  const Priced* const priced = Find(copy, block);
  return priced == nullptr ? nullptr : priced->amounts->data();
}

int64_t Prices::bytes() const {
  int64_t bytes = 0;
  for (const Priced& priced : blocks_) {
    bytes += static_cast<int64_t>(sizeof(priced) + priced.amounts->capacity() * sizeof(int64_t));
  }
  return bytes;
}

}  // namespace steelyard::funding::columns
