#include "gateway/cli/claim_review.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace steelyard::cli {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using strategy::v1::CheckClaimsResponse;

// The reviews as a reader of JSON sees them.
ListValue Read(const std::string& json) {
  ListValue list;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &list);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << json;
  return list;
}

const Struct& At(const Struct& object, const std::string& name) {
  return object.fields().at(name).struct_value();
}

std::string Text(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? "(absent)" : found->second.string_value();
}

TEST(ClaimReviewTest, SaysWhatSchemaOrgAsksFor) {
  CheckClaimsResponse response;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        checks {
          claim { id: "seed-c01" text: "It said \"119 bn\"\n<b>é</b>" source: "sources/press" }
          verdict: VERDICT_SUPPORTED
          explanation: "It holds."
          sources { name: "sources/oecd" publisher: "OECD" title: "Brief" uri: "https://o.org/a" }
          sources { name: "sources/owid" }
        }
        snapshot {
          token: "sy1.t"
          taken_at { seconds: 1795428000 }
        })pb",
      &response));
  const std::string json = RenderClaimReviews(response);
  const ListValue reviews = Read(json);
  ASSERT_EQ(reviews.values_size(), 1);
  const Struct& review = reviews.values(0).struct_value();
  EXPECT_EQ(Text(review, "@context"), "https://schema.org");
  EXPECT_EQ(Text(review, "@type"), "ClaimReview");
  EXPECT_EQ(Text(review, "datePublished"), "2026-11-23");
  EXPECT_EQ(Text(review, "claimReviewed"), "It said \"119 bn\"\n<b>é</b>");
  EXPECT_EQ(Text(review, "reviewBody"), "It holds.");
  EXPECT_EQ(Text(review, "version"), "sy1.t");
  EXPECT_EQ(Text(At(review, "author"), "name"), "Steelyard");
  EXPECT_EQ(Text(At(review, "itemReviewed"), "@type"), "Claim");
  EXPECT_EQ(Text(At(review, "itemReviewed"), "identifier"), "seed-c01");
  EXPECT_EQ(Text(At(At(review, "itemReviewed"), "author"), "name"), "press");
  const auto& works = review.fields().at("isBasedOn").list_value();
  ASSERT_EQ(works.values_size(), 2);
  EXPECT_EQ(Text(works.values(0).struct_value(), "publisher"), "OECD");
  EXPECT_EQ(Text(works.values(0).struct_value(), "url"), "https://o.org/a");
  EXPECT_EQ(Text(works.values(1).struct_value(), "identifier"), "sources/owid");
  EXPECT_EQ(Text(works.values(1).struct_value(), "url"), "(absent)");
  EXPECT_EQ(RenderClaimReviews(response), json);
}

TEST(ClaimReviewTest, RatesWhatWasDecidedAndNothingElse) {
  const struct {
    strategy::v1::Verdict verdict;
    double rating;  // 0: none
    const char* name;
  } cases[] = {
      {strategy::v1::VERDICT_SUPPORTED, 5, "supported"},
      {strategy::v1::VERDICT_CONTRADICTED, 1, "contradicted"},
      {strategy::v1::VERDICT_DEPENDS_ON_DEFINITION, 3, "depends on definition"},
      {strategy::v1::VERDICT_SCOPE_CONFLICT, 3, "scope conflict"},
      {strategy::v1::VERDICT_INSUFFICIENT_DATA, 0, "insufficient data"},
      {strategy::v1::VERDICT_NOT_CHECKABLE, 0, "not checkable"},
  };
  CheckClaimsResponse response;
  for (const auto& c : cases) response.add_checks()->set_verdict(c.verdict);
  const ListValue reviews = Read(RenderClaimReviews(response));
  ASSERT_EQ(reviews.values_size(), 6);
  for (int i = 0; i < reviews.values_size(); ++i) {
    const Struct& review = reviews.values(i).struct_value();
    const Struct& rating = At(review, "reviewRating");
    EXPECT_EQ(Text(rating, "alternateName"), cases[i].name);
    EXPECT_EQ(rating.fields().contains("ratingValue"), cases[i].rating > 0);
    if (cases[i].rating > 0) {
      EXPECT_EQ(rating.fields().at("ratingValue").number_value(), cases[i].rating);
      EXPECT_EQ(rating.fields().at("bestRating").number_value(), 5);
      EXPECT_EQ(rating.fields().at("worstRating").number_value(), 1);
    }
    EXPECT_EQ(Text(review, "datePublished"), "(absent)");
    EXPECT_FALSE(At(review, "itemReviewed").fields().contains("author"));
  }
}

TEST(ClaimReviewTest, NoClaimsAreAnEmptyArray) { EXPECT_EQ(RenderClaimReviews({}), "[]\n"); }

}  // namespace
}  // namespace steelyard::cli
