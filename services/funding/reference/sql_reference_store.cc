#include "services/funding/reference/sql_reference_store.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/import_reference.h"

namespace steelyard::funding {
namespace {

using sql::Value;
using Memory = ledger::Ledger::Memory;

// How many states of a kind of data are kept in memory.
constexpr size_t kKeptStates = 4;

constexpr std::string_view kValidThen = "from_revision <= ? AND ? < to_revision";

// The first column of the only row.
absl::StatusOr<int64_t> NumberOf(sql::Connection& connection, const Context& context,
                                 std::string_view sql, std::span<const Value> parameters) {
  STEELYARD_ASSIGN_OR_RETURN(const auto rows, connection.Query(context, sql, parameters));
  STEELYARD_RETURN_IF_ERROR(rows->Next().status());
  return rows->Int(0);
}

// Data that is read whole and shared. A state begins at the revision that changed the data last,
// and serves every later revision until the next change.
template <typename State>
class Cache {
 public:
  using Load = std::function<absl::StatusOr<State>(sql::Connection&)>;

  explicit Cache(std::string_view kind) : kind_(kind) {}

  absl::StatusOr<std::shared_ptr<const State>> Get(sql::Pool& pool, const Context& context,
                                                   int64_t revision, const Load& load) {
    if (std::shared_ptr<const State> known = Recent(revision)) {
      return known;
    }
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease lease, pool.Borrow(context));
    STEELYARD_ASSIGN_OR_RETURN(const int64_t changed,
                               NumberOf(*lease, context,
                                        "SELECT coalesce(max(revision), 0) FROM reference_changes "
                                        "WHERE kind = ? AND revision <= ?",
                                        std::vector<Value>{std::string(kind_), revision}));
    if (std::shared_ptr<const State> known = Known(changed, revision)) {
      return known;
    }
    STEELYARD_ASSIGN_OR_RETURN(State state, load(*lease));
    return Keep(changed, revision, std::make_shared<const State>(std::move(state)));
  }

 private:
  struct Entry {
    int64_t first;  // the revision that made the state
    int64_t last;   // the latest revision that is known to see it
    std::shared_ptr<const State> state;
  };

  std::shared_ptr<const State> Recent(int64_t revision) {
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : entries_) {
      if (entry.first <= revision && revision <= entry.last) {
        return entry.state;
      }
    }
    return nullptr;
  }
  std::shared_ptr<const State> Known(int64_t changed, int64_t revision) {
    const std::lock_guard lock(mutex_);
    for (Entry& entry : entries_) {
      if (entry.first == changed) {
        entry.last = std::max(entry.last, revision);
        return entry.state;
      }
    }
    return nullptr;
  }
  std::shared_ptr<const State> Keep(int64_t changed, int64_t revision,
                                    std::shared_ptr<const State> state) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() == kKeptStates) {
      entries_.pop_front();
    }
    entries_.push_back({changed, revision, state});
    return state;
  }

  const std::string_view kind_;
  std::mutex mutex_;
  std::deque<Entry> entries_;
};

absl::StatusOr<RegionCatalogue> LoadRegions(sql::Connection& connection, const Context& context,
                                            int64_t revision) {
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      connection.Query(context,
                       "SELECT s.set_id, s.version, m.country, m.valid_from, m.valid_until "
                       "FROM region_sets s JOIN region_members m ON m.name = s.name "
                       "WHERE s.from_revision <= ? AND ? < s.to_revision "
                       "AND m.from_revision <= ? AND ? < m.to_revision "
                       "ORDER BY s.set_id, s.version, m.country, m.valid_from",
                       std::vector<Value>{revision, revision, revision, revision}));
  std::vector<RegionSet> sets;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) {
      return RegionCatalogue(std::move(sets));
    }
    if (sets.empty() || sets.back().id != rows->Text(0) || sets.back().version != rows->Text(1)) {
      sets.push_back({std::string(rows->Text(0)), std::string(rows->Text(1)), {}});
    }
    sets.back().members.push_back({std::string(rows->Text(2)), static_cast<int32_t>(rows->Int(3)),
                                   static_cast<int32_t>(rows->Int(4))});
  }
}

absl::StatusOr<RateTable> LoadRates(sql::Connection& connection, const Context& context,
                                    int64_t revision) {
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      connection.Query(context,
                       StrCat("SELECT day, currency, rate FROM exchange_rates WHERE ", kValidThen),
                       std::vector<Value>{revision, revision}));
  std::vector<DailyRate> rates;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) {
      return RateTable(rates);
    }
    rates.push_back({static_cast<int32_t>(rows->Int(0)), std::string(rows->Text(1)), rows->Int(2)});
  }
}

class SqlReferenceStore final : public ReferenceStore {
 public:
  SqlReferenceStore(sql::Pool& pool, ledger::Ledger& ledger) : pool_(pool), ledger_(ledger) {}

