#include "services/funding/columns/scan.h"

#include <algorithm>
#include <deque>
#include <span>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/columns/answer.h"
#include "services/funding/columns/counted_rows.h"
#include "services/funding/columns/group_table.h"
#include "services/funding/columns/in_parallel.h"
#include "services/funding/columns/key_layout.h"
#include "services/funding/columns/row_filter.h"
#include "services/funding/place_and_price.h"

namespace steelyard::funding::columns {
namespace {

// Some blocks of a copy, added up.
class Part {
 public:
  // `prices` and `filter` may be null.
  Part(const Copy& copy, const Prices* prices, const Question& question, const KeyLayout& layout,
       const RowFilter* filter)
      : copy_(copy),
        priced_(prices),
        filter_(filter),
        query_(question.query),
        needs_(question.needs),
        layout_(layout),
        counted_(copy, question.selection, question.revision),
        converter_(query_.currency, query_.fx, query_.deflator, *question.rates,
                   copy.codes->currencies),
        regions_(query_.regions),
        cutoffs_(CutoffsOf(query_)),
        company_first_(!query_.group_by.empty() &&
                       query_.group_by.front() == v1::DIMENSION_COMPANY),
        last_group_(question.limit > INT64_MAX - question.offset
                        ? INT64_MAX
                        : question.offset + question.limit),
        table_(layout, std::max(GroupTable::kMostDense, static_cast<uint64_t>(copy.rows) / 4)),
        sources_(copy.codes->sources.size(), 0) {
    if (query_.impute) peer_regions_.assign(copy.codes->countries.size(), -1);
  }

  // `first` is the number of the first company of the first block.
  void Run(const Context& context, size_t begin, size_t end, int64_t first) {
    for (size_t i = begin; i < end && context.Check().ok(); ++i) {
      const Block& block = *copy_.blocks[i];
      prices_ = priced_ == nullptr ? nullptr : priced_->Of(copy_, i);
      counted_.ForEach(
          block,
          [&](size_t company, const CompanyVersion* version) {
            place_ = company;
            version_ = version;
            return BeginCompany(first + static_cast<int64_t>(company), version);
          },
          [&](uint32_t row, int32_t date) { Add(block, row, date); });
      first += static_cast<int64_t>(block.companies());
    }
  }

  void Merge(Part&& later) {
    for (Grown& grown : later.table_.groups()) {
      table_.Find(grown.key).builder.Merge(needs_, cutoffs_, std::move(grown.builder));
    }
    for (size_t i = 0; i < sources_.size(); ++i) sources_[i] += later.sources_[i];
  }

  GroupTable& table() { return table_; }
  Peers& peers() { return peers_; }
  const std::vector<int64_t>& sources() const { return sources_; }

 private:
  bool BeginCompany(int64_t company, const CompanyVersion* version) {
    company_ = static_cast<int32_t>(company);
    country_ = version == nullptr ? 0 : version->country;
    if (!query_.regions.empty() && !query_.impute &&
        regions_.NeverHolds(country_, copy_.codes->countries.Text(country_))) {
      return false;
    }
    company_key_ = layout_.OfCompany(version, static_cast<uint64_t>(company));
    // Groups come in their order then: those past the page need not be made.
    past_page_ = company_first_ && static_cast<int64_t>(table_.groups().size()) > last_group_;
    return true;
  }

  void Add(const Block& block, uint32_t row, int32_t packed) {
    if (filter_ != nullptr && !filter_->Holds(block, place_, version_, row)) return;
    const std::vector<int32_t>& in = RegionsOf(packed);
    if (in.empty() && !query_.impute) return;
    const std::optional<int64_t> amount = AmountOf(block, row, packed);
    if (query_.impute) AddPeer(block, row, Unpack(packed), in, amount);
    if (in.empty()) return;
    ++sources_[static_cast<size_t>(block.sources[row])];
    if (past_page_) return;
    const uint64_t key = company_key_ + layout_.OfDate(packed) + layout_.OfStage(block.stage[row]);
    if (!layout_.has_region()) {
      AddTo(table_.Find(key), block, row, packed, -1, amount);
      return;
    }
    for (const int32_t region : in) {
      AddTo(table_.Find(key + layout_.OfRegion(region)), block, row, packed, region, amount);
    }
  }

  const std::vector<int32_t>& RegionsOf(int32_t packed) {
    static const auto& everywhere = *new std::vector<int32_t>{0};
    if (query_.regions.empty()) return everywhere;
    return regions_.Find(country_, copy_.codes->countries.Text(country_), Unpack(packed));
  }

  std::optional<int64_t> AmountOf(const Block& block, uint32_t row, int32_t packed) {
    if (prices_ != nullptr) {
      return prices_[row] > kUnconverted ? std::optional(prices_[row]) : std::nullopt;
    }
    if (block.amount[row] == kUndisclosed) return std::nullopt;
    return converter_.Convert(block.currency[row], Unpack(packed), block.amount[row]);
  }

