#include "services/funding/reference/convert.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/common/text/strings.h"
#include "services/common/time/date.h"
#include "services/funding/reference/rules.h"

namespace steelyard::funding {
namespace {

void AddMembers(const std::vector<Membership>& members, v1::Region& region) {
  for (const Membership& membership : members) {
    v1::RegionMember& member = *region.add_members();
    member.set_country(membership.country);
    if (membership.from != std::numeric_limits<int32_t>::min()) {
      *member.mutable_valid_from() = ToProto(PartialDate::FromDays(membership.from));
    }
    if (membership.until != std::numeric_limits<int32_t>::max()) {
      *member.mutable_valid_to() = ToProto(PartialDate::FromDays(membership.until));
    }
  }
}

v1::Candidate MessageOf(const PointCandidate& from) {
  v1::Candidate candidate;
  candidate.set_figure(from.figure);
  candidate.set_region(from.region);
  *candidate.mutable_facet() = MessageOf(from.facet);
  if (from.vintage.has_value()) {
    *candidate.mutable_vintage() = ToProto(*from.vintage);
  }
  candidate.set_value(FormatValue(from.exact));
  candidate.set_qualifier(from.qualifier);
  return candidate;
}

v1::Choice MessageOf(const PointChoice& from) {
  v1::Choice choice;
  choice.set_rule(from.rule);
  Int128 min = from.winners.front().exact;
  Int128 max = min;
  const auto add = [&](const std::vector<PointCandidate>& candidates, auto& to) {
    for (const PointCandidate& candidate : candidates) {
      min = std::min(min, candidate.exact);
      max = std::max(max, candidate.exact);
      *to.Add() = MessageOf(candidate);
    }
  };
  add(from.winners, *choice.mutable_winners());
  add(from.losers, *choice.mutable_losers());
  choice.set_min(FormatValue(min));
  choice.set_max(FormatValue(max));
  return choice;
}

}  // namespace

std::string WithoutPrefix(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? std::string(text.substr(prefix.size())) : std::string();
}

PublishedValue ValueOf(const v1::Observation& observation) {
  const absl::StatusOr<PartialDate> vintage = FromProto(observation.vintage());
  const bool qualified = observation.qualifier() != common::v1::QUALIFIER_UNSPECIFIED;
  return {.id = WithoutPrefix(observation.name(), kObservationPrefix),
          .variable = observation.variable(),
          .region = NormalRegion(observation.region()),
          .period = observation.period(),
          .value = ScaleUp(observation.value(), observation.scale()),
          .facet = FacetOf(observation.facet()),
          .qualifier = qualified ? observation.qualifier() : common::v1::QUALIFIER_EXACT,
          .note = observation.note(),
          .vintage = vintage.ok() ? std::optional(*vintage) : std::nullopt,
          .scale = observation.scale()};
}

SeriesFacet FacetOf(const v1::Facet& facet) {
  return {.source = WithoutPrefix(facet.source(), kSourcePrefix),
          .unit = facet.unit(),
          .scope = facet.scope(),
          .price_basis = facet.price_basis()};
}

v1::Facet MessageOf(const SeriesFacet& facet) {
  v1::Facet message;
  if (!facet.source.empty()) {
    message.set_source(StrCat(kSourcePrefix, facet.source));
  }
  message.set_unit(facet.unit);
  message.set_scope(facet.scope);
  message.set_price_basis(facet.price_basis);
  return message;
}

v1::Series MessageOf(SeriesRow row, bool show_choice) {
  v1::Series series;
  series.set_term(std::move(row.term));
  series.set_region(std::move(row.region));
  *series.mutable_facet() = MessageOf(row.facet);
  if (row.resolved) {
    series.set_derivation(v1::DERIVATION_RESOLVED);
  } else {
    series.set_derivation(row.sum_of_members ? v1::DERIVATION_SUM_OF_MEMBERS
                                             : v1::DERIVATION_PUBLISHED);
  }
  for (SeriesPointRow& from : row.points) {
    v1::SeriesPoint& point = *series.add_points();
    if (show_choice && from.choice.has_value()) {
      *point.mutable_choice() = MessageOf(*from.choice);
    }
    if (from.vintage.has_value()) {
      *point.mutable_vintage() = ToProto(*from.vintage);
    }
    if (from.facet.has_value()) {
      *point.mutable_facet() = MessageOf(*from.facet);
    }
    point.set_period(std::move(from.period));
    *point.mutable_figure() = std::move(from.figure);
    point.set_note(std::move(from.note));
    point.set_scale(from.scale);
    point.set_retraction(std::move(from.retraction));
  }
  return series;
}

v1::MissingValue MessageOf(const MissingCell& cell) {
  v1::MissingValue missing;
  missing.set_term(cell.term);
  missing.set_period(cell.period);
  return missing;
}

v1::SeriesInfo MessageOf(const SeriesSummary& summary) {
  v1::SeriesInfo info;
  info.set_variable(summary.variable);
  info.set_region(summary.region);
  *info.mutable_facet() = MessageOf(summary.facet);
  info.set_first_period(summary.first_period);
  info.set_last_period(summary.last_period);
  info.set_points(summary.points);
  info.set_observations(summary.observations);
  info.mutable_periods()->Add(summary.periods.begin(), summary.periods.end());
  info.mutable_vintages()->Add(summary.vintages.begin(), summary.vintages.end());
  return info;
}

v1::Region MessageOf(const RegionSet& set) {
  v1::Region region;
  region.set_name(StrCat(kRegionPrefix, NameOf(set)));
  region.set_region(set.id);
  region.set_version(set.version);
  AddMembers(set.members, region);
  return region;
}

v1::Region MessageOf(const ResolvedRegion& region) {
  if (region.is_set()) {
    return MessageOf(RegionSet{region.region, region.version, region.members});
  }
  v1::Region message;
  message.set_name(StrCat(kRegionPrefix, region.region));
  message.set_region(region.region);
  AddMembers(region.members, message);
  return message;
}

}  // namespace steelyard::funding
