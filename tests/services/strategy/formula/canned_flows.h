#pragma once

// Answers about the flows of a world written by hand, by regions and the filter `country != ""`.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/measures/figures.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/canned_backends.h"

namespace steelyard::strategy {

// What a term means: a region of the world's totals unless the question binds it; EUROPE_BROAD is
// what EUROPE means there. nullopt for a word that is nothing.
inline std::optional<funding::v1::ResolvedRegion> RegionOf(
    const Facts& world, const std::string& term, const common::v1::Definition& definition) {
  std::string meaning = term == "world" ? "WORLD" : term;
  for (const common::v1::RegionBinding& binding : definition.regions()) {
    if (binding.alias() == term) meaning = binding.region_set();
  }
  funding::v1::ResolvedRegion resolved;
  for (const funding::v1::ResolvedRegion& region : world.totals.regions()) {
    if (region.term() == meaning || region.region() == meaning) resolved = region;
  }
  if (meaning == "WORLD" || meaning == "DE" || meaning == "FR" || meaning == "GB" ||
      meaning == "JP") {
    resolved.set_region(meaning);
    if (meaning != "WORLD") resolved.add_members(meaning);
  }
  if (resolved.region().empty()) return std::nullopt;
  resolved.set_term(term);
  return resolved;
}

// One term's rounds by the country of the investors, or all of them in one group.
inline void AddRegionFlows(const Facts& world, const funding::v1::ResolvedRegion& region,
                           const funding::v1::AggregateRoundsRequest& request,
                           funding::v1::AggregateRoundsResponse& reply) {
  const bool by_origin = request.group_by_size() > 1;
  const bool of_known = request.filter().find("country != \"\"") != std::string::npos;
  std::map<std::string, Figure> sums;
  for (const funding::v1::AggregateRow& row : world.flows.rows()) {
    const std::string& company = row.keys(0).value();
    const auto& members = region.members();
    const bool in = region.region() == "WORLD" ||
                    std::find(members.begin(), members.end(), company) != members.end();
    if (!in || (of_known && company.empty())) continue;
    const Figure& figure = row.figures(0).figure();
    const auto [entry, is_first] =
        sums.try_emplace(by_origin ? row.keys(1).value() : std::string(), figure);
    if (is_first) continue;
    Figure& sum = entry->second;
    *sum.mutable_coverage() = Add(sum.coverage(), figure.coverage());
    *sum.mutable_money() = MakeMoney(NanosOf(sum).value_or(0) + NanosOf(figure).value_or(0),
                                     figure.money().currency_code());
  }
  for (auto& [origin, sum] : sums) {
    sum.set_id(StrCat("of/", region.term(), by_origin ? "/" : "", origin));
    funding::v1::AggregateRow& row =
        AddRow(reply, {region.term()}, {{funding::v1::MEASURE_SUM, sum}});
    if (by_origin) row.add_keys()->set_value(origin);
  }
}

// From here on funding answers from the flows alone. The world must outlive the backends.
inline void AnswerAboutFlows(const Facts& world, testing::FakeBackends& fakes) {
  fakes.funding.AggregateRoundsAnswer = [&world](const auto& request, auto& reply) {
    *reply.mutable_definition() = request.definition();
    reply.mutable_definition()->set_currency("USD");
    if (request.group_by_size() > 1) reply.set_next_page_token(world.flows.next_page_token());
    for (int i = 0; i < request.regions_size(); ++i) {
      const auto region = RegionOf(world, request.regions(i), request.definition());
      if (!region) {
        FieldErrors errors;
        errors.Add(StrCat("regions[", i, "]"),
                   StrCat("there is no region '", request.regions(i), "'"),
                   common::v1::ERROR_REASON_UNKNOWN_REGION);
        return errors.ToStatus();
      }
      *reply.add_regions() = *region;
      AddRegionFlows(world, *region, request, reply);
    }
    return absl::OkStatus();
  };
}

}  // namespace steelyard::strategy
