#include "services/funding/reference/convert.h"

#include <limits>
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

}  // namespace

std::string WithoutPrefix(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? std::string(text.substr(prefix.size())) : std::string();
}

PublishedValue ValueOf(const v1::Observation& observation) {
  const bool qualified = observation.qualifier() != common::v1::QUALIFIER_UNSPECIFIED;
  return {.id = WithoutPrefix(observation.name(), kObservationPrefix),
          .variable = observation.variable(),
          .region = NormalRegion(observation.region()),
          .period = observation.period(),
          .value = observation.value(),
          .facet = FacetOf(observation.facet()),
          .qualifier = qualified ? observation.qualifier() : common::v1::QUALIFIER_EXACT,
          .note = observation.note()};
}

SeriesFacet FacetOf(const v1::Facet& facet) {
  return {.source = WithoutPrefix(facet.source(), kSourcePrefix),
          .unit = facet.unit(),
          .scope = facet.scope(),
          .price_basis = facet.price_basis()};
}

v1::Facet MessageOf(const SeriesFacet& facet) {
  v1::Facet message;
  message.set_source(StrCat(kSourcePrefix, facet.source));
  message.set_unit(facet.unit);
  message.set_scope(facet.scope);
  message.set_price_basis(facet.price_basis);
  return message;
}

v1::Series MessageOf(SeriesRow row) {
  v1::Series series;
  series.set_term(std::move(row.term));
  series.set_region(std::move(row.region));
  *series.mutable_facet() = MessageOf(row.facet);
  series.set_derivation(row.sum_of_members ? v1::DERIVATION_SUM_OF_MEMBERS
                                           : v1::DERIVATION_PUBLISHED);
  for (SeriesPointRow& from : row.points) {
    v1::SeriesPoint& point = *series.add_points();
    point.set_period(std::move(from.period));
    *point.mutable_figure() = std::move(from.figure);
    point.set_note(std::move(from.note));
  }
  return series;
}

v1::SeriesInfo MessageOf(const SeriesSummary& summary) {
  v1::SeriesInfo info;
  info.set_variable(summary.variable);
  info.set_region(summary.region);
  *info.mutable_facet() = MessageOf(summary.facet);
  info.set_first_period(summary.first_period);
  info.set_last_period(summary.last_period);
  info.set_points(summary.points);
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
