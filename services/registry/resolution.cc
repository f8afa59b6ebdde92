#include "services/registry/resolution.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/convert.h"
#include "services/registry/record.h"

namespace steelyard::registry {
namespace {

constexpr size_t kMostSourcesRead = 1000;

std::string TextOf(const std::string& text) { return text; }
std::string TextOf(const std::optional<PartialDate>& date) {
  return date.has_value() ? date->ToString() : "";
}
std::string TextOf(CompanyStatus status) {
  constexpr std::string_view kPrefix = "COMPANY_STATUS_";
  return v1::CompanyStatus_Name(static_cast<v1::CompanyStatus>(status)).substr(kPrefix.size());
}
std::string TextOf(const std::vector<std::string>& codes) { return StrJoin(codes, "; "); }

std::string NameOf(const Company& record) {
  return StrCat(kCompanies, record.id, "/assertions/",
                record.sources.empty() ? "-" : record.sources.front());
}

absl::StatusOr<SourceKinds> KindsOf(const Context& context, const Store& store, int64_t revision,
                                    const std::vector<Company>& records) {
  std::set<std::string> said;
  for (const Company& record : records) said.insert(record.sources.begin(), record.sources.end());
  const std::vector<std::string> ids(said.begin(), said.end());
  SourceKinds kinds;
  for (size_t at = 0; at < ids.size(); at += kMostSourcesRead) {
    const auto part = std::span(ids).subspan(at, std::min(kMostSourcesRead, ids.size() - at));
    STEELYARD_ASSIGN_OR_RETURN(
        const std::vector<Source> sources,
        store.Sources(context, revision, part, 0, static_cast<int>(kMostSourcesRead)));
    for (const Source& source : sources) kinds[source.id] = source.kind;
  }
  return kinds;
}

}  // namespace

absl::StatusOr<std::vector<Company>> BelievedRecords(const Context& context, const Store& store,
                                                     int64_t revision,
                                                     const std::string& survivor) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                             store.Decisions(context, revision));
  STEELYARD_ASSIGN_OR_RETURN(
      std::vector<Company> records,
      store.Records(context, revision, Redirects(decisions).MembersOf(survivor)));
  STEELYARD_ASSIGN_OR_RETURN(const SourceKinds kinds, KindsOf(context, store, revision, records));
  Believe(survivor, kinds, records);
  return records;
}

v1::CompanyAssertion AssertionOf(const Company& record) {
  v1::CompanyAssertion assertion;
  assertion.set_name(NameOf(record));
  for (const std::string& source : record.sources) assertion.add_sources(StrCat(kSources, source));
  *assertion.mutable_company() = ToProto(record);
  return assertion;
}

google::protobuf::RepeatedPtrField<v1::CompanyFieldResolution> ExplainFields(
    std::span<const Company> records) {
  google::protobuf::RepeatedPtrField<v1::CompanyFieldResolution> fields;
  if (records.empty()) return fields;
  const std::string country = Join(records).country;
  ForEachChosenField([&](std::string_view field, auto member) {
    v1::CompanyFieldResolution resolution;
    std::set<std::string> values;
    for (const Company& record : records) {
      if (!Gives(record, member, country)) continue;
      v1::AssertedValue& value =
          resolution.has_winner() ? *resolution.add_losers() : *resolution.mutable_winner();
      value.set_assertion(NameOf(record));
      value.set_value(TextOf(record.*member));
      values.insert(value.value());
    }
    if (!resolution.has_winner()) return;
    resolution.set_field(std::string(field));
    resolution.set_policy(std::string(kRecordPolicy));
    resolution.set_distinct(static_cast<int32_t>(values.size()));
    *fields.Add() = std::move(resolution);
  });
  return fields;
}

}  // namespace steelyard::registry
