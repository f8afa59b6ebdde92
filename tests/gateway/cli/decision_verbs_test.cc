#include <string>

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "tests/gateway/cli/command_line_fixture.h"

namespace steelyard::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class DecisionVerbsTest : public CommandLineTest {};

// A field that three sources give, one of them otherwise.
void AddField(const std::string& name, const std::string& value, const std::string& other,
              funding::v1::GetRoundResponse& reply) {
  funding::v1::FieldResolution& field = *reply.add_resolution();
  field.set_field(name);
  field.set_policy("median/1");
  field.mutable_winner()->set_source("sources/press");
  field.mutable_winner()->set_value(value);
  funding::v1::SourcedValue& same = *field.add_losers();
  same.set_source("sources/blog");
  same.set_value(value);
  funding::v1::SourcedValue& loser = *field.add_losers();
  loser.set_source("sources/wire");
  loser.set_value(other);
  field.set_distinct(value == other ? 1 : 2);
  if (value != other) field.set_spread(0.25);
}

TEST_F(DecisionVerbsTest, ARoundShowsWhoSaysWhatAndWhoIsBelieved) {
  funding_.GetRoundAnswer = [](const auto&, funding::v1::GetRoundResponse& reply) {
    reply.mutable_round()->set_name("rounds/a");
    reply.mutable_round()->set_company_display_name("Acme");
    reply.mutable_round()->add_aliases("rounds/wire-1");
    AddField("stage", "SEED", "SEED", reply);
    AddField("amount", "2.00 USD", "1.50 USD", reply);
    reply.mutable_snapshot()->set_token("sy1.t");
    return absl::OkStatus();
  };
  funding_.ListAssertionsAnswer = [](const auto& request, auto& reply) {
    EXPECT_EQ(request.read().snapshot(), "sy1.t");
    auto& assertion = *reply.add_assertions();
    assertion.set_name("rounds/a/assertions/wire");
    assertion.set_source("sources/wire");
    assertion.set_retracted(true);
    assertion.set_reason("hoax");
    assertion.set_from_revision(3);
    assertion.set_to_revision(9);
    return absl::OkStatus();
  };
  const Ran ran =
      Ask({"round", "a", "--prefer", "wire,blog", "--rule", "amount=median", "--history"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  const auto requests = funding_.GetRoundAnswer.requests();
  ASSERT_EQ(requests.size(), 1);
  EXPECT_EQ(requests[0].name(), "rounds/a");
  EXPECT_EQ(requests[0].view(), funding::v1::ROUND_VIEW_RESOLUTION);
  EXPECT_EQ(requests[0].definition().source_policy(), "priority/1");
  EXPECT_THAT(requests[0].definition().source_priority(),
              ElementsAre("sources/wire", "sources/blog"));
  EXPECT_EQ(requests[0].definition().source_rules(0).policy(), "median/1");
  EXPECT_THAT(
      ran.out,
      AllOf(HasSubstr("Acme, rounds/a\nalso reported as rounds/wire-1\n"), HasSubstr("all 3 agree"),
            HasSubstr("median/1, 2 of 3 say so"), HasSubstr("not 1.50 USD  wire    spread 25.0 %"),
            Not(HasSubstr("not 2.00")), HasSubstr("[3, 9)"), HasSubstr("retracted: hoax")));
}

TEST_F(DecisionVerbsTest, DecisionsSayWhatWasDecided) {
  const auto link = [](const auto& request, auto& reply) {
    reply.mutable_link()->set_round(request.name());
    reply.mutable_link()->set_related(request.related());
    return absl::OkStatus();
  };
  funding_.LinkRoundsAnswer = link;
  funding_.UnlinkRoundsAnswer = link;
  const Ran linked =
      Ask({"link", "a", "rounds/b", "--relation", "included-in", "--reason", "seen"});
  ASSERT_EQ(linked.code, kOk) << linked.err;
  EXPECT_THAT(linked.out, HasSubstr("rounds/a is included-in rounds/b\n"));
  EXPECT_EQ(funding_.LinkRoundsAnswer.requests()[0].relation(),
            funding::v1::ROUND_RELATION_INCLUDED_IN);
  EXPECT_EQ(funding_.LinkRoundsAnswer.requests()[0].reason(), "seen");
  const Ran unlinked = Ask({"unlink", "a", "b"});
  EXPECT_THAT(unlinked.out, HasSubstr("rounds/a is not same-as rounds/b\n"));
  const Ran wrong = Ask({"link", "a", "b", "--relation", "like"});
  EXPECT_EQ(wrong.code, kWrongUsage);
  EXPECT_THAT(wrong.err, HasSubstr("'like' is neither same-as nor included-in"));
  EXPECT_EQ(Ask({"link", "a"}).code, kWrongUsage);
}

TEST_F(DecisionVerbsTest, RetractionsNeedAReason) {
  funding_.RetractRoundAnswer = [](const auto& request, auto& reply) {
    for (const std::string& source : request.sources()) {
      reply.add_retracted(request.name() + "/assertions/" + source.substr(8));
    }
    return absl::OkStatus();
  };
  EXPECT_EQ(Ask({"retract", "a"}).code, kWrongUsage);
  const Ran ran = Ask({"retract", "a", "--sources", "wire,blog", "--reason", "hoax"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("retracted rounds/a/assertions/wire\nretracted "
                                 "rounds/a/assertions/blog\n"));
}

TEST_F(DecisionVerbsTest, DuplicatesAreShownWithTheirReasons) {
  funding_.ListDuplicateRoundsAnswer = [](const auto& request, auto& reply) {
    if (request.company() == "companies/none") return absl::OkStatus();
    auto& pair = *reply.add_pairs();
    pair.mutable_round()->set_name("rounds/a");
    pair.mutable_other()->set_name("rounds/b");
    pair.set_score(0.875);
    pair.add_reasons("same company");
    pair.add_reasons("3 days apart");
    reply.set_next_page_token("more");
    return absl::OkStatus();
  };
  const Ran ran = Ask({"duplicates", "--limit", "1"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_EQ(funding_.ListDuplicateRoundsAnswer.requests()[0].page_size(), 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("0.875  a      b      same company, 3 days apart"),
                             HasSubstr("there are more")));
  const Ran none = Ask({"duplicates", "--company", "none"});
  EXPECT_THAT(none.out, HasSubstr("no pair of rounds looks like one"));
}

TEST_F(DecisionVerbsTest, AWordAboutACompanyIsWithdrawn) {
  registry_.RetractCompanyAnswer = [](const auto& request, auto& reply) {
    EXPECT_EQ(request.name(), "companies/deepl");
    EXPECT_EQ(request.reason(), "another firm");
    EXPECT_THAT(request.sources(), ElementsAre("sources/list", "sources/wire"));
    reply.add_changed("companies/deepl");
    return absl::OkStatus();
  };
  const Ran ran =
      Ask({"retract", "companies/deepl", "--sources", "list,wire", "--reason", "another firm"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out,
              HasSubstr("retracted list, wire of companies/deepl; changed companies/deepl\n"));
  registry_.RetractCompanyAnswer = [](const auto&, auto&) { return absl::OkStatus(); };
  EXPECT_THAT(Ask({"retract", "companies/deepl", "--sources", "list", "--reason", "x"}).out,
              HasSubstr("readers see no difference"));
  const Ran nobody = Ask({"retract", "companies/deepl", "--reason", "x"});
  EXPECT_EQ(nobody.code, kWrongUsage);
  EXPECT_THAT(nobody.err, HasSubstr("--sources"));
}

}  // namespace
}  // namespace steelyard::cli
