// FundingService.DiffRounds over a real server: figures, rounds, causes, pages.

#include "services/funding/diff.h"

#include "tests/services/funding/service_fixture.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DiffTest : public ServiceFixture {
 protected:
  std::string Token() { return ledger_->Describe(ledger_->head()).token(); }
  absl::StatusOr<v1::DiffRoundsResponse> Diff(const std::string& from, const std::string& to,
                                              const std::string& question,
                                              const std::string& rest = "") {
    return Call(&v1::FundingService::Stub::DiffRounds,
                Parse<v1::DiffRoundsRequest>("from: '" + from + "' to: '" + to + "' question { " +
                                             question + " } " + rest));
  }
  // "FR SUM 200" for a figure that grew by 200 units; "-" where one side has no value.
  static std::vector<std::string> Figures(const v1::DiffRoundsResponse& reply) {
    std::vector<std::string> lines;
    for (const v1::FigureChange& change : reply.figures()) {
      std::string line;
      for (const auto& key : change.keys()) StrAppend(&line, key.value(), " ");
      StrAppend(&line, v1::Measure_Name(change.measure()).substr(8), " ");
      if (change.has_money()) {
        StrAppend(&line, change.money().units());
      } else if (change.difference_case() == v1::FigureChange::kCount) {
        StrAppend(&line, change.count());
      } else {
        line += '-';
      }
      lines.push_back(line);
    }
    return lines;
  }
  // "a ROUND_ADDED : FR 1000000" with the groups and amounts of before and after the colon.
  static std::vector<std::string> Rounds(const v1::DiffRoundsResponse& reply) {
    std::vector<std::string> lines;
    for (const v1::RoundChange& change : reply.rounds()) {
      std::string line = StrCat(change.name().substr(7), " ",
                                v1::ChangeCause_Name(change.cause()).substr(13), " ");
      const auto add = [&line](const v1::RoundContribution& contribution) {
        for (const auto& key : contribution.keys()) StrAppend(&line, key.value(), " ");
        StrAppend(&line, contribution.has_amount() ? StrCat(contribution.amount().units()) : "-",
                  " ");
      };
      for (const auto& contribution : change.contributed()) add(contribution);
      line += ": ";
      for (const auto& contribution : change.contributes()) add(contribution);
      lines.push_back(line);
    }
    return lines;
  }
};

constexpr char kByCountry[] =
    "group_by: DIMENSION_COUNTRY measures: MEASURE_SUM measures: MEASURE_COUNT";

TEST_F(DiffTest, NamesFiguresAndTheRoundsBehindThem) {
  AddRounds();  // a: acme FR; b: acme FR; c: beta US in euros; d: zeta, undisclosed
  const std::string from = Token();
  Round bigger = SomeRound("b");
  bigger.amount = Money{.minor_units = 300'000'000, .currency = "USD"};
  Upsert({bigger, SomeRound("new", "beta"), SomeRound("x", "zeta")});
  ASSERT_OK_AND_ASSIGN(const auto reply, Diff(from, Token(), kByCountry));
  EXPECT_THAT(Figures(reply),
              ElementsAre(" SUM -", " COUNT 1", "FR SUM 2000000", "US SUM -", "US COUNT 1"));
  EXPECT_THAT(Rounds(reply),
              ElementsAre("b ROUND_CHANGED FR 1000000 : FR 3000000 ",
                          "new ROUND_ADDED : US 1000000 ", "x ROUND_ADDED :  1000000 "));
  EXPECT_EQ(reply.total_figures(), 5);
  EXPECT_EQ(reply.total_rounds(), 3);
  EXPECT_EQ(reply.rounds(0).before().amount().units(), 1'000'000);
  EXPECT_EQ(reply.rounds(0).after().amount().units(), 3'000'000);
  EXPECT_FALSE(reply.rounds(1).has_before());
  EXPECT_FALSE(reply.exchange_rates_changed());
  EXPECT_EQ(reply.from().token(), from);
  EXPECT_EQ(reply.to().token(), Token());
  EXPECT_EQ(reply.definition().currency(), "USD");
  // The sums of what rounds add explain the figure.
  ASSERT_OK_AND_ASSIGN(const auto backwards, Diff(Token(), Token(), kByCountry));
  EXPECT_THAT(backwards.figures(), IsEmpty());
  EXPECT_THAT(backwards.rounds(), IsEmpty());
}

