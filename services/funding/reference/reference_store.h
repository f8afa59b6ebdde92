#pragma once

// Where funding keeps what others have published: observations, region sets, exchange rates. Every
// read names the revision that it sees; the caller got it from the ledger.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/filter/filter.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/reference/regions.h"
#include "services/funding/reference/statistics.h"

namespace steelyard::funding {

// What there is of one series.
struct SeriesSummary {
  std::string variable;
  std::string region;
  SeriesFacet facet;
  std::string first_period;  // bytewise least
  std::string last_period;   // bytewise greatest
  int64_t points = 0;        // periods with a value
  int64_t observations = 0;  // those of several vintages one by one
  // When asked for: every period and every known vintage, bytewise, each once.
  std::vector<std::string> periods = {};
  std::vector<std::string> vintages = {};

  bool operator==(const SeriesSummary&) const = default;
};
struct SeriesPage {
  std::vector<SeriesSummary> series;
  int64_t total_size = 0;
};

// How much there is, for GetStatus.
struct ReferenceCounts {
  int64_t observations = 0;
  int64_t exchange_rates = 0;
  int64_t region_sets = 0;

  bool operator==(const ReferenceCounts&) const = default;
};

// Which kinds of data a span of revisions changed.
struct ReferenceKinds {
  bool exchange_rates = false;
  bool region_sets = false;

  bool operator==(const ReferenceKinds&) const = default;
};

// Most subjects of one kind, rounds apart, that an import may bring: they are held in memory until
// it is committed.
inline constexpr size_t kMostStaged = 2'000'000;
// MESSAGE_TOO_LARGE when more of them are staged; `what` names them, in the plural.
absl::Status CheckStaged(size_t staged, std::string_view what);

// What an import or an upsert brings. Each key (name of an observation; set id and version; day and
// currency) once.
struct StagedReference {
  std::vector<PublishedValue> observations;
  std::vector<RegionSet> region_sets;
  std::vector<DailyRate> rates;
};

// What a write changed: subjects that are new or different now. Equal ones change nothing.
struct ReferenceChanges {
  std::vector<std::string> observations;  // bare names, in the order given
  int64_t region_sets = 0;
  int64_t exchange_rates = 0;

  int64_t subjects() const {
    return static_cast<int64_t>(observations.size()) + region_sets + exchange_rates;
  }
};

// Which observations to withdraw: those of the names, or those that a selection holds.
struct ObservationSelection {
  std::string variable;  // empty fields match all
  std::string region;
  SeriesFacet facet;
  std::optional<PartialDate> vintage = std::nullopt;
};
struct ObservationRetraction {
  std::vector<std::string> names;  // bare; each once
  std::optional<ObservationSelection> selection = std::nullopt;
  std::string reason = {};
};

// How to write.
struct WriteOptions {
  std::string request_id;  // empty: none
  std::string digest;      // of the request's content; for a request_id
  bool validate_only = false;
};

// Thread-safe. `revision` is at most the ledger's head; 0 is the empty store. The same revision
// gives the same answer for ever. Errors are those of sql::Connection.
class ReferenceStore {
 public:
  virtual ~ReferenceStore() = default;

  // All region sets of the revision. Kept in memory and shared while they do not change.
  virtual absl::StatusOr<std::shared_ptr<const RegionCatalogue>> Regions(
      const Context& context, int64_t revision) const = 0;
  // All exchange rates of the revision. Kept in memory and shared while they do not change.
  virtual absl::StatusOr<std::shared_ptr<const RateTable>> Rates(const Context& context,
                                                                 int64_t revision) const = 0;
  // Every vintage of the observations of a variable, withdrawn ones with the reason, by name
  // bytewise: those of these regions as published, or of all when none is given.
  virtual absl::StatusOr<std::vector<PublishedValue>> Vintages(
      const Context& context, int64_t revision, std::string_view variable,
      std::span<const std::string> regions) const = 0;
  // What counts of them in all regions: PresentOf.
  absl::StatusOr<std::vector<PublishedValue>> Observations(const Context& context, int64_t revision,
                                                           std::string_view variable) const;
  // Whether any observation is published for this region code.
  virtual absl::StatusOr<bool> IsPublished(const Context& context, int64_t revision,
                                           std::string_view region) const = 0;
  // Series that match, by variable, region, source, unit, scope and price basis, all bytewise;
  // `offset` rows left out, at most `limit` given. `filter` is compiled from SeriesFilterFields().
  // Withdrawn observations do not count.
  struct SeriesList {
    filter::Predicate filter;
    int64_t offset = 0;
    int limit = 0;
    bool include_periods = false;  // with the periods and vintages of each
  };
  virtual absl::StatusOr<SeriesPage> ListSeries(const Context& context, int64_t revision,
                                                const SeriesList& list) const = 0;
  // What was written after `from` and up to `to`.
  virtual absl::StatusOr<ReferenceKinds> ChangedBetween(const Context& context, int64_t from,
                                                        int64_t to) const = 0;
  virtual absl::StatusOr<ReferenceCounts> Count(const Context& context, int64_t revision) const = 0;

  // Creates or replaces observations (each name once) in one commit of the ledger, which this store
  // shares with the rest of funding. Returns what `reply` makes of the bare names that are new or
  // different now, in the order given, and of the revision that shows them (the head when nothing
  // changed).
  //
  // With validate_only nothing is written or remembered, and the reply says what would have
  // changed. With a request_id that reply is remembered with the digest of the request: the same
  // request again gets it byte for byte and writes nothing; another digest is REQUEST_ID_REUSED.
  using Reply = std::function<std::string(const std::vector<std::string>& changed,
                                          const ledger::Revision& revision)>;
  virtual absl::StatusOr<std::string> UpsertObservations(
      const Context& context, const std::vector<PublishedValue>& observations,
      const WriteOptions& options, const Reply& reply) = 0;

  // Withdraws observations in one commit, with WriteOptions as above. Returns what `reply` makes of
  // the number of those that counted before. What is withdrawn is a content under a name: the same
  // content written again stays withdrawn, another content under the name counts. SERIES_NOT_FOUND
  // (metadata "name") for a name that no observation of the newest revision has, and for a
  // selection that holds none.
  using RetractReply =
      std::function<std::string(int64_t retracted, const ledger::Revision& revision)>;
  virtual absl::StatusOr<std::string> RetractObservations(const Context& context,
                                                          const ObservationRetraction& retraction,
                                                          const WriteOptions& options,
                                                          const RetractReply& reply) = 0;
};

// Fields of ListSeries' filter over the columns of the table of observations.
const std::vector<filter::Field>& SeriesFilterFields();

}  // namespace steelyard::funding
