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
#include "services/funding/reference/sql_observations.h"
#include "services/funding/reference/vintages.h"

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

  absl::StatusOr<std::vector<PublishedValue>> Vintages(
      const Context& context, int64_t revision, std::string_view variable,
      std::span<const std::string> regions) const override;
  absl::StatusOr<bool> IsPublished(const Context& context, int64_t revision,
                                   std::string_view region) const override;
  absl::StatusOr<SeriesPage> ListSeries(const Context& context, int64_t revision,
                                        const SeriesList& list) const override;
  absl::StatusOr<ReferenceKinds> ChangedBetween(const Context& context, int64_t from,
                                                int64_t to) const override;
  absl::StatusOr<ReferenceCounts> Count(const Context& context, int64_t revision) const override;
  absl::StatusOr<std::string> UpsertObservations(const Context& context,
                                                 const std::vector<PublishedValue>& observations,
                                                 const WriteOptions& options,
                                                 const Reply& reply) override;
  absl::StatusOr<std::string> RetractObservations(const Context& context,
                                                  const ObservationRetraction& retraction,
                                                  const WriteOptions& options,
                                                  const RetractReply& reply) override;

 private:
  // Writes in the ledger's transaction, as a revision; returns how many subjects changed.
  using Write = std::function<absl::StatusOr<int64_t>(sql::Connection&, int64_t revision)>;
  // Runs `write` in one commit by the options, and returns what `reply` makes of its revision.
  absl::StatusOr<std::string> CommitOnce(
      const Context& context, const WriteOptions& options, const Write& write,
      const std::function<std::string(const ledger::Revision&)>& reply);
  // The reply that was remembered under a request_id; nullopt for a new one.
  absl::StatusOr<std::optional<std::string>> Recall(const Context& context,
                                                    const WriteOptions& options) const;

  sql::Pool& pool_;
  ledger::Ledger& ledger_;
  mutable Cache<RegionCatalogue> regions_{kRegionSetsKind};
  mutable Cache<RateTable> rates_{kExchangeRatesKind};
};

absl::StatusOr<std::vector<PublishedValue>> SqlReferenceStore::Vintages(
    const Context& context, int64_t revision, std::string_view variable,
    std::span<const std::string> regions) const {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease lease, pool_.Borrow(context));
  return ReadVintages(*lease, context, revision, variable, regions);
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
                                                         const SeriesList& list) const {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease lease, pool_.Borrow(context));
  return ReadSeriesList(*lease, context, revision, list);
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
  STEELYARD_ASSIGN_OR_RETURN(
      counts.observations,
      NumberOf(*lease, context,
               StrCat("SELECT count(*) FROM observations o WHERE ", kObservationCounts),
               RevisionTimes(revision, 4)));
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

absl::StatusOr<std::string> SqlReferenceStore::CommitOnce(
    const Context& context, const WriteOptions& options, const Write& write,
    const std::function<std::string(const ledger::Revision&)>& reply) {
  STEELYARD_ASSIGN_OR_RETURN(std::optional<std::string> earlier, Recall(context, options));
  if (earlier.has_value()) {
    return *std::move(earlier);
  }
  const Memory memory{.of = Memory::Of::kRequest,
                      .id = options.request_id,
                      .digest = options.digest,
                      .reply = reply};
  const bool remember = !options.request_id.empty() && !options.validate_only;
  const absl::StatusOr<ledger::Revision> revision = ledger_.Commit(
      context,
      [&](sql::Connection& connection, int64_t next) -> absl::StatusOr<ledger::Changes> {
        STEELYARD_ASSIGN_OR_RETURN(const int64_t changed, write(connection, next));
        // Nothing changed, as far as the ledger is told: it then keeps nothing.
        return ledger::Changes{.subjects = options.validate_only ? 0 : changed,
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
  return reply(*revision);
}

absl::StatusOr<std::string> SqlReferenceStore::UpsertObservations(
    const Context& context, const std::vector<PublishedValue>& observations,
    const WriteOptions& options, const Reply& reply) {
  std::vector<std::string> changed;
  return CommitOnce(
      context, options,
      [&](sql::Connection& connection, int64_t next) -> absl::StatusOr<int64_t> {
        StagedReference staged;
        staged.observations = observations;
        STEELYARD_ASSIGN_OR_RETURN(ReferenceChanges changes,
                                   WriteReference(context, connection, next, staged));
        changed = std::move(changes.observations);
        return static_cast<int64_t>(changed.size());
      },
      [&](const ledger::Revision& revision) { return reply(changed, revision); });
}

absl::StatusOr<std::string> SqlReferenceStore::RetractObservations(
    const Context& context, const ObservationRetraction& retraction, const WriteOptions& options,
    const RetractReply& reply) {
  int64_t retracted = 0;
  return CommitOnce(
      context, options,
      [&](sql::Connection& connection, int64_t next) -> absl::StatusOr<int64_t> {
        STEELYARD_ASSIGN_OR_RETURN(retracted,
                                   WriteRetraction(connection, context, next, retraction));
        return retracted;
      },
      [&](const ledger::Revision& revision) { return reply(retracted, revision); });
}

}  // namespace

absl::StatusOr<std::vector<PublishedValue>> ReferenceStore::Observations(
    const Context& context, int64_t revision, std::string_view variable) const {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<PublishedValue> vintages,
                             Vintages(context, revision, variable, {}));
  return PresentOf(vintages);
}

const std::vector<filter::Field>& SeriesFilterFields() {
  static const auto* const kFields = [] {
    auto* fields = new std::vector<filter::Field>();
    for (const char* name :
         {"variable", "region", "source", "unit", "scope", "price_basis", "vintage"}) {
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
