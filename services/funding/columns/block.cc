#include "services/funding/columns/block.h"

#include <algorithm>
#include <cstring>

namespace steelyard::funding::columns {
namespace {

template <typename Values>
int64_t BytesOf(const Values& values) {
  return static_cast<int64_t>(values.capacity() * sizeof(values[0]));
}

uint32_t AddText(std::string_view text, std::string& texts) {
  const auto place = static_cast<uint32_t>(texts.size());
  const auto length = static_cast<uint32_t>(text.size());
  char head[sizeof(length)];
  std::memcpy(head, &length, sizeof(length));
  texts.append(head, sizeof(length));
  texts.append(text);
  return place;
}

template <typename Sparse>
const Sparse& Find(const std::vector<Sparse>& values, uint32_t row) {
  return *std::lower_bound(values.begin(), values.end(), row,
                           [](const Sparse& value, uint32_t at) { return value.row < at; });
}

void TakeYears(int32_t date, Block& block) {
  if (date == 0) return;
  block.first_year = std::min(block.first_year, date >> kYearShift);
  block.last_year = std::max(block.last_year, date >> kYearShift);
}

void AddRow(const Row& row, Block& block) {
  const auto place = static_cast<uint32_t>(block.from.size());
  block.from.push_back(row.from);
  block.to.push_back(row.to);
  block.announced.push_back(row.announced);
  block.closed.push_back(row.closed);
  block.sources.push_back(row.sources);
  block.amount.push_back(row.amount);
  block.currency.push_back(row.currency);
  block.stage.push_back(row.stage);
  block.kind.push_back(row.kind);
  uint8_t flags = 0;
  if (row.compared) {
    flags |= Block::kHasSpread;
    block.spreads.push_back({.row = place, .low = row.low, .high = row.high});
  }
  if (row.whole >= 0) {
    flags |= Block::kIsPart;
    block.parts.push_back({.row = place, .whole = row.whole});
  }
  block.flags.push_back(flags);
  TakeYears(row.announced, block);
  TakeYears(row.closed, block);
}

void Reserve(size_t rows, Block& block) {
  block.from.reserve(rows);
  block.to.reserve(rows);
  block.announced.reserve(rows);
  block.closed.reserve(rows);
  block.sources.reserve(rows);
  block.amount.reserve(rows);
  block.currency.reserve(rows);
  block.stage.reserve(rows);
  block.kind.reserve(rows);
  block.flags.reserve(rows);
}

Row RowAt(const Block& block, uint32_t place) {
  Row row{.from = block.from[place],
          .to = block.to[place],
          .announced = block.announced[place],
          .closed = block.closed.empty() ? 0 : block.closed[place],
          .stage = block.stage[place],
          .kind = block.kind[place],
          .currency = block.currency[place],
          .sources = block.sources[place],
          .amount = block.amount[place]};
  if ((block.flags[place] & Block::kHasSpread) != 0) {
    const Block::Spread& spread = block.SpreadOf(place);
    row.compared = true;
    row.low = spread.low;
    row.high = spread.high;
  }
  if ((block.flags[place] & Block::kIsPart) != 0) row.whole = block.WholeOf(place);
  return row;
}

}  // namespace

std::string_view Block::TextAt(uint32_t place) const {
  uint32_t length = 0;
  std::memcpy(&length, texts.data() + place, sizeof(length));
  return {texts.data() + place + sizeof(length), length};
}

const CompanyVersion* Block::VersionAt(size_t company, int32_t revision) const {
  for (uint32_t i = places[company].version; i < places[company + 1].version; ++i) {
    if (versions[i].HoldsAt(revision)) return &versions[i];
  }
  return nullptr;
}

const Block::Spread& Block::SpreadOf(uint32_t row) const { return Find(spreads, row); }

int32_t Block::WholeOf(uint32_t row) const { return Find(parts, row).whole; }

int64_t Block::bytes() const {
  return static_cast<int64_t>(sizeof(Block) + texts.capacity()) + BytesOf(places) +
         BytesOf(versions) + BytesOf(from) + BytesOf(to) + BytesOf(announced) + BytesOf(closed) +
         BytesOf(sources) + BytesOf(amount) + BytesOf(currency) + BytesOf(stage) + BytesOf(kind) +
         BytesOf(flags) + BytesOf(spreads) + BytesOf(parts);
}

std::vector<Company> Block::Thaw() const {
  std::vector<Company> thawed(companies());
  for (size_t i = 0; i < thawed.size(); ++i) {
    thawed[i].id = IdOf(i);
    for (uint32_t v = places[i].version; v < places[i + 1].version; ++v) {
      thawed[i].versions.push_back({versions[v], std::string(TextAt(versions[v].name))});
    }
    for (uint32_t r = places[i].row; r < places[i + 1].row; ++r) {
      thawed[i].rows.push_back(RowAt(*this, r));
    }
  }
  return thawed;
}

std::shared_ptr<const Block> Freeze(const std::vector<Company>& companies, size_t begin,
                                    size_t end) {
  auto block = std::make_shared<Block>();
  size_t rows = 0;
  size_t versions = 0;
  for (size_t i = begin; i < end; ++i) {
    rows += companies[i].rows.size();
    versions += companies[i].versions.size();
  }
  Reserve(rows, *block);
  block->versions.reserve(versions);
  block->places.reserve(end - begin + 1);
  const auto place = [&] {
    return Block::Place{.id = static_cast<uint32_t>(block->texts.size()),
                        .version = static_cast<uint32_t>(block->versions.size()),
                        .row = static_cast<uint32_t>(block->rows())};
  };
  for (size_t i = begin; i < end; ++i) {
    block->places.push_back(place());
    AddText(companies[i].id, block->texts);
    for (const Company::Version& version : companies[i].versions) {
      block->versions.push_back(version.facts);
      block->versions.back().name = AddText(version.name, block->texts);
    }
    for (const Row& row : companies[i].rows) AddRow(row, *block);
  }
  block->places.push_back(place());
  const auto unknown = [](int32_t date) { return date == 0; };
  if (std::all_of(block->closed.begin(), block->closed.end(), unknown)) {
    std::vector<int32_t>().swap(block->closed);
  }
  block->texts.shrink_to_fit();
  block->spreads.shrink_to_fit();
  block->parts.shrink_to_fit();
  return block;
}

Codes::Codes() {
  for (Dictionary* codes : {&countries, &layers, &sectors, &categories, &currencies, &sources}) {
    codes->Number("");
  }
}

bool Wholes::ExistsAt(int32_t whole, int32_t revision) const {
  const std::vector<Life>& known = lives[static_cast<size_t>(whole)];
  return std::any_of(known.begin(), known.end(), [revision](const Life& life) {
    return life.from <= revision && revision < life.to;
  });
}

void Copy::Measure() {
  bytes = 0;
  rows = 0;
  for (const auto& block : blocks) {
    bytes += block->bytes();
    rows += static_cast<int64_t>(block->rows());
  }
}

}  // namespace steelyard::funding::columns
