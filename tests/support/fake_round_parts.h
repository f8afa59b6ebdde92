#pragma once

// How the fake store divides rounds: written from the contract, apart from what the real one does.

#include <string>

#include "services/funding/division.h"
#include "services/funding/round.h"
#include "services/funding/selection.h"

namespace steelyard::testing {

// The country by which a company's rounds count.
std::string CountryOf(const funding::CompanyFacts& company, common::v1::Attribution attribution);

// Adds the parts of the selection's last round; nothing when the division divides nothing.
void AddParts(const funding::Division& division, const funding::Round& round,
              const funding::CompanyFacts& company, funding::Selection& selection);

}  // namespace steelyard::testing
