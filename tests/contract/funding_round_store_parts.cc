// The contract of a selection that divides rounds: by investors, layers and sectors.

#include <utility>

#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "tests/contract/funding_round_store_contract.h"
#include "tests/support/spool_of.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

using funding::Round;
using funding::Selection;
using funding::SelectionQuery;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

Round Financed(const std::string& id, const std::vector<std::string>& investors) {
  Round round = MakeRound(id);
  for (const std::string& investor : investors) {
    round.participations.push_back({.investor = investor,
                                    .role = funding::v1::PARTICIPATION_ROLE_PARTICIPANT,
                                    .country = "",
                                    .investor_kind = ""});
  }
  return round;
}

// "investor country layer sector slot/slots" for each part, in order, after the round's company.
std::vector<std::string> TextOf(const Selection& selection) {
  std::vector<std::string> texts;
  for (const funding::SelectedRound& round : selection.rounds) {
    const auto& company = selection.companies[static_cast<size_t>(round.company)];
    texts.push_back(StrCat(company.id, " ", company.country));
    for (const funding::RoundPart& part : selection.PartsOf(round)) {
      const auto text = [&](int32_t number) { return selection.texts.Text(number); };
      texts.push_back(StrCat(text(part.investor), ",", text(part.investor_country), ",",
                             text(part.investor_kind), ",", text(part.country), ",",
                             text(part.layer), ",", text(part.sector), " ", part.slot, "/",
                             part.slots));
    }
  }
  return texts;
}

funding::StagedImport Investors(const std::vector<funding::Investor>& investors) {
  funding::StagedImport staged;
  staged.investors = investors;
  return staged;
}

funding::CompanyFacts Acme() {
  return {.id = "acme",
          .display_name = "Acme",
          .country = "FR",
          .legal_country = "US",
          .founding_country = "GB",
          .layers = {"CHIPS", "CLOUD"},
          .sectors = {"HEALTH", "LEGAL", "RETAIL"},
          .source_category = "",
          .merged = {}};
}

SelectionQuery Divided(const funding::Division& division) {
  SelectionQuery query = Equity();
  query.division = division;
  return query;
}

}  // namespace

TEST_P(RoundStoreContract, RoundsAreWholeUnlessAskedOtherwise) {
  Write(Financed("a", {"One", "Two"}));
  const int64_t revision = Apply({Acme()}, 1);
  ASSERT_OK_AND_ASSIGN(const Selection selection, store().Select(Now(), revision, Equity()));
  EXPECT_THAT(selection.parts, IsEmpty());
  EXPECT_THAT(TextOf(selection), ElementsAre("acme FR"));
}

TEST_P(RoundStoreContract, RoundsAreDividedAmongInvestorsInTheirOrder) {
  Write({Financed("a", {"Two", "One", "Unknown"}), Financed("b", {})});
  Import(Investors({{.name = "One", .country = "DE", .kind = "VC"},
                    {.name = "Two", .country = "US", .kind = "CVC"}}),
         "investors");
  const int64_t revision = Apply({Acme()}, 1);
  SelectionQuery query = Divided({.by_investor = true});
  query.with_ids = true;
  ASSERT_OK_AND_ASSIGN(Selection selection, store().Select(Now(), revision, query));
  // Rounds of one company come in any order.
  if (selection.ids.at(static_cast<size_t>(selection.rounds.at(0).id)) == "b") {
    std::swap(selection.rounds[0], selection.rounds[1]);
  }
  EXPECT_THAT(
      TextOf(selection),
      ElementsAre("acme FR", "Two,US,CVC,FR,CHIPS,HEALTH 0/3", "One,DE,VC,FR,CHIPS,HEALTH 1/3",
                  "Unknown,,,FR,CHIPS,HEALTH 2/3", "acme FR", ",,,FR,CHIPS,HEALTH 0/1"));
}

TEST_P(RoundStoreContract, ByOriginPartsAreOfTheirInvestorsCountries) {
  Write(Financed("a", {"One", "Unknown"}));
  Import(Investors({{.name = "One", .country = "DE", .kind = "VC"}}), "investors");
  const int64_t before = Apply({Acme()}, 1);
  Import(Investors({{.name = "One", .country = "AT", .kind = "VC"}}), "moved");
  const SelectionQuery query =
      Divided({.attribution = common::v1::ATTRIBUTION_INVESTOR_ORIGIN, .by_investor = true});
  ASSERT_OK_AND_ASSIGN(const Selection then, store().Select(Now(), before, query));
  EXPECT_THAT(TextOf(then), ElementsAre("acme FR", "One,DE,VC,DE,CHIPS,HEALTH 0/2",
                                        "Unknown,,,,CHIPS,HEALTH 1/2"));
  ASSERT_OK_AND_ASSIGN(const Selection now, store().Select(Now(), head(), query));
  EXPECT_THAT(TextOf(now), ElementsAre("acme FR", "One,AT,VC,AT,CHIPS,HEALTH 0/2",
                                       "Unknown,,,,CHIPS,HEALTH 1/2"));
}

