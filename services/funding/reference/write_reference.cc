// The tables of reference data and how a commit writes them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/import_reference.h"
#include "services/funding/reference/sql_reference_store.h"
#include "services/funding/reference/vintages.h"

namespace steelyard::funding {
namespace {

using ledger::KeyDigest;
using ledger::kOpenRevision;
using sql::Value;

// reference_changes says at which revisions a kind of data changed, so that what is kept in memory
// can be shared by all the revisions in between.
const ledger::Migration kMigrations[] = {
    {"reference-1",
     {
         "CREATE TABLE observations (id TEXT NOT NULL, digest TEXT NOT NULL, variable TEXT NOT "
         "NULL, "
         "region TEXT NOT NULL, period TEXT NOT NULL, value TEXT NOT NULL, source TEXT NOT NULL, "
         "unit TEXT NOT NULL, scope TEXT NOT NULL, price_basis TEXT NOT NULL, "
         "qualifier BIGINT NOT NULL, note TEXT NOT NULL, from_revision BIGINT NOT NULL, "
         "to_revision BIGINT NOT NULL)",
         "CREATE TABLE region_sets (name TEXT NOT NULL, digest TEXT NOT NULL, set_id TEXT NOT "
         "NULL, "
         "version TEXT NOT NULL, from_revision BIGINT NOT NULL, to_revision BIGINT NOT NULL)",
         "CREATE TABLE region_members (name TEXT NOT NULL, country TEXT NOT NULL, "
         "valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, from_revision BIGINT NOT NULL, "
         "to_revision BIGINT NOT NULL)",
         "CREATE TABLE exchange_rates (quote TEXT NOT NULL, digest TEXT NOT NULL, "
         "day BIGINT NOT NULL, currency TEXT NOT NULL, rate BIGINT NOT NULL, "
         "from_revision BIGINT NOT NULL, to_revision BIGINT NOT NULL)",
         "CREATE TABLE reference_changes (kind TEXT NOT NULL, revision BIGINT NOT NULL)",
     }},
    // The column id holds a bare name, which has the vintage in it where that is known: every
    // vintage is a subject of its own. A retraction withdraws one content of a subject.
    {"reference-2-vintages",
     {
         "ALTER TABLE observations ADD COLUMN vintage TEXT DEFAULT ''",
         "ALTER TABLE observations ADD COLUMN scale BIGINT DEFAULT 0",
         "CREATE TABLE observation_retractions (observation TEXT NOT NULL, digest TEXT NOT NULL, "
         "reason TEXT NOT NULL, from_revision BIGINT NOT NULL, to_revision BIGINT NOT NULL)",
     }},
};

// Fields one after the other, each with its length, so that no two records read alike.
std::string Canonical(const std::vector<std::string>& fields) {
  std::string canonical;
  for (const std::string& field : fields) {
    StrAppend(&canonical, field.size(), ":", field);
  }
  return canonical;
}

std::string DigestOf(const PublishedValue& value) {
  return ledger::ContentDigest(
      Canonical({value.variable, value.region, value.period, value.value, value.facet.source,
                 value.facet.unit, value.facet.scope, value.facet.price_basis,
                 StrCat(static_cast<int>(value.qualifier)), value.note, StrCat(value.scale)}));
}

std::string DigestOf(const RegionSet& set) {
  std::vector<std::string> fields;
  for (const Membership& member : set.members) {
    fields.insert(fields.end(), {member.country, StrCat(member.from), StrCat(member.until)});
  }
  return ledger::ContentDigest(Canonical(fields));
}

// What one write shares.
struct Commit {
  const Context& context;
  sql::Connection& connection;
  int64_t revision;
};

// Ends the rows of those subjects that are new or different now, and returns their keys.
absl::StatusOr<std::vector<std::string>> Replace(const Commit& commit,
                                                 std::span<const std::string_view> tables,
                                                 std::string_view key_column,
                                                 const std::vector<KeyDigest>& subjects) {
  if (subjects.empty()) {
    return std::vector<std::string>();
  }
  STEELYARD_ASSIGN_OR_RETURN(
      ledger::Changed changed,
      ledger::ChangedKeys(commit.connection, commit.context, tables.front(), key_column, subjects));
  STEELYARD_RETURN_IF_ERROR(ledger::CloseRows(commit.connection, commit.context, tables, key_column,
                                              changed.replaced, commit.revision)
                                .status());
  return std::move(changed.keys);
}

// Calls `append` for each element whose key is among `changed`, which is in the same order.
template <typename Element, typename KeyOf, typename Append>
absl::Status ForEachChanged(const std::vector<Element>& elements,
                            const std::vector<std::string>& changed, KeyOf key_of, Append append) {
  size_t next = 0;
  for (const Element& element : elements) {
    if (next < changed.size() && key_of(element) == changed[next]) {
      STEELYARD_RETURN_IF_ERROR(append(element));
      ++next;
    }
  }
  return absl::OkStatus();
}

absl::Status MarkChanged(const Commit& commit, std::string_view kind) {
  return commit.connection
      .Execute(commit.context, "INSERT INTO reference_changes (kind, revision) VALUES (?, ?)",
               std::vector<Value>{std::string(kind), commit.revision})
      .status();
}

absl::StatusOr<std::vector<std::string>> WriteObservations(
    const Commit& commit, const std::vector<PublishedValue>& values) {
  std::vector<KeyDigest> subjects;
  subjects.reserve(values.size());
  for (const PublishedValue& value : values) {
    subjects.emplace_back(NameOf(value), DigestOf(value));
  }
  constexpr std::string_view kTables[] = {"observations"};
  STEELYARD_ASSIGN_OR_RETURN(std::vector<std::string> changed,
                             Replace(commit, kTables, "id", subjects));
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, commit.connection.Append("observations"));
  STEELYARD_RETURN_IF_ERROR(ForEachChanged(
      values, changed, [](const PublishedValue& value) { return NameOf(value); },
      [&](const PublishedValue& value) {
        return appender->Append(std::vector<Value>{
            NameOf(value), DigestOf(value), value.variable, value.region, value.period, value.value,
            value.facet.source, value.facet.unit, value.facet.scope, value.facet.price_basis,
            static_cast<int64_t>(value.qualifier), value.note, commit.revision, kOpenRevision,
            value.vintage.has_value() ? value.vintage->ToString() : "",
            static_cast<int64_t>(value.scale)});
      }));
  STEELYARD_RETURN_IF_ERROR(appender->Close());
  return changed;
}

absl::StatusOr<int64_t> WriteRegionSets(const Commit& commit, const std::vector<RegionSet>& sets) {
  std::vector<KeyDigest> subjects;
  for (const RegionSet& set : sets) {
    subjects.emplace_back(NameOf(set), DigestOf(set));
  }
  constexpr std::string_view kTables[] = {"region_sets", "region_members"};
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> changed,
                             Replace(commit, kTables, "name", subjects));
  if (changed.empty()) {
    return 0;
  }
  const auto name_of = [](const RegionSet& set) { return NameOf(set); };
  STEELYARD_ASSIGN_OR_RETURN(const auto parents, commit.connection.Append("region_sets"));
  STEELYARD_RETURN_IF_ERROR(ForEachChanged(sets, changed, name_of, [&](const RegionSet& set) {
    return parents->Append(std::vector<Value>{NameOf(set), DigestOf(set), set.id, set.version,
                                              commit.revision, kOpenRevision});
  }));
  STEELYARD_RETURN_IF_ERROR(parents->Close());
  STEELYARD_ASSIGN_OR_RETURN(const auto members, commit.connection.Append("region_members"));
  STEELYARD_RETURN_IF_ERROR(ForEachChanged(sets, changed, name_of, [&](const RegionSet& set) {
    for (const Membership& member : set.members) {
      STEELYARD_RETURN_IF_ERROR(members->Append(
          std::vector<Value>{NameOf(set), member.country, static_cast<int64_t>(member.from),
                             static_cast<int64_t>(member.until), commit.revision, kOpenRevision}));
    }
    return absl::OkStatus();
  }));
  STEELYARD_RETURN_IF_ERROR(members->Close());
  STEELYARD_RETURN_IF_ERROR(MarkChanged(commit, kRegionSetsKind));
  return static_cast<int64_t>(changed.size());
}

