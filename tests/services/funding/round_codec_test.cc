#include "services/funding/round_codec.h"

#include "gtest/gtest.h"

namespace steelyard::funding {
namespace {

Round FullRound() {
  Round round;
  round.id = "acme-2024";
  round.company = "acme";
  round.announced = {2024, 5, 0};
  round.closed = PartialDate{2024, 6, 30};
  round.label = "Series \"A\": 1\n2";
  round.stage = v1::STAGE_SERIES_A;
  round.kind = common::v1::AMOUNT_KIND_DEBT;
  round.amount = Money{.minor_units = INT64_MAX, .currency = "JPY"};
  round.post_money = Money{.minor_units = 0, .currency = "USD"};
  round.participations = {{.investor = "Fonds, 東京", .role = v1::PARTICIPATION_ROLE_LEAD},
                          {.investor = "", .role = v1::PARTICIPATION_ROLE_PARTICIPANT}};
  round.sources = {"press", "wire"};
  round.included_in = "acme-2023";
  round.note = std::string("a\0b", 3);
  return round;
}

std::string BytesOf(const Round& round) {
  std::string bytes;
  EncodeRound(round, bytes);
  return bytes;
}

TEST(RoundCodecTest, ARoundComesBackAsItWas) {
  for (const Round& round : {FullRound(), Round{.id = "a", .announced = {2020, 0, 0}}}) {
    EXPECT_EQ(DecodeRound(BytesOf(round)), round) << round.id;
  }
}

TEST(RoundCodecTest, BytesAreAppended) {
  std::string bytes = "before";
  EncodeRound(FullRound(), bytes);
  EXPECT_EQ(bytes, "before" + BytesOf(FullRound()));
}

TEST(RoundCodecTest, WhatIsCutOrLongerIsNoRound) {
  const std::string bytes = BytesOf(FullRound());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeRound(bytes.substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(DecodeRound(bytes + "x"), std::nullopt);
  EXPECT_EQ(DecodeRound("garbage"), std::nullopt);
  EXPECT_EQ(DecodeRound(std::string(100, '\xFF')), std::nullopt);
}

}  // namespace
}  // namespace steelyard::funding