TEST_F(DiffTest, CompaniesThatMoveTakeTheirRoundsAlong) {
  AddRounds();
  const std::string from = Token();
  FollowRegistry({testing::MakeCompany("acme", "DE", "CHIPS")});
  ASSERT_OK_AND_ASSIGN(const auto reply, Diff(from, Token(), kByCountry));
  EXPECT_THAT(Rounds(reply), ElementsAre("a COMPANY_CHANGED FR 1000000 : DE 1000000 ",
                                         "b COMPANY_CHANGED FR 1000000 : DE 1000000 "));
  EXPECT_THAT(Figures(reply), ElementsAre("DE SUM -", "DE COUNT -", "FR SUM -", "FR COUNT -"));
  EXPECT_FALSE(reply.figures(0).has_before());
  EXPECT_FALSE(reply.figures(2).has_after());
}

TEST_F(DiffTest, ARoundThatBecomesPartOfAnotherCountsNoMore) {
  Round part = SomeRound("part");
  part.included_in = "whole";
  Upsert({part});
  const std::string from = Token();
  Upsert({SomeRound("whole")});
  ASSERT_OK_AND_ASSIGN(const auto reply, Diff(from, Token(), "measures: MEASURE_COUNT"));
  EXPECT_THAT(Rounds(reply),
              ElementsAre("part INCLUSION_CHANGED 1000000 : ", "whole ROUND_ADDED : 1000000 "));
  EXPECT_THAT(reply.figures(), IsEmpty());
}

TEST_F(DiffTest, RatesAreNamedAsACause) {
  ASSERT_OK(Import({{"ecb-rates", "Date,USD,\n2024-02-01,2.0,\n"}}));
  AddRounds();
  const std::string from = Token();
  ASSERT_OK(Import({{"ecb-rates", "Date,USD,\n2024-02-01,4.0,\n"}}));
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Diff(from, Token(), "measures: MEASURE_SUM filter: 'id = \"c\"'"));
  EXPECT_THAT(Figures(reply), ElementsAre("SUM 2"));
  EXPECT_THAT(reply.rounds(), IsEmpty());
  EXPECT_TRUE(reply.exchange_rates_changed());
  EXPECT_FALSE(reply.region_sets_changed());
}

TEST_F(DiffTest, RegionsLeaveOutWhatLiesElsewhere) {
  AddRounds();
  const std::string from = Token();
  Upsert({SomeRound("french", "acme"), SomeRound("american", "beta")});
  ASSERT_OK_AND_ASSIGN(
      const auto reply,
      Diff(from, Token(), "group_by: DIMENSION_REGION regions: 'US' measures: MEASURE_COUNT"));
  EXPECT_THAT(Rounds(reply), ElementsAre("american ROUND_ADDED : US 1000000 "));
  EXPECT_THAT(Figures(reply), ElementsAre("US COUNT 1"));
}

TEST_F(DiffTest, PagesGiveEverythingOnceFiguresFirst) {
  AddRounds();
  const std::string from = Token();
  std::vector<Round> many;
  for (int i = 0; i < 7; ++i) many.push_back(SomeRound(StrCat("n", i)));
  Upsert(many);
  const std::string to = Token();
  ASSERT_OK_AND_ASSIGN(const auto whole, Diff(from, to, kByCountry));
  Upsert({SomeRound("later")});
  v1::DiffRoundsResponse pages;
  std::string token;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Diff(from, to, kByCountry, "page_size: 3 page_token: '" + token + "'"));
    EXPECT_LE(page.figures_size() + page.rounds_size(), 3);
    pages.mutable_figures()->MergeFrom(page.figures());
    pages.mutable_rounds()->MergeFrom(page.rounds());
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(Figures(pages), Figures(whole));
  EXPECT_EQ(Rounds(pages), Rounds(whole));
  EXPECT_EQ(pages.rounds_size(), 7);
}

