// Checks requests for series, and for the retraction of what they hold.

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/convert.h"
#include "services/funding/reference/rules.h"
#include "services/funding/reference/validate.h"

namespace steelyard::funding {
namespace {

constexpr int kMostRegions = 100;
constexpr int kMostPriorities = 100;
constexpr int kMostNames = 1000;
constexpr size_t kLongestTerm = 130;  // an id, '@' and a version

void CheckFacetFilter(const v1::Facet& facet, std::string_view path, FieldErrors& errors) {
  const std::string source = WithoutPrefix(facet.source(), kSourcePrefix);
  if (!facet.source().empty() && !IsSourceId(source)) {
    errors.Add(StrCat(path, ".source"), "must be \"sources/{source}\", or empty for all");
  }
  if (!facet.unit().empty() && !IsUnit(facet.unit())) {
    errors.Add(StrCat(path, ".unit"),
               "must be an ISO 4217 code, \"1\", \"percent\", \"index\" or \"count\", or empty for "
               "all");
  }
}

void CheckRegions(const v1::GetSeriesRequest& request, FieldErrors& errors) {
  if (request.regions().empty() || request.regions_size() > kMostRegions) {
    errors.Add("regions", StrCat("1 to ", kMostRegions, " regions are allowed"));
  }
  for (int i = 0; i < request.regions_size(); ++i) {
    if (request.regions(i).empty() || request.regions(i).size() > kLongestTerm) {
      errors.Add(StrCat("regions[", i, "]"), "must be a country, region set, alias or code");
    }
  }
}

// The sources that the question prefers.
std::vector<std::string> PriorityOf(const v1::GetSeriesRequest& request, bool by_priority,
                                    FieldErrors& errors) {
  std::vector<std::string> priority;
  if (!by_priority && !request.source_priority().empty()) {
    errors.Add("source_priority", "is only allowed with the source_policy \"priority/1\"");
  }
  if (by_priority &&
      (request.source_priority().empty() || request.source_priority_size() > kMostPriorities)) {
    errors.Add("source_priority", StrCat("1 to ", kMostPriorities, " sources are allowed"));
  }
  for (int i = 0; i < request.source_priority_size(); ++i) {
    std::string source = WithoutPrefix(request.source_priority(i), kSourcePrefix);
    const std::string path = StrCat("source_priority[", i, "]");
    if (!IsSourceId(source)) {
      errors.Add(path, "must be \"sources/{source}\"");
    } else if (std::find(priority.begin(), priority.end(), source) != priority.end()) {
      errors.Add(path, "repeats an earlier source; each occurs once");
    }
    priority.push_back(std::move(source));
  }
  return priority;
}

// How to resolve; nullopt for every facet.
std::optional<Resolution> ResolutionOf(const v1::GetSeriesRequest& request, FieldErrors& errors) {
  const bool named = !request.source_policy().empty();
  const std::optional<FacetPolicy> known = FacetPolicyOf(request.source_policy());
  if (named && !known.has_value()) {
    errors.Add("source_policy", UnknownPolicy(request.source_policy()));
  }
  const FacetPolicy policy = known.value_or(FacetPolicy::kListedOrder);
  const bool resolves = named || request.one_source();
  Resolution resolution{
      .rule = {.policy = policy,
               .priority = PriorityOf(request, policy == FacetPolicy::kPriority, errors)},
      .one_source = request.one_source()};
  if (request.one_source() && policy == FacetPolicy::kMedian) {
    errors.Add("one_source", "is not allowed with \"median/1\", which no one source has");
  }
  if (request.show_choice() && !resolves) {
    errors.Add("show_choice", "is only allowed with source_policy or one_source");
  }
  if (request.all_vintages() && (resolves || request.sum_members())) {
    errors.Add("all_vintages",
               "is not allowed together with sum_members, source_policy or one_source");
  }
  return resolves ? std::optional(std::move(resolution)) : std::nullopt;
}

// A date that is not set is none.
std::optional<PartialDate> DateOf(bool given, const google::type::Date& date,
                                  std::string_view field, FieldErrors& errors) {
  if (!given) {
    return std::nullopt;
  }
  const absl::StatusOr<PartialDate> parsed = FromProto(date);
  errors.Add(field, parsed.status());
  return parsed.ok() ? std::optional(*parsed) : std::nullopt;
}

ObservationSelection SelectionOf(const v1::ObservationSelection& selection, FieldErrors& errors) {
  CheckFacetFilter(selection.facet(), "selection.facet", errors);
  if (selection.facet().source().empty()) {
    errors.Add("selection.facet.source", "is required");
  }
  if (!selection.variable().empty() && !IsVariable(selection.variable())) {
    errors.Add("selection.variable",
               "must be 1 to 100 lower-case letters, digits or '_', or empty");
  }
  return {
      .variable = selection.variable(),
      .region = selection.region().empty() ? "" : NormalRegion(selection.region()),
      .facet = FacetOf(selection.facet()),
      .vintage = DateOf(selection.has_vintage(), selection.vintage(), "selection.vintage", errors)};
}

// Whether the text can be an observation's name: its id, and '@' and a date where it has a vintage.
bool IsObservationName(std::string_view name) {
  const size_t at = name.find('@');
  return IsReferenceId(name.substr(0, at), kMostIdLength, true) &&
         (at == std::string_view::npos || ParseDate(name.substr(at + 1)).ok());
}

}  // namespace

absl::StatusOr<SeriesAsked> Validate(const v1::GetSeriesRequest& request) {
  SeriesAsked asked;
  FieldErrors errors;
  if (!IsVariable(request.variable())) {
    errors.Add("variable", "must be 1 to 100 lower-case letters, digits or '_'");
  }
  CheckRegions(request, errors);
  absl::StatusOr<DateRange> period = FromProto(request.period());
  errors.Add("period", period.status());
  CheckFacetFilter(request.facet(), "facet", errors);
  const std::optional<PartialDate> published_by =
      DateOf(request.has_published_by(), request.published_by(), "published_by", errors);
  asked.resolution = ResolutionOf(request, errors);
  if (!(request.min_coverage() >= 0 && request.min_coverage() <= 1) ||
      (request.min_coverage() > 0 && !request.sum_members())) {
    errors.Add("min_coverage", "must lie in [0, 1], and is only allowed with sum_members");
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  asked.query = {.variable = request.variable(),
                 .period = *std::move(period),
                 .facet = FacetOf(request.facet()),
                 .sum_members = request.sum_members(),
                 .published_by = published_by,
                 .all_vintages = request.all_vintages(),
                 .min_coverage = request.min_coverage()};
  asked.regions.assign(request.regions().begin(), request.regions().end());
  asked.aliases = AliasesOf(request.region_bindings());
  return asked;
}

absl::StatusOr<RetractionAsked> Validate(const v1::RetractObservationsRequest& request) {
  RetractionAsked asked;
  FieldErrors errors;
  if (request.names().empty() != request.has_selection() || request.names_size() > kMostNames) {
    errors.Add("names", StrCat("either 1 to ", kMostNames, " names or a selection is required"));
  }
  std::set<std::string> names;
  for (int i = 0; i < request.names_size(); ++i) {
    std::string name = WithoutPrefix(request.names(i), kObservationPrefix);
    const std::string path = StrCat("names[", i, "]");
    if (!IsObservationName(name)) {
      errors.Add(path, "must be \"observations/{observation}\", with \"@{vintage}\" where known");
    } else if (!names.insert(name).second) {
      errors.Add(path, "repeats an earlier name; each occurs once");
    }
    asked.retraction.names.push_back(std::move(name));
  }
  if (request.has_selection()) {
    asked.retraction.selection = SelectionOf(request.selection(), errors);
  }
  if (request.reason().empty() || !IsNote(request.reason())) {
    errors.Add("reason", "must be 1 to 2000 bytes of text on one line");
  }
  CheckRequestId(request.request_id(), errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  asked.retraction.reason = request.reason();
  text::Sha256Stream digest;
  digest.UpdateFramed("retraction");
  for (const std::string& name : request.names()) {
    digest.UpdateFramed(name);
  }
  digest.UpdateFramed(request.selection().SerializeAsString());
  digest.UpdateFramed(request.reason());
  asked.digest = digest.FinishHex();
  return asked;
}

}  // namespace steelyard::funding
