#include "tests/bench/generated_rounds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/common/money/money.h"

namespace steelyard::bench {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): the distributions of <random> differ between libraries.
class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}
  uint64_t Bits() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // In (0, 1).
  double Uniform() { return (static_cast<double>(Bits() >> 11) + 0.5) * 0x1.0p-53; }
  int64_t Below(int64_t limit) {
    return static_cast<int64_t>(Uniform() * static_cast<double>(limit));
  }
  // Standard normal, by Box and Muller.
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(Uniform()));
    return radius * std::cos(2 * std::numbers::pi * Uniform());
  }

 private:
  uint64_t state_;
};

// What is drawn of one thing, whatever else is drawn.
Draw DrawOf(uint64_t seed, uint64_t kind, int64_t number) {
  Draw mixed(seed * 0x9e3779b97f4a7c15 + kind * 0xd1b54a32d192ed03 + static_cast<uint64_t>(number));
  return Draw(mixed.Bits());
}
constexpr uint64_t kOfCompany = 1;
constexpr uint64_t kOfRound = 2;
constexpr uint64_t kOfCorrection = 3;

struct Country {
  const char* code;
  const char* currency;
};
constexpr std::array<Country, 16> kCountries = {{{"US", "USD"},
                                                 {"US", "USD"},
                                                 {"US", "USD"},
                                                 {"US", "USD"},
                                                 {"US", "USD"},
                                                 {"US", "USD"},
                                                 {"CN", "CNY"},
                                                 {"CN", "USD"},
                                                 {"GB", "GBP"},
                                                 {"GB", "GBP"},
                                                 {"FR", "EUR"},
                                                 {"DE", "EUR"},
                                                 {"NL", "EUR"},
                                                 {"SE", "SEK"},
                                                 {"IL", "USD"},
                                                 {"JP", "JPY"}}};
constexpr std::array<const char*, 6> kLayers = {"applications", "applications", "applications",
                                                "models",       "data",         "compute"};
constexpr std::array<const char*, 8> kSectors = {"software", "software", "health",   "finance",
                                                 "industry", "mobility", "security", "science"};
constexpr std::array<funding::Stage, 8> kStages = {
    funding::v1::STAGE_SEED,     funding::v1::STAGE_SEED,     funding::v1::STAGE_SEED,
    funding::v1::STAGE_SERIES_A, funding::v1::STAGE_SERIES_A, funding::v1::STAGE_SERIES_B,
    funding::v1::STAGE_SERIES_C, funding::v1::STAGE_UNKNOWN};

template <typename Choice, size_t kSize>
Choice OneOf(const std::array<Choice, kSize>& choices, Draw& draw) {
  return choices[static_cast<size_t>(draw.Below(kSize))];
}

Country CountryOf(uint64_t seed, int64_t company) {
  Draw draw = DrawOf(seed, kOfCompany, company);
  return OneOf(kCountries, draw);
}

Money DrawAmount(const Country& country, Draw& draw) {
  const bool mega = draw.Uniform() < 1.0 / 5000;
  const double units = mega ? std::min(1e9 / draw.Uniform(), 4e10)
                            : std::min(4e6 * std::exp(1.9 * draw.Normal()), 1e9);
  // In thousands, as they are told.
  const int64_t thousands = std::max<int64_t>(1, static_cast<int64_t>(units / 1000));
  const int64_t minor_in_unit = std::string_view(country.currency) == "JPY" ? 1 : 100;
  return {.minor_units = thousands * 1000 * minor_in_unit, .currency = country.currency};
}

// A row of a steelyard-rounds file; nothing in it needs quotes.
void WriteRow(const funding::Round& round, std::ofstream& file) {
  file << round.id << ',' << round.company << ',' << round.announced.ToString() << ','
       << funding::StageName(round.stage) << ',';
  if (round.amount) file << ToDecimal(*round.amount) << ',' << round.amount->currency;
  if (!round.amount) file << ',';
  file << '\n';
}

// Writes a row for each number of which `round_of` gives a round.
template <typename RoundOf>
absl::Status WriteFile(const std::string& path, int64_t rounds, RoundOf round_of) {
  std::ofstream file(path, std::ios::binary);
  file << "id,company_id,announced_on,stage,amount,currency\n";
  for (int64_t i = 0; i < rounds; ++i) {
    const std::optional<funding::Round> round = round_of(i);
    if (round) WriteRow(*round, file);
  }
  file.close();
  return file.good() ? absl::OkStatus()
                     : absl::UnavailableError(absl::StrCat("cannot write ", path));
}

}  // namespace

funding::CompanyFacts World::Company(int64_t number) const {
  Draw draw = DrawOf(seed_, kOfCompany, number);
  const Country country = OneOf(kCountries, draw);
  return {.id = absl::StrCat("c", number),
          .display_name = absl::StrCat("Company ", number),
          .country = country.code,
          .layers = {OneOf(kLayers, draw)},
          .sectors = {OneOf(kSectors, draw)},
          .source_category = ""};
}

std::string World::IdOf(int64_t number) { return absl::StrCat("r", number); }

funding::Round World::Round(int64_t number) const {
  Draw draw = DrawOf(seed_, kOfRound, number);
  funding::Round round;
  round.id = IdOf(number);
  // Squared: the first companies have most of the rounds.
  const double place = draw.Uniform();
  const auto company = static_cast<int64_t>(place * place * static_cast<double>(companies()));
  round.company = absl::StrCat("c", company);
  // Each year has more rounds than the one before.
  round.announced = {2005 + static_cast<int>(21 * std::sqrt(draw.Uniform())),
                     1 + static_cast<int>(draw.Below(12)), 1 + static_cast<int>(draw.Below(28))};
  round.stage = OneOf(kStages, draw);
  round.kind = funding::KindOfStage(round.stage);
  round.sources = {"generated"};
  if (draw.Uniform() < 0.6) round.amount = DrawAmount(CountryOf(seed_, company), draw);
  return round;
}

std::optional<funding::Round> World::Correction(int64_t number) const {
  Draw draw = DrawOf(seed_, kOfCorrection, number);
  if (draw.Uniform() >= 0.05) return std::nullopt;
  funding::Round round = Round(number);
  const int64_t company = std::stoll(round.company.substr(1));
  round.amount = DrawAmount(CountryOf(seed_, company), draw);
  return round;
}

absl::Status World::WriteRounds(const std::string& path) const {
  return WriteFile(path, rounds_, [this](int64_t i) { return std::optional(Round(i)); });
}

absl::Status World::WriteCorrections(const std::string& path) const {
  return WriteFile(path, rounds_, [this](int64_t i) { return Correction(i); });
}

}  // namespace steelyard::bench
