#include "services/funding/reference/sql_observations.h"

#include <set>
#include <span>
#include <utility>

#include "absl/strings/str_split.h"
#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

using ledger::kOpenRevision;
using sql::Value;

// Between the items of a list in one text; none of them has it.
constexpr char kBar = '|';

std::vector<std::string> ListOf(std::string_view text) {
  std::vector<std::string> items = absl::StrSplit(ToAbsl(text), kBar, absl::SkipEmpty());
  return items;
}

absl::StatusOr<int64_t> NumberOf(sql::Connection& connection, const Context& context,
                                 std::string_view sql, std::span<const Value> parameters) {
  STEELYARD_ASSIGN_OR_RETURN(const auto rows, connection.Query(context, sql, parameters));
  STEELYARD_RETURN_IF_ERROR(rows->Next().status());
  return rows->Int(0);
}

// The id of an observation of that name.
std::string IdOf(std::string_view name) { return std::string(name.substr(0, name.find('@'))); }

absl::StatusOr<std::optional<PartialDate>> VintageOf(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  STEELYARD_ASSIGN_OR_RETURN(const PartialDate date, ParseDate(text));
  return date;
}

// An observation as a retraction sees it.
struct Target {
  std::string name;
  std::string digest;
  bool withdrawn = false;  // already
};

// A condition for the open rows that a retraction is about.
std::string ConditionOf(const ObservationRetraction& retraction, std::vector<Value>& parameters) {
  std::string condition = "o.to_revision = ?";
  parameters.emplace_back(kOpenRevision);
  if (!retraction.selection.has_value()) {
    std::vector<std::string> marks;
    for (const std::string& name : retraction.names) {
      marks.emplace_back("?");
      parameters.emplace_back(name);
    }
    return StrCat(condition, " AND o.id IN (", StrJoin(marks, ", "), ")");
  }
  const ObservationSelection& selection = *retraction.selection;
  const auto add = [&](std::string_view column, const std::string& value) {
    if (!value.empty()) {
      StrAppend(&condition, " AND o.", column, " = ?");
      parameters.emplace_back(value);
    }
  };
  add("variable", selection.variable);
  add("region", selection.region);
  add("source", selection.facet.source);
  add("unit", selection.facet.unit);
  add("scope", selection.facet.scope);
  add("price_basis", selection.facet.price_basis);
  add("vintage", selection.vintage.has_value() ? selection.vintage->ToString() : "");
  return condition;
}

absl::StatusOr<std::vector<Target>> FindTargets(sql::Connection& connection, const Context& context,
                                                const ObservationRetraction& retraction) {
  std::vector<Value> parameters{kOpenRevision};
  const std::string condition = ConditionOf(retraction, parameters);
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      connection.Query(context,
                       StrCat("SELECT o.id, o.digest, t.reason FROM observations o "
                              "LEFT JOIN observation_retractions t ON t.observation = o.id AND "
                              "t.digest = o.digest AND t.to_revision = ? WHERE ",
                              condition, " ORDER BY o.id"),
                       parameters));
  std::vector<Target> targets;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) {
      return targets;
    }
    targets.push_back({std::string(rows->Text(0)), std::string(rows->Text(1)), !rows->IsNull(2)});
  }
}

absl::Status CheckFound(const ObservationRetraction& retraction,
                        const std::vector<Target>& targets) {
  std::set<std::string_view> found;
  for (const Target& target : targets) {
    found.insert(target.name);
  }
  for (const std::string& name : retraction.names) {
    if (!found.contains(name)) {
      return MakeError(common::v1::ERROR_REASON_SERIES_NOT_FOUND,
                       StrCat("there is no observation \"observations/", name, "\""),
                       {{"name", StrCat("observations/", name)}});
    }
  }
  if (targets.empty()) {
    return MakeError(common::v1::ERROR_REASON_SERIES_NOT_FOUND,
                     "the selection holds no observation");
  }
  return absl::OkStatus();
}

}  // namespace

const std::string_view kObservationCounts =
    "o.from_revision <= ? AND ? < o.to_revision AND NOT EXISTS (SELECT 1 FROM "
    "observation_retractions t WHERE t.observation = o.id AND t.digest = o.digest AND "
    "t.from_revision <= ? AND ? < t.to_revision)";

std::vector<Value> RevisionTimes(int64_t revision, int times) {
  return std::vector<Value>(static_cast<size_t>(times), Value(revision));
}

