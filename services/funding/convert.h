#pragma once

// Between the contract's messages and funding's own types.

#include <string_view>

#include "services/funding/assertion.h"
#include "services/funding/round.h"
#include "steelyard/funding/v1/funding.pb.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::funding {

inline constexpr std::string_view kRoundPrefix = "rounds/";
inline constexpr std::string_view kCompanyPrefix = "companies/";

v1::Round MessageOf(const Round& round);

// Fields that the assertion says nothing of are unset.
v1::Assertion MessageOf(const StoredAssertion& stored);
v1::RoundLink MessageOf(const RoundLink& link);

// What funding keeps of a company that the registry sent.
CompanyFacts FactsOf(const registry::v1::Company& company);

}  // namespace steelyard::funding
