#include "services/common/snapshot/snapshot.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/digest.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOkAndHolds;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// A token with a right check over any body.
std::string Checked(const std::string& body) {
  return body + "." + text::Sha256Hex(body).substr(0, 8);
}

TEST(Token, HasTheDocumentedForm) {
  EXPECT_EQ(EncodeToken({"0a1b2c3d", 17, 12}), Checked("sy1.0a1b2c3d.f17.r12.m1"));
}

TEST(Token, ComesBack) {
  for (const SnapshotId& id : std::vector<SnapshotId>{{"0a1b2c3d", 17, 12},
                                                      {"ffffffff", 0, 1},
                                                      {"00000000", 0, 0},
                                                      {"12345678", kMost, kMost}}) {
    const std::string token = EncodeToken(id);
    EXPECT_LE(token.size(), 128U);
    EXPECT_THAT(DecodeToken(token), IsOkAndHolds(id)) << token;
  }
}

TEST(Token, IsRefusedWhenAnyByteChanged) {
  const std::string token = EncodeToken({"0a1b2c3d", 17, 12});
  for (size_t i = 0; i < token.size(); ++i) {
    for (const char c : {'0', 'x', '.', '\0', '\xFF'}) {
      std::string damaged = token;
      damaged[i] = c;
      if (damaged != token) {
        EXPECT_THAT(DecodeToken(damaged), HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT))
            << damaged;
      }
    }
    EXPECT_THAT(DecodeToken(token.substr(0, i)),
                HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT));
  }
  EXPECT_THAT(DecodeToken(token + "0"), HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT));
}

TEST(Token, IsRefusedWhenItSaysWhatNoServiceWrites) {
  for (const std::string body :
       {"", "sy1", "sy2.0a1b2c3d.f1.r1.m1", "sy1.0A1B2C3D.f1.r1.m1", "sy1.0a1b2c3.f1.r1.m1",
        "sy1.0a1b2c3d.f-1.r1.m1", "sy1.0a1b2c3d.f01.r1.m1", "sy1.0a1b2c3d.f+1.r1.m1",
        "sy1.0a1b2c3d.f.r1.m1", "sy1.0a1b2c3d.f9223372036854775808.r1.m1", "sy1.0a1b2c3d.r1.f1.m1",
        "sy1.0a1b2c3d.f1.r1.m", "sy1.0a1b2c3d.f1.r1"}) {
    EXPECT_THAT(DecodeToken(Checked(body)), HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT))
        << body;
  }
  EXPECT_THAT(DecodeToken(Checked(std::string(200, 'a'))),
              HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT));
}

TEST(Token, OfAnotherMethodVersionIsOutOfRange) {
  const auto id = DecodeToken(Checked("sy1.0a1b2c3d.f17.r12.m2"));
  EXPECT_THAT(id, HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
  EXPECT_EQ(MetadataOf(id.status(), "method_version"), "2");
}

TEST(Snapshot, SaysEverythingItsTokenPins) {
  const SnapshotId id = {"0a1b2c3d", 17, 12};
  const absl::Time taken_at = absl::FromUnixSeconds(1'700'000'000) + absl::Nanoseconds(5);
  common::v1::Snapshot expected;
  expected.set_token(EncodeToken(id));
  expected.set_funding_revision(17);
  expected.set_registry_revision(12);
  expected.set_method_version("1");
  expected.mutable_taken_at()->set_seconds(1'700'000'000);
  expected.mutable_taken_at()->set_nanos(5);
  EXPECT_THAT(ToProto(id, taken_at), EqualsProto(expected));
}

TEST(Snapshot, MayBeOlderThanTheEpoch) {
  const auto proto = ToProto({"0a1b2c3d", 1, 1}, absl::UnixEpoch() - absl::Nanoseconds(1));
  EXPECT_EQ(proto.taken_at().seconds(), -1);
  EXPECT_EQ(proto.taken_at().nanos(), 999'999'999);
}

}  // namespace
}  // namespace steelyard