absl::StatusOr<std::vector<PublishedValue>> ReadVintages(sql::Connection& connection,
                                                         const Context& context, int64_t revision,
                                                         std::string_view variable,
                                                         std::span<const std::string> regions) {
  std::vector<Value> parameters{revision, revision, std::string(variable), revision, revision};
  std::vector<std::string> marks;
  for (const std::string& region : regions) {
    marks.emplace_back("?");
    parameters.emplace_back(region);
  }
  const std::string of_regions =
      regions.empty() ? "" : StrCat("AND o.region IN (", StrJoin(marks, ", "), ") ");
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      connection.Query(
          context,
          StrCat(
              "SELECT o.id, o.variable, o.region, o.period, o.value, o.source, o.unit, o.scope, "
              "o.price_basis, o.qualifier, o.note, o.vintage, o.scale, COALESCE(t.reason, '') "
              "FROM observations o LEFT JOIN observation_retractions t ON t.observation = o.id AND "
              "t.digest = o.digest AND t.from_revision <= ? AND ? < t.to_revision "
              "WHERE o.variable = ? AND o.from_revision <= ? AND ? < o.to_revision ",
              of_regions, "ORDER BY o.id"),
          parameters));
  std::vector<PublishedValue> values;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) {
      return values;
    }
    const auto text = [&](int column) { return std::string(rows->Text(column)); };
    STEELYARD_ASSIGN_OR_RETURN(const std::optional<PartialDate> vintage, VintageOf(rows->Text(11)));
    values.push_back({.id = IdOf(rows->Text(0)),
                      .variable = text(1),
                      .region = text(2),
                      .period = text(3),
                      .value = text(4),
                      .facet = {text(5), text(6), text(7), text(8)},
                      .qualifier = static_cast<common::v1::Qualifier>(rows->Int(9)),
                      .note = text(10),
                      .vintage = vintage,
                      .scale = static_cast<int>(rows->Int(12)),
                      .retraction = text(13)});
  }
}

absl::StatusOr<SeriesPage> ReadSeriesList(sql::Connection& connection, const Context& context,
                                          int64_t revision,
                                          const ReferenceStore::SeriesList& list) {
  constexpr std::string_view kKey = "variable, region, source, unit, scope, price_basis";
  const std::string counted =
      StrCat("WITH counted AS (SELECT ", kKey, ", period, vintage FROM observations o WHERE ",
             kObservationCounts, " AND (", list.filter.sql, ")) ");
  std::vector<Value> parameters = RevisionTimes(revision, 4);
  parameters.insert(parameters.end(), list.filter.parameters.begin(), list.filter.parameters.end());
  SeriesPage page;
  STEELYARD_ASSIGN_OR_RETURN(page.total_size,
                             NumberOf(connection, context,
                                      StrCat(counted, "SELECT count(*) FROM (SELECT ", kKey,
                                             " FROM counted GROUP BY ", kKey, ") g"),
                                      parameters));
  parameters.insert(parameters.end(), {static_cast<int64_t>(list.limit), list.offset});
  const std::string_view lists = list.include_periods
                                     ? "string_agg(DISTINCT period, '|' ORDER BY period), "
                                       "string_agg(DISTINCT vintage, '|' ORDER BY vintage)"
                                     : "'', ''";
  // Only the series of the page are looked into.
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      connection.Query(context,
                       StrCat(counted, "SELECT ", kKey,
                              ", min(period), max(period), count(DISTINCT period), count(*), ",
                              lists, " FROM counted JOIN (SELECT ", kKey, " FROM counted GROUP BY ",
                              kKey, " ORDER BY ", kKey, " LIMIT ? OFFSET ?) p USING (", kKey,
                              ") GROUP BY ", kKey, " ORDER BY ", kKey),
                       parameters));
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
                           .points = rows->Int(8),
                           .observations = rows->Int(9),
                           .periods = ListOf(rows->Text(10)),
                           .vintages = ListOf(rows->Text(11))});
  }
}

absl::StatusOr<int64_t> WriteRetraction(sql::Connection& connection, const Context& context,
                                        int64_t revision, const ObservationRetraction& retraction) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Target> targets,
                             FindTargets(connection, context, retraction));
  STEELYARD_RETURN_IF_ERROR(CheckFound(retraction, targets));
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, connection.Append("observation_retractions"));
  int64_t retracted = 0;
  for (const Target& target : targets) {
    if (!target.withdrawn) {
      STEELYARD_RETURN_IF_ERROR(appender->Append(std::vector<Value>{
          target.name, target.digest, retraction.reason, revision, kOpenRevision}));
      ++retracted;
    }
  }
  STEELYARD_RETURN_IF_ERROR(appender->Close());
  return retracted;
}

}  // namespace steelyard::funding
