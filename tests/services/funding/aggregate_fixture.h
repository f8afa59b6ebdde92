#pragma once

// Rounds for tests of adding up, in few words.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/funding/aggregate.h"

namespace steelyard::funding {

inline constexpr int64_t kDollar = 100;

// A round as a test writes it.
struct Given {
  std::string company;
  std::string country = "US";
  std::string layer = "CHIPS";
  PartialDate announced{2024, 5, 6};
  std::optional<int64_t> minor_units = 100 * kDollar;
  std::string currency = "USD";
  std::string sources = "|a|";
  Stage stage = v1::STAGE_SEED;
};

// Rounds must come by company, as the store gives them.
inline Selection Select(const std::vector<Given>& given) {
  Selection selection;
  for (const Given& round : given) {
    if (selection.companies.empty() || selection.companies.back().id != round.company) {
      selection.companies.push_back({.id = round.company,
                                     .name = round.company,
                                     .country = round.country,
                                     .layer = round.layer,
                                     .sector = "",
                                     .source_category = ""});
    }
    selection.rounds.push_back(
        {.company = static_cast<int32_t>(selection.companies.size()) - 1,
         .currency = selection.currencies.Number(round.minor_units ? round.currency : ""),
         .sources = selection.source_lists.Number(round.sources),
         .stage = round.stage,
         .date = round.announced,
         .minor_units = round.minor_units});
  }
  return selection;
}

inline AggregateQuery Query(std::vector<v1::Dimension> group_by = {}) {
  return {.group_by = std::move(group_by), .regions = {}, .currency = "USD", .fx = {}, .top_k = 0};
}

inline int32_t Day(int year, int month, int day) { return PartialDate{year, month, day}.ToDays(); }

// One euro is two dollars, on one day only.
inline RateTable TwoDollarsToTheEuro() {
  return RateTable({{Day(2024, 5, 6), "USD", 2 * kRateScale}});
}

inline ResolvedRegion Country(const std::string& code) {
  return {.term = code, .region = code, .version = "", .members = {{.country = code}}};
}

inline std::vector<std::vector<std::string>> KeysOf(const Aggregation& aggregation) {
  std::vector<std::vector<std::string>> keys;
  for (const Group& group : aggregation.groups) keys.push_back(group.keys);
  return keys;
}

}  // namespace steelyard::funding