TEST_F(DiffTest, BadRequestsAreRefused) {
  AddRounds();
  const std::string from = Token();
  Upsert({SomeRound("z")});
  const std::string to = Token();
  EXPECT_THAT(Diff(to, from, kByCountry),
              HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
  EXPECT_THAT(Diff("", to, kByCountry), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Diff("x", to, kByCountry), HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT));
  EXPECT_THAT(Diff(from, to, ""), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Diff(from, to, StrCat(kByCountry, " page_size: 1")),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Diff(from, to, kByCountry, "page_token: 'x'"),
              HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
  ASSERT_OK(ledger_->Compact(Context::Background(), head(), false));
  EXPECT_THAT(Diff(from, to, kByCountry), HasReason(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED));
}

TEST_F(DiffTest, ChangesNameTheAssertionsThatMadeThem) {
  Upsert({SomeRound("a"), SomeRound("b", "acme", {2024, 9, 1})});
  const std::string from = Token();
  Round corrected = SomeRound("a");
  corrected.amount->minor_units = 300'000'000;
  Upsert({corrected});
  std::vector<std::string> ignored;
  ASSERT_OK(rounds_->Retract(Context::Background(), {.round = "b", .sources = {}, .reason = "hoax"},
                             ignored));
  ASSERT_OK_AND_ASSIGN(const auto reply, Diff(from, Token(), "measures: MEASURE_SUM"));
  ASSERT_EQ(reply.rounds_size(), 2);
  const auto& a = reply.rounds(0).assertions();
  ASSERT_EQ(a.size(), 2);  // the one that ended and the one in its place
  EXPECT_EQ(a[0].round().amount().units(), 1'000'000);
  EXPECT_GT(a[0].to_revision(), 0);
  EXPECT_EQ(a[1].round().amount().units(), 3'000'000);
  EXPECT_EQ(a[1].to_revision(), 0);
  const auto& b = reply.rounds(1).assertions();
  ASSERT_EQ(b.size(), 2);
  EXPECT_TRUE(b[1].retracted());
  EXPECT_EQ(b[1].reason(), "hoax");
}

TEST_F(DiffTest, DifferencesAreOfferedUnderTheDefaultPolicyAlone) {
  Upsert({SomeRound("a")});
  EXPECT_THAT(
      Diff(Token(), Token(), "measures: MEASURE_SUM definition { source_policy: 'freshest/1' }"),
      HasReason(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED));
}

TEST_F(DiffTest, DifferencesAreOfferedForWholeRoundsAlone) {
  Upsert({SomeRound("a")});
  const struct {
    std::string question;
    std::string field;
  } cases[] = {
      {"group_by: DIMENSION_COUNTRY definition { attribution: ATTRIBUTION_LEGAL_DOMICILE }",
       "question.definition.attribution"},
      {"group_by: DIMENSION_INVESTOR", "question.group_by"},
      {"group_by: DIMENSION_LAYER definition { layer_attribution: LAYER_ATTRIBUTION_FULL }",
       "question.definition.layer_attribution"},
  };
  for (const auto& test : cases) {
    const auto refused = Diff(Token(), Token(), "measures: MEASURE_SUM " + test.question);
    EXPECT_THAT(refused, HasReason(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED));
    EXPECT_EQ(MetadataOf(refused.status(), "field"), test.field);
  }
  // It divides nothing here.
  EXPECT_OK(Diff(Token(), Token(),
                 "measures: MEASURE_SUM definition { layer_attribution: "
                 "LAYER_ATTRIBUTION_FULL }"));
}

}  // namespace
}  // namespace steelyard::funding
