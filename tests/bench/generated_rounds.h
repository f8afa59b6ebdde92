#pragma once

// Rounds as the world has them, drawn: few companies raise much, a few rounds are enormous, four in
// ten tell no amount, several currencies, and a history of corrections. The same numbers give the
// same rounds on every machine, one by one, so that ten million need no memory.

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "services/funding/round.h"

namespace steelyard::bench {

// A world of so many rounds. Immutable.
//
// Rounds are from 2005 to 2025, more in each year than in the one before, of a tenth as many
// companies, of which the first have most. Amounts are log-normal with a median of 4 million and a
// sigma of 1.9, which is about what published deal lists show; one in five thousand is a mega-round
// of 1 to 40 billion. They are in the currency of the company's country: EUR in the euro area, and
// USD, GBP, SEK, JPY and CNY.
class World {
 public:
  explicit World(int64_t rounds, uint64_t seed = 1) : rounds_(rounds), seed_(seed) {}

  int64_t rounds() const { return rounds_; }
  int64_t companies() const { return rounds_ / 10 + 1; }

  // `number` counts from 0.
  funding::CompanyFacts Company(int64_t number) const;
  funding::Round Round(int64_t number) const;
  static std::string IdOf(int64_t number);
  // What the source says later of one round in twenty: another amount, or one where it told none.
  std::optional<funding::Round> Correction(int64_t number) const;

  // Writes the rounds as they were first told, or the corrections, as a steelyard-rounds file.
  absl::Status WriteRounds(const std::string& path) const;
  absl::Status WriteCorrections(const std::string& path) const;

 private:
  int64_t rounds_;
  uint64_t seed_;
};

}  // namespace steelyard::bench