  absl::StatusOr<std::shared_ptr<const RegionCatalogue>> Regions(const Context& context,
                                                                 int64_t revision) const override {
    return regions_.Get(pool_, context, revision, [&](sql::Connection& connection) {
      return LoadRegions(connection, context, revision);
    });
  }

  absl::StatusOr<std::shared_ptr<const RateTable>> Rates(const Context& context,
                                                         int64_t revision) const override {
    return rates_.Get(pool_, context, revision, [&](sql::Connection& connection) {
      return LoadRates(connection, context, revision);
    });
  }

  absl::StatusOr<std::vector<PublishedValue>> Observations(
      const Context& context, int64_t revision, std::string_view variable) const override;
  absl::StatusOr<bool> IsPublished(const Context& context, int64_t revision,
                                   std::string_view region) const override;
  absl::StatusOr<SeriesPage> ListSeries(const Context& context, int64_t revision,
                                        const filter::Predicate& filter, int64_t offset,
                                        int limit) const override;
  absl::StatusOr<ReferenceKinds> ChangedBetween(const Context& context, int64_t from,
                                                int64_t to) const override;
  absl::StatusOr<ReferenceCounts> Count(const Context& context, int64_t revision) const override;
  absl::StatusOr<std::string> UpsertObservations(const Context& context,
                                                 const std::vector<PublishedValue>& observations,
                                                 const WriteOptions& options,
                                                 const Reply& reply) override;

 private:
  // The reply that was remembered under a request_id; nullopt for a new one.
  absl::StatusOr<std::optional<std::string>> Recall(const Context& context,
                                                    const WriteOptions& options) const;

  sql::Pool& pool_;
  ledger::Ledger& ledger_;
  mutable Cache<RegionCatalogue> regions_{kRegionSetsKind};
  mutable Cache<RateTable> rates_{kExchangeRatesKind};
};

absl::StatusOr<std::vector<PublishedValue>> SqlReferenceStore::Observations(
    const Context& context, int64_t revision, std::string_view variable) const {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease lease, pool_.Borrow(context));
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      lease->Query(context,
                   StrCat("SELECT id, variable, region, period, value, source, unit, scope, "
                          "price_basis, qualifier, note FROM observations WHERE variable = ? AND ",
                          kValidThen, " ORDER BY id"),
                   std::vector<Value>{std::string(variable), revision, revision}));
  std::vector<PublishedValue> values;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) {
      return values;
    }
    const auto text = [&](int column) { return std::string(rows->Text(column)); };
    values.push_back({.id = text(0),
                      .variable = text(1),
                      .region = text(2),
                      .period = text(3),
                      .value = text(4),
                      .facet = {text(5), text(6), text(7), text(8)},
                      .qualifier = static_cast<common::v1::Qualifier>(rows->Int(9)),
                      .note = text(10)});
  }
}

absl::StatusOr<bool> SqlReferenceStore::IsPublished(const Context& context, int64_t revision,
                                                    std::string_view region) const {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease lease, pool_.Borrow(context));
  STEELYARD_ASSIGN_OR_RETURN(
      const int64_t found,
      NumberOf(*lease, context,
               StrCat("SELECT count(*) FROM observations WHERE region = ? AND ", kValidThen),
               std::vector<Value>{std::string(region), revision, revision}));
  return found > 0;
}

absl::StatusOr<SeriesPage> SqlReferenceStore::ListSeries(const Context& context, int64_t revision,
                                                         const filter::Predicate& filter,
                                                         int64_t offset, int limit) const {
  constexpr std::string_view kKey = "variable, region, source, unit, scope, price_basis";
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease lease, pool_.Borrow(context));
  const std::string groups =
      StrCat("SELECT ", kKey, ", min(period), max(period), count(*) FROM observations WHERE ",
             kValidThen, " AND (", filter.sql, ") GROUP BY ", kKey);
  std::vector<Value> parameters{revision, revision};
  parameters.insert(parameters.end(), filter.parameters.begin(), filter.parameters.end());
  SeriesPage page;
  STEELYARD_ASSIGN_OR_RETURN(
      page.total_size,
      NumberOf(*lease, context, StrCat("SELECT count(*) FROM (", groups, ") g"), parameters));
  parameters.insert(parameters.end(), {static_cast<int64_t>(limit), offset});
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      lease->Query(context, StrCat(groups, " ORDER BY ", kKey, " LIMIT ? OFFSET ?"), parameters));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) {
      return page;
    }
    const auto text = [&](int column) { return std::string(rows->Text(column)); };
    page.series.push_back({.variable = text(0),
                           .region = text(1),
                           .facet = {text(2), text(3), text(4), text(5)},
                           .first_period = text(6),
                           .last_period = text(7),
                           .points = rows->Int(8)});
  }
}