TEST_P(RoundStoreContract, RoundsAreDividedAmongLayersAndSectors) {
  Round stranger = MakeRound("b");
  stranger.company = "stranger";
  Write({MakeRound("a"), stranger});
  const int64_t revision = Apply({Acme()}, 1);
  ASSERT_OK_AND_ASSIGN(const Selection layers,
                       store().Select(Now(), revision, Divided({.by_layer = true})));
  EXPECT_THAT(TextOf(layers), ElementsAre("acme FR", ",,,FR,CHIPS,HEALTH 0/2",
                                          ",,,FR,CLOUD,HEALTH 1/2", "stranger ", ",,,,, 0/1"));
  ASSERT_OK_AND_ASSIGN(
      const Selection both,
      store().Select(Now(), revision, Divided({.by_layer = true, .by_sector = true})));
  EXPECT_THAT(TextOf(both), ElementsAre("acme FR", ",,,FR,CHIPS,HEALTH 0/6",
                                        ",,,FR,CHIPS,LEGAL 1/6", ",,,FR,CHIPS,RETAIL 2/6",
                                        ",,,FR,CLOUD,HEALTH 3/6", ",,,FR,CLOUD,LEGAL 4/6",
                                        ",,,FR,CLOUD,RETAIL 5/6", "stranger ", ",,,,, 0/1"));
}

TEST_P(RoundStoreContract, InFullEachLayerHasTheWholePart) {
  Write(Financed("a", {"One", "Two"}));
  const int64_t revision = Apply({Acme()}, 1);
  ASSERT_OK_AND_ASSIGN(
      const Selection selection,
      store().Select(Now(), revision,
                     Divided({.by_investor = true, .by_layer = true, .full = true})));
  EXPECT_THAT(TextOf(selection),
              ElementsAre("acme FR", "One,,,FR,CHIPS,HEALTH 0/2", "One,,,FR,CLOUD,HEALTH 0/2",
                          "Two,,,FR,CHIPS,HEALTH 1/2", "Two,,,FR,CLOUD,HEALTH 1/2"));
}

TEST_P(RoundStoreContract, CompaniesCountWhereTheyAreIncorporatedOrWereFounded) {
  Round other = MakeRound("b");
  other.company = "plain";
  Write({MakeRound("a"), other});
  funding::CompanyFacts plain = Acme();
  plain.id = "plain";
  plain.legal_country = plain.founding_country = "";
  const int64_t revision = Apply({Acme(), plain}, 1);
  const auto countries = [&](common::v1::Attribution attribution) {
    const auto selection = store().Select(Now(), revision, Divided({.attribution = attribution}));
    EXPECT_OK(selection);
    return selection.ok() ? TextOf(*selection) : std::vector<std::string>();
  };
  EXPECT_THAT(countries(common::v1::ATTRIBUTION_LEGAL_DOMICILE),
              ElementsAre("acme US", "plain FR"));
  EXPECT_THAT(countries(common::v1::ATTRIBUTION_FOUNDING_COUNTRY),
              ElementsAre("acme GB", "plain FR"));
}

TEST_P(RoundStoreContract, InvestorsAreThoseThatThePolicyBelieves) {
  Round press = Financed("a", {"One", "Two"});
  press.sources = {"press"};
  Round wire = Financed("a", {"Three"});
  wire.sources = {"wire"};
  Write(press);
  const int64_t revision = Write(wire);
  SelectionQuery query = Divided({.by_investor = true});
  ASSERT_OK_AND_ASSIGN(const Selection listed, store().Select(Now(), revision, query));
  EXPECT_THAT(TextOf(listed), ElementsAre("acme ", "One,,,,, 0/2", "Two,,,,, 1/2"));
  query.policy.id = "priority/1";
  query.policy.priority = {"wire"};
  ASSERT_OK_AND_ASSIGN(const Selection preferred, store().Select(Now(), revision, query));
  EXPECT_THAT(TextOf(preferred), ElementsAre("acme ", "Three,,,,, 0/1"));
}

}  // namespace steelyard::testing