  // `region` is that of the group; -1 when it has none.
  void AddTo(Grown& grown, const Block& block, uint32_t row, int32_t packed, int32_t region,
             const std::optional<int64_t>& amount) {
    const bool disclosed = block.amount[row] != kUndisclosed;
    grown.builder.AddRound(needs_, cutoffs_, company_, disclosed, amount);
    if (amount && (block.flags[row] & Block::kHasSpread) != 0) {
      AddSpread(grown, block, row, Unpack(packed));
    }
    if (!query_.impute || amount) return;
    if (grown.missing == nullptr) grown.missing = std::make_unique<std::map<PeerKey, int64_t>>();
    ++(*grown.missing)[{.stage = static_cast<Stage>(block.stage[row]),
                        .region = region >= 0 ? region : PeerRegion(),
                        .year = packed >> kYearShift}];
  }

  void AddSpread(Grown& grown, const Block& block, uint32_t row, const PartialDate& date) {
    const Block::Spread& spread = block.SpreadOf(row);
    const std::optional<int64_t> low = converter_.Convert(block.currency[row], date, spread.low);
    const std::optional<int64_t> high = converter_.Convert(block.currency[row], date, spread.high);
    if (low && high) grown.builder.AddSpread(*low, *high);
  }

  // As Aggregate has it: countries are numbered in the order in which their rounds come.
  int32_t PeerRegion() {
    if (!query_.regions.empty()) return 0;
    int32_t& number = peer_regions_[static_cast<size_t>(country_)];
    if (number < 0) number = known_peer_regions_++;
    return number;
  }

  void AddPeer(const Block& block, uint32_t row, const PartialDate& date,
               const std::vector<int32_t>& in, const std::optional<int64_t>& amount) {
    if (!amount) return;
    const PeerKey key{
        .stage = static_cast<Stage>(block.stage[row]), .region = 0, .year = date.year};
    if (layout_.has_region()) return peers_.Add(key, in, *amount);
    const int32_t region = PeerRegion();
    peers_.Add(key, std::span(&region, in.empty() ? 0 : 1), *amount);
  }

  const Copy& copy_;
  const Prices* const priced_;
  const RowFilter* const filter_;
  const AggregateQuery& query_;
  const GroupNeeds needs_;
  const KeyLayout& layout_;
  const CountedRows counted_;
  Converter converter_;
  RegionFinder regions_;
  const Cutoffs cutoffs_;
  const bool company_first_;
  const int64_t last_group_;  // one more says that there are more
  GroupTable table_;
  std::vector<int64_t> sources_;
  Peers peers_;
  std::vector<int32_t> peer_regions_;
  int32_t known_peer_regions_ = 0;
  const int64_t* prices_ = nullptr;  // of the block at hand; null when it has none
  // The company at hand, and its place in its block.
  size_t place_ = 0;
  const CompanyVersion* version_ = nullptr;
  int32_t company_ = 0;
  int32_t country_ = 0;
  uint64_t company_key_ = 0;
  bool past_page_ = false;
};

// The blocks of each thread: about as many rows each. At least one part.
std::vector<size_t> Bounds(const Copy& copy, size_t parts) {
  std::vector<size_t> bounds = {0};
  int64_t rows = 0;
  for (size_t i = 0; i < copy.blocks.size(); ++i) {
    rows += static_cast<int64_t>(copy.blocks[i]->rows());
    if (bounds.size() < parts &&
        rows * static_cast<int64_t>(parts) >= copy.rows * static_cast<int64_t>(bounds.size())) {
      bounds.push_back(i + 1);
    }
  }
  bounds.push_back(copy.blocks.size());
  return bounds;
}

}  // namespace

absl::StatusOr<std::optional<Answer>> Scan(const Context& context, const Copy& copy,
                                           const Prices* prices, const Question& question,
                                           size_t threads) {
  const std::optional<KeyLayout> layout = KeyLayout::Make(question.query, copy);
  if (!layout) return std::nullopt;
  std::optional<RowFilter> filter;
  if (const filter::Node* tree = question.selection.filter.tree.get(); tree != nullptr) {
    filter = RowFilter::Make(*tree, *copy.codes);
    if (!filter) return std::nullopt;
  }
  // Estimates need all peers in one place.
  const std::vector<size_t> bounds = Bounds(copy, question.query.impute ? 1 : threads);
  std::deque<Part> parts;
  std::vector<int64_t> firsts;
  int64_t companies = 0;
  for (size_t i = 0, block = 0; i + 1 < bounds.size(); ++i) {
    for (; block < bounds[i]; ++block) {
      companies += static_cast<int64_t>(copy.blocks[block]->companies());
    }
    parts.emplace_back(copy, prices, question, *layout, filter ? &*filter : nullptr);
    firsts.push_back(companies);
  }
  if (question.query.group_by.empty()) parts.front().table().Find(0);
  InParallel(parts.size(),
             [&](size_t i, size_t) { parts[i].Run(context, bounds[i], bounds[i + 1], firsts[i]); });
  STEELYARD_RETURN_IF_ERROR(context.Check());
  for (size_t i = 1; i < parts.size(); ++i) parts.front().Merge(std::move(parts[i]));
  return Finish(copy, question, *layout, parts.front().table(), parts.front().peers(),
                RankSources(copy.codes->sources, parts.front().sources()), /*skipped=*/0, threads);
}

}  // namespace steelyard::funding::columns
