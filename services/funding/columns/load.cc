#include <algorithm>
#include <numeric>

#include "absl/container/flat_hash_map.h"
#include "services/common/status/status.h"
#include "services/funding/columns/copy.h"
#include "services/funding/columns/rows_from_sql.h"

namespace steelyard::funding::columns {
namespace {

// What a row and a company take at the least, to refuse early what cannot fit.
constexpr int64_t kLeastBytesOfRow = 31;

// Rows in the order in which the store gives them, with their companies.
class Loading {
 public:
  int32_t CompanyOf(std::string_view id) {
    if (last_ >= 0 && ids_[static_cast<size_t>(last_)] == id) return last_;
    const auto [place, is_new] =
        numbers_.try_emplace(std::string(id), static_cast<int32_t>(ids_.size()));
    if (is_new) ids_.emplace_back(place->first);
    last_ = place->second;
    return last_;
  }
  void Add(const ReadVersion& read) {
    versions_.push_back({CompanyOf(read.company), read.facts, names_.size()});
    names_ += read.name;
  }
  void Add(const ReadRow& read) { rows_.push_back({CompanyOf(read.company), Compact(read.row)}); }
  void Reserve(size_t rows) { rows_.reserve(rows); }

  // Everything as blocks, companies by id.
  std::vector<std::shared_ptr<const Block>> Take(int64_t rows_a_block) {
    std::vector<int32_t> order(ids_.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [this](int32_t a, int32_t b) {
      return ids_[static_cast<size_t>(a)] < ids_[static_cast<size_t>(b)];
    });
    const Index rows = IndexOf(rows_);
    const Index versions = IndexOf(versions_);
    std::vector<std::shared_ptr<const Block>> blocks;
    std::vector<Company> companies;
    int64_t held = 0;
    for (const int32_t number : order) {
      companies.push_back(CompanyAt(static_cast<size_t>(number), rows, versions));
      held += static_cast<int64_t>(companies.back().rows.size()) + 1;
      if (held < rows_a_block) continue;
      blocks.push_back(Freeze(companies, 0, companies.size()));
      companies.clear();
      held = 0;
    }
    if (!companies.empty()) blocks.push_back(Freeze(companies, 0, companies.size()));
    return blocks;
  }

 private:
  struct SmallRow {
    int32_t from, to, announced, closed, sources, extra;
    int64_t amount;
    uint16_t currency;
    uint8_t stage, kind;
  };
  struct OfCompany {
    int32_t company;
    SmallRow row;
  };
  struct VersionOf {
    int32_t company;
    CompanyVersion facts;
    size_t name;
  };
  // Places of what belongs to each company, one company after the other.
  struct Index {
    std::vector<uint32_t> begins;
    std::vector<uint32_t> places;
  };

  template <typename Items>
  Index IndexOf(const Items& items) const {
    Index index;
    index.begins.assign(ids_.size() + 1, 0);
    for (const auto& item : items) ++index.begins[static_cast<size_t>(item.company) + 1];
    std::partial_sum(index.begins.begin(), index.begins.end(), index.begins.begin());
    index.places.resize(items.size());
    std::vector<uint32_t> next(index.begins.begin(), index.begins.end() - 1);
    for (size_t i = 0; i < items.size(); ++i) {
      index.places[next[static_cast<size_t>(items[i].company)]++] = static_cast<uint32_t>(i);
    }
    return index;
  }

  Company CompanyAt(size_t number, const Index& rows, const Index& versions) const {
    Company company;
    company.id = ids_[number];
    for (uint32_t i = versions.begins[number]; i < versions.begins[number + 1]; ++i) {
      const size_t place = versions.places[i];
      const size_t end = place + 1 < versions_.size() ? versions_[place + 1].name : names_.size();
      const size_t begin = versions_[place].name;
      company.versions.push_back({versions_[place].facts, names_.substr(begin, end - begin)});
    }
    for (uint32_t i = rows.begins[number]; i < rows.begins[number + 1]; ++i) {
      company.rows.push_back(Full(rows_[rows.places[i]].row));
    }
    return company;
  }

  // Few rows have more than a small one holds: those stand beside.
  SmallRow Compact(const Row& row) {
    SmallRow small{.from = row.from,
                   .to = row.to,
                   .announced = row.announced,
                   .closed = row.closed,
                   .sources = row.sources,
                   .extra = -1,
                   .amount = row.amount,
                   .currency = row.currency,
                   .stage = row.stage,
                   .kind = row.kind};
    if (row.compared || row.whole >= 0) {
      small.extra = static_cast<int32_t>(extras_.size());
      extras_.push_back(row);
    }
    return small;
  }
  Row Full(const SmallRow& small) const {
    if (small.extra >= 0) return extras_[static_cast<size_t>(small.extra)];
    return {.from = small.from,
            .to = small.to,
            .announced = small.announced,
            .closed = small.closed,
            .stage = small.stage,
            .kind = small.kind,
            .currency = small.currency,
            .sources = small.sources,
            .amount = small.amount};
  }

  absl::flat_hash_map<std::string, int32_t> numbers_;
  std::vector<std::string> ids_;
  int32_t last_ = -1;
  std::vector<VersionOf> versions_;
  std::string names_;
  std::vector<OfCompany> rows_;
  std::vector<Row> extras_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Copy>> Load(sql::Connection& connection,
                                                 const Context& context, int64_t revision,
                                                 const Room& room) {
  if (revision >= kOpen) return nullptr;
  sql::Statement count;
  count.Add("SELECT COUNT(*) FROM rounds WHERE from_revision <= ?", {revision});
  STEELYARD_ASSIGN_OR_RETURN(const int64_t rows, sql::ReadInt(connection, context, count));
  if (rows > room.bytes / kLeastBytesOfRow) return nullptr;

  auto codes = std::make_shared<Codes>();
  auto wholes = std::make_shared<Wholes>();
  Numbers numbers{*codes, *wholes};
  Loading loading;
  loading.Reserve(static_cast<size_t>(rows));
  STEELYARD_RETURN_IF_ERROR(ReadVersions(connection, context, 0, revision, numbers,
                                         [&](const ReadVersion& read) { loading.Add(read); }));
  STEELYARD_RETURN_IF_ERROR(ReadRows(connection, context, 0, revision, numbers,
                                     [&](const ReadRow& read) { loading.Add(read); }));
  std::vector<int32_t> all(wholes->ids.size());
  std::iota(all.begin(), all.end(), 0);
  STEELYARD_RETURN_IF_ERROR(ReadLives(connection, context, revision, all, *wholes));
  if (numbers.overflow) return nullptr;

  auto copy = std::make_shared<Copy>();
  copy->revision = static_cast<int32_t>(revision);
  copy->codes = std::move(codes);
  copy->wholes = std::move(wholes);
  copy->blocks = loading.Take(room.rows_a_block);
  copy->Measure();
  if (copy->bytes > room.bytes) return nullptr;
  return copy;
}

}  // namespace steelyard::funding::columns