absl::StatusOr<ReferenceKinds> SqlReferenceStore::ChangedBetween(const Context& context,
                                                                 int64_t from, int64_t to) const {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease lease, pool_.Borrow(context));
  const auto changed = [&](std::string_view kind) {
    return NumberOf(*lease, context,
                    "SELECT count(*) FROM reference_changes WHERE kind = ? AND revision > ? AND "
                    "revision <= ?",
                    std::vector<Value>{std::string(kind), from, to});
  };
  STEELYARD_ASSIGN_OR_RETURN(const int64_t rates, changed(kExchangeRatesKind));
  STEELYARD_ASSIGN_OR_RETURN(const int64_t sets, changed(kRegionSetsKind));
  return ReferenceKinds{.exchange_rates = rates > 0, .region_sets = sets > 0};
}

absl::StatusOr<ReferenceCounts> SqlReferenceStore::Count(const Context& context,
                                                         int64_t revision) const {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease lease, pool_.Borrow(context));
  const auto count = [&](std::string_view table) {
    return NumberOf(*lease, context, StrCat("SELECT count(*) FROM ", table, " WHERE ", kValidThen),
                    std::vector<Value>{revision, revision});
  };
  ReferenceCounts counts;
  STEELYARD_ASSIGN_OR_RETURN(counts.observations, count("observations"));
  STEELYARD_ASSIGN_OR_RETURN(counts.exchange_rates, count("exchange_rates"));
  STEELYARD_ASSIGN_OR_RETURN(counts.region_sets, count("region_sets"));
  return counts;
}

absl::StatusOr<std::optional<std::string>> SqlReferenceStore::Recall(
    const Context& context, const WriteOptions& options) const {
  if (options.request_id.empty()) {
    return std::nullopt;
  }
  STEELYARD_ASSIGN_OR_RETURN(std::optional<ledger::Remembered> remembered,
                             ledger_.Recall(context, Memory::Of::kRequest, options.request_id));
  if (!remembered.has_value()) {
    return std::nullopt;
  }
  if (remembered->digest != options.digest) {
    return MakeError(common::v1::ERROR_REASON_REQUEST_ID_REUSED,
                     StrCat("the request_id \"", options.request_id,
                            "\" came before with other content; use a new one for a new change"),
                     {{"request_id", options.request_id}});
  }
  return std::move(remembered->reply);
}

absl::StatusOr<std::string> SqlReferenceStore::UpsertObservations(
    const Context& context, const std::vector<PublishedValue>& observations,
    const WriteOptions& options, const Reply& reply) {
  STEELYARD_ASSIGN_OR_RETURN(std::optional<std::string> earlier, Recall(context, options));
  if (earlier.has_value()) {
    return *std::move(earlier);
  }
  std::vector<std::string> changed;
  const Memory memory{
      .of = Memory::Of::kRequest,
      .id = options.request_id,
      .digest = options.digest,
      .reply = [&](const ledger::Revision& revision) { return reply(changed, revision); }};
  const bool remember = !options.request_id.empty() && !options.validate_only;
  const absl::StatusOr<ledger::Revision> revision = ledger_.Commit(
      context,
      [&](sql::Connection& connection, int64_t next) -> absl::StatusOr<ledger::Changes> {
        StagedReference staged;
        staged.observations = observations;
        STEELYARD_ASSIGN_OR_RETURN(ReferenceChanges changes,
                                   WriteReference(context, connection, next, staged));
        changed = std::move(changes.observations);
        // Nothing changed, as far as the ledger is told: it then keeps nothing.
        const size_t subjects = options.validate_only ? 0 : changed.size();
        return ledger::Changes{.subjects = static_cast<int64_t>(subjects),
                               .registry_revision = std::nullopt};
      },
      remember ? &memory : nullptr);
  if (!revision.ok() && remember) {
    // The same request may have been committed by another call in the meantime.
    STEELYARD_ASSIGN_OR_RETURN(earlier, Recall(context, options));
    if (earlier.has_value()) {
      return *std::move(earlier);
    }
  }
  STEELYARD_RETURN_IF_ERROR(revision.status());
  return reply(changed, *revision);
}

}  // namespace

const std::vector<filter::Field>& SeriesFilterFields() {
  static const auto* const kFields = [] {
    auto* fields = new std::vector<filter::Field>();
    for (const char* name : {"variable", "region", "source", "unit", "scope", "price_basis"}) {
      fields->push_back({.name = name,
                         .type = filter::FieldType::kText,
                         .sql = name,
                         .equality_only = true,
                         .values = {}});
    }
    return fields;
  }();
  return *kFields;
}

std::unique_ptr<ReferenceStore> MakeSqlReferenceStore(sql::Pool& pool, ledger::Ledger& ledger) {
  return std::make_unique<SqlReferenceStore>(pool, ledger);
}

}  // namespace steelyard::funding
