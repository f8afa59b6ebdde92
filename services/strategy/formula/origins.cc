#include "services/strategy/formula/origins.h"

#include <string>
#include <utility>
#include <vector>

#include "services/common/text/country.h"
#include "services/strategy/formula/functions.h"

namespace steelyard::strategy::formula {
namespace {

// A country is one under every definition; nothing stands for an investor of whom none is known.
bool IsResolved(std::string_view origin) {
  return origin.empty() || origin == kAnyOrigin || text::IsCountry(origin);
}

}  // namespace

bool ResolveOrigins(const FigureRef& figure, const Requests& requests, Questions& questions,
                    Slices& slices) {
  bool known = true;
  for (Option& slice : slices.grouped) {
    if (slice.key != kOrigin) continue;
    std::vector<std::string> countries;
    for (std::string& origin : slice.values) {
      if (IsResolved(origin)) {
        countries.push_back(std::move(origin));
        continue;
      }
      const auto* answer = questions.Find(requests.Members(figure, origin), slice.position);
      known = known && answer != nullptr;
      if (answer == nullptr) continue;
      for (const funding::v1::ResolvedRegion& region : answer->regions()) {
        if (region.region() == kAnyOrigin) countries.emplace_back(kAnyOrigin);  // "world"
        countries.insert(countries.end(), region.members().begin(), region.members().end());
      }
    }
    slice.values = std::move(countries);
  }
  return known;
}

}  // namespace steelyard::strategy::formula
