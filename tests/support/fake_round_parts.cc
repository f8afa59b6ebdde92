#include "tests/support/fake_round_parts.h"

#include <string>
#include <vector>

namespace steelyard::testing {
namespace {

// What a part of the amount may be told apart by; one of nothing when there is nothing.
std::vector<std::string> Codes(bool divided, const std::vector<std::string>& codes) {
  if (codes.empty()) return {""};
  return divided ? codes : std::vector<std::string>{codes.front()};
}

std::vector<funding::Participation> Investors(bool divided, const funding::Round& round) {
  if (!divided || round.participations.empty()) return {funding::Participation()};
  return round.participations;
}

}  // namespace

std::string CountryOf(const funding::CompanyFacts& company, common::v1::Attribution attribution) {
  if (attribution == common::v1::ATTRIBUTION_LEGAL_DOMICILE && !company.legal_country.empty()) {
    return company.legal_country;
  }
  if (attribution == common::v1::ATTRIBUTION_FOUNDING_COUNTRY &&
      !company.founding_country.empty()) {
    return company.founding_country;
  }
  return company.country;
}

void AddParts(const funding::Division& division, const funding::Round& round,
              const funding::CompanyFacts& company, funding::Selection& selection) {
  if (!division.divides()) return;
  const auto investors = Investors(division.by_investor, round);
  const auto layers = Codes(division.by_layer, company.layers);
  const auto sectors = Codes(division.by_sector, company.sectors);
  const size_t codes = division.full ? 1 : layers.size() * sectors.size();
  const bool by_origin = division.attribution == common::v1::ATTRIBUTION_INVESTOR_ORIGIN;
  funding::Dictionary& texts = selection.texts;
  funding::SelectedRound& selected = selection.rounds.back();
  selected.first_part = static_cast<int32_t>(selection.parts.size());
  for (size_t i = 0; i < investors.size(); ++i) {
    size_t code = 0;
    for (const std::string& layer : layers) {
      for (const std::string& sector : sectors) {
        const funding::Participation& investor = investors[i];
        selection.parts.push_back(
            {.country = texts.Number(by_origin ? investor.country
                                               : CountryOf(company, division.attribution)),
             .layer = texts.Number(layer),
             .sector = texts.Number(sector),
             .investor = texts.Number(investor.investor),
             .investor_country = texts.Number(investor.country),
             .investor_kind = texts.Number(investor.investor_kind),
             .slot = static_cast<int32_t>(i * codes + (division.full ? 0 : code++)),
             .slots = static_cast<int32_t>(investors.size() * codes)});
      }
    }
  }
  selected.parts = static_cast<int32_t>(selection.parts.size()) - selected.first_part;
}

}  // namespace steelyard::testing