// "20556/USD".
std::string KeyOf(const DailyRate& rate) { return StrCat(rate.day, "/", rate.currency); }

absl::StatusOr<int64_t> WriteRates(const Commit& commit, const std::vector<DailyRate>& rates) {
  std::vector<KeyDigest> subjects;
  subjects.reserve(rates.size());
  for (const DailyRate& rate : rates) {
    subjects.emplace_back(KeyOf(rate), StrCat(rate.rate));
  }
  constexpr std::string_view kTables[] = {"exchange_rates"};
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> changed,
                             Replace(commit, kTables, "quote", subjects));
  if (changed.empty()) {
    return 0;
  }
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, commit.connection.Append("exchange_rates"));
  STEELYARD_RETURN_IF_ERROR(ForEachChanged(rates, changed, KeyOf, [&](const DailyRate& rate) {
    return appender->Append(std::vector<Value>{KeyOf(rate), StrCat(rate.rate),
                                               static_cast<int64_t>(rate.day), rate.currency,
                                               rate.rate, commit.revision, kOpenRevision});
  }));
  STEELYARD_RETURN_IF_ERROR(appender->Close());
  STEELYARD_RETURN_IF_ERROR(MarkChanged(commit, kExchangeRatesKind));
  return static_cast<int64_t>(changed.size());
}

}  // namespace

absl::StatusOr<ReferenceChanges> WriteReference(const Context& context, sql::Connection& connection,
                                                int64_t revision, const StagedReference& staged) {
  const Commit commit{context, connection, revision};
  ReferenceChanges changes;
  STEELYARD_ASSIGN_OR_RETURN(changes.observations, WriteObservations(commit, staged.observations));
  STEELYARD_ASSIGN_OR_RETURN(changes.region_sets, WriteRegionSets(commit, staged.region_sets));
  STEELYARD_ASSIGN_OR_RETURN(changes.exchange_rates, WriteRates(commit, staged.rates));
  return changes;
}

std::span<const ledger::Migration> ReferenceMigrations() { return kMigrations; }

}  // namespace steelyard::funding
