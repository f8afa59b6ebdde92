#pragma once

// Companies that are part of another one because the registry merged them: what was reported under
// their ids is the other one's. Assertions keep the ids that they were made under. Pure functions.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/funding/round.h"

namespace steelyard::funding {

// The company that a merged id is part of in the end, by the id. None leads to another merged id.
using Redirects = std::map<std::string, std::string, std::less<>>;

// The company that an id stands for: itself, unless it was merged.
std::string_view CompanyOf(const Redirects& redirects, std::string_view id);

// The redirects after a revision of the registry that changed these companies: each stands for
// itself, and what it lists as merged stands for it.
Redirects After(Redirects redirects, const std::vector<CompanyFacts>& companies);

// Ids that stand for another company in the one than in the other.
std::set<std::string> Moved(const Redirects& before, const Redirects& after);

}  // namespace steelyard::funding
