#pragma once

// Rounds as an import stages them.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/funding/round_spool.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

inline funding::RoundSpool SpoolOf(const std::vector<funding::Round>& rounds,
                                   size_t at_once = funding::kRoundsAtOnce) {
  funding::RoundSpool spool(at_once);
  for (const funding::Round& round : rounds) EXPECT_OK(spool.Add(round));
  return spool;
}

}  // namespace steelyard::testing
