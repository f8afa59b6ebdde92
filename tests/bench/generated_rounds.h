#pragma once

// Rounds as the world has them, drawn: few companies raise much, a few rounds are enormous, four in
// ten tell no amount. The same numbers give the same rounds on every machine.

#include <cstdint>
#include <vector>

#include "services/funding/round.h"

namespace steelyard::bench {

struct World {
  std::vector<funding::CompanyFacts> companies;
  std::vector<funding::Round> rounds;  // in no particular order
};

// `rounds` rounds from 2005 to 2025 of a third as many companies; amounts are log-normal US
// dollars with a median of 4 million and a sigma of 1.9, which is about what published deal lists
// show.
World DrawWorld(int64_t rounds, uint64_t seed = 1);

}  // namespace steelyard::bench
