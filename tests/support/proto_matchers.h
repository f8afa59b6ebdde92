#pragma once

// Matchers for protobuf messages. They say which fields differ.

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace steelyard::testing {

// Whether two messages of one type are equal; writes the differences.
inline bool ProtosEqual(const google::protobuf::Message& actual,
                        const google::protobuf::Message& expected,
                        ::testing::MatchResultListener* listener) {
  if (actual.GetDescriptor() != expected.GetDescriptor()) {
    *listener << "which is a " << actual.GetTypeName() << ", not a " << expected.GetTypeName();
    return false;
  }
  google::protobuf::util::MessageDifferencer differencer;
  std::string differences;
  differencer.ReportDifferencesToString(&differences);
  const bool equal = differencer.Compare(expected, actual);
  if (!equal) {
    *listener << "with these differences from what is expected:\n" << differences;
  }
  return equal;
}

// A message of the type of `like` from its text form; null when the text does not parse.
inline std::unique_ptr<google::protobuf::Message> ParseLike(const google::protobuf::Message& like,
                                                            std::string_view text) {
  std::unique_ptr<google::protobuf::Message> message(like.New());
  if (!google::protobuf::TextFormat::ParseFromString(std::string(text), message.get())) {
    return nullptr;
  }
  return message;
}

// EXPECT_THAT(date, EqualsProto("year: 2024 month: 7"));  EXPECT_THAT(reply,
// EqualsProto(expected));
MATCHER_P(EqualsProto, expected, negation ? "differs" : "equals the expected message") {
  using Expected = std::decay_t<decltype(expected)>;
  if constexpr (std::is_base_of_v<google::protobuf::Message, Expected>) {
    return ProtosEqual(arg, expected, result_listener);
  } else {
    const auto message = ParseLike(arg, expected);
    if (message == nullptr) {
      *result_listener << "and the expected text is no " << arg.GetTypeName() << ":\n" << expected;
      return false;
    }
    return ProtosEqual(arg, *message, result_listener);
  }
}

}  // namespace steelyard::testing
