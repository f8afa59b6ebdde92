// Orderings and page tokens of services/common/filter/filter.h.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/filter/filter.h"
#include "services/common/text/digest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::filter {
namespace {

using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::ERROR_REASON_INVALID_ORDER_BY;
using common::v1::ERROR_REASON_INVALID_PAGE_TOKEN;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOkAndHolds;
using ::steelyard::testing::StatusIs;
using ::testing::HasSubstr;

const std::vector<std::string>& Allowed() {
  static const auto& allowed = *new std::vector<std::string>{"name", "amount", "date"};
  return allowed;
}

// "name asc, amount desc"; the error's message when there is one.
std::string Ordered(const std::string& order_by) {
  const auto keys = ParseOrderBy(order_by, Allowed());
  if (!keys.ok()) {
    return std::string(keys.status().message());
  }
  std::string text;
  for (const OrderKey& key : *keys) {
    text += (text.empty() ? "" : ", ") + key.name + (key.descending ? " desc" : " asc");
  }
  return text;
}

TEST(ParseOrderBy, ReadsKeys) {
  EXPECT_EQ(Ordered(""), "");
  EXPECT_EQ(Ordered("  "), "");
  EXPECT_EQ(Ordered("name"), "name asc");
  EXPECT_EQ(Ordered("amount desc, name"), "amount desc, name asc");
  EXPECT_EQ(Ordered(" amount   desc ,name asc"), "amount desc, name asc");
}

TEST(ParseOrderBy, NamesWhatIsAllowed) {
  for (const auto& [order_by, problem] : std::vector<std::pair<std::string, std::string>>{
           {"nmae", "unknown field \"nmae\""},
           {"Name", "unknown field \"Name\""},
           {"name,", "a field is missing"},
           {",name", "a field is missing"},
           {",", "a field is missing"},
           {"name down", "\"down\" after \"name\" is no direction"},
           {"name desc desc", "is no direction"},
           {"name DESC", "is no direction"},
           {"name desc; amount", "is no direction"},
           {"name, name desc", "\"name\" stands twice"},
       }) {
    const auto keys = ParseOrderBy(order_by, Allowed());
    EXPECT_THAT(keys, HasReason(ERROR_REASON_INVALID_ORDER_BY)) << order_by;
    EXPECT_THAT(keys, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(problem)));
    EXPECT_EQ(MetadataOf(keys.status(), "allowed"), "name, amount, date");
  }
}

TEST(PageToken, ComesBack) {
  for (const Page& page :
       std::vector<Page>{{"sy1.0a1b2c3d.f17.r12.m1.01234567", 100},
                         {"", 0},
                         {std::string("\0\xFF", 2), std::numeric_limits<int64_t>::max()}}) {
    const std::string token = EncodePage(page, "query");
    EXPECT_EQ(
        token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
    ASSERT_OK_AND_ASSIGN(const Page back, DecodePage(token, "query"));
    EXPECT_EQ(back.snapshot, page.snapshot);
    EXPECT_EQ(back.offset, page.offset);
  }
}

TEST(PageToken, BelongsToItsQuery) {
  const std::string token = EncodePage({"snapshot", 100}, "filter: a");
  const auto page = DecodePage(token, "filter: b");
  EXPECT_THAT(page, HasReason(ERROR_REASON_INVALID_PAGE_TOKEN));
  EXPECT_THAT(page, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("another query")));
}

TEST(PageToken, IsRefusedWhenAnyByteChanged) {
  const std::string token = EncodePage({"snapshot", 100}, "query");
  for (size_t i = 0; i < token.size(); ++i) {
    for (const char c : {'A', 'z', '_', ' ', '=', '\0', '\xFF'}) {
      std::string damaged = token;
      damaged[i] = c;
      if (damaged != token) {
        EXPECT_THAT(DecodePage(damaged, "query"),
                    StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("damaged")))
            << damaged;
      }
    }
    EXPECT_THAT(DecodePage(token.substr(0, i), "query"),
                HasReason(ERROR_REASON_INVALID_PAGE_TOKEN));
  }
  for (const std::string& other :
       {token + "A", token + "=", token + "\n", std::string(5000, 'A')}) {
    EXPECT_THAT(DecodePage(other, "query"), HasReason(ERROR_REASON_INVALID_PAGE_TOKEN));
  }
}

TEST(PageToken, IsRefusedWithAnOffsetThatNobodyWrites) {
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(EncodePage({"snapshot", 100}, "query"), &bytes));
  std::string body = bytes.substr(0, bytes.size() - 4);
  body[16] = '\xFF';  // the offset's highest byte: negative
  const std::string token = absl::WebSafeBase64Escape(body + text::Sha256(body).substr(0, 4));
  EXPECT_THAT(DecodePage(token, "query"), HasReason(ERROR_REASON_INVALID_PAGE_TOKEN));
  body[16] = 0;
  body[0] = 2;  // another version
  const std::string newer = absl::WebSafeBase64Escape(body + text::Sha256(body).substr(0, 4));
  EXPECT_THAT(DecodePage(newer, "query"), HasReason(ERROR_REASON_INVALID_PAGE_TOKEN));
}

TEST(PageSize, HasDefaultAndBound) {
  EXPECT_THAT(PageSize(0, 50, 1000), IsOkAndHolds(50));
  EXPECT_THAT(PageSize(1, 50, 1000), IsOkAndHolds(1));
  EXPECT_THAT(PageSize(1000, 50, 1000), IsOkAndHolds(1000));
  EXPECT_THAT(PageSize(1001, 50, 1000), IsOkAndHolds(1000));
  EXPECT_THAT(PageSize(std::numeric_limits<int32_t>::max(), 50, 1000), IsOkAndHolds(1000));
  const auto negative = PageSize(-1, 50, 1000);
  EXPECT_THAT(negative, HasReason(ERROR_REASON_INVALID_FIELD));
  EXPECT_EQ(MetadataOf(negative.status(), "field"), "page_size");
}

}  // namespace
}  // namespace steelyard::filter
