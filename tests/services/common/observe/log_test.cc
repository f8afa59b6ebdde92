#include "services/common/observe/log.h"

#include <limits>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::observe {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::EndsWith;

TEST(LogTest, LineHasTimeSeverityMessageAndFields) {
  EXPECT_EQ(FormatLogLine(absl::FromUnixMicros(1'000'000'123'456), Severity::kWarning, "hello",
                          {{"a", "b"}, {"rows", 12}, {"ratio", 0.5}, {"done", true}}),
            "{\"time\":\"1970-01-12T13:46:40.123456Z\",\"severity\":\"warning\",\"message\":"
            "\"hello\",\"a\":\"b\",\"rows\":12,\"ratio\":0.5,\"done\":true}\n");
}

TEST(LogTest, NothingForgesALine) {
  const struct {
    std::string value;
    std::string escaped;
  } cases[] = {
      {"a\"b\\c", R"(a\"b\\c)"},
      {"one\n{\"severity\":\"error\"}", R"(one\n{\"severity\":\"error\"})"},
      {"\r\t\x01\x7f", R"(\r\t\u0001\u007f)"},
      {std::string("nul\0end", 7), R"(nul\u0000end)"},
      {"Laboratoires de la For\xC3\xAAt-Noire \xE6\xA0\xAA \xF0\x9F\x8C\xB2",
       "Laboratoires de la For\xC3\xAAt-Noire \xE6\xA0\xAA \xF0\x9F\x8C\xB2"},
      {"\xFF", "\xEF\xBF\xBD"},
      {"cut \xC3", "cut \xEF\xBF\xBD"},
      {"\xC0\x8A", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (const auto& test : cases) {
    const std::string line = FormatLogLine({}, Severity::kInfo, "m", {{"v", test.value}});
    EXPECT_THAT(line, EndsWith("\"v\":\"" + test.escaped + "\"}\n"));
    google::protobuf::Struct parsed;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &parsed).ok()) << line;
  }
}

TEST(LogTest, NumbersThatJsonHasNotAreNull) {
  EXPECT_THAT(
      FormatLogLine({}, Severity::kInfo, "m", {{"v", std::numeric_limits<double>::infinity()}}),
      EndsWith("\"v\":null}\n"));
}

TEST(LogTest, WritesWhatIsSevereEnough) {
  EXPECT_THAT(SetLogLevel("warning"), IsOk());
  ::testing::internal::CaptureStderr();
  Log(Severity::kInfo, "quiet");
  Log(Severity::kError, "loud");
  const std::string written = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(SetLogLevel("info"), IsOk());
  EXPECT_THAT(written, ::testing::HasSubstr("loud"));
  EXPECT_THAT(written, ::testing::Not(::testing::HasSubstr("quiet")));
}

TEST(LogTest, UnknownLevelIsRefusedWithThoseAllowed) {
  const absl::Status status = SetLogLevel("loud");
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("warning"));
}

TEST(LogTest, LinesOfManyThreadsStayWhole) {
  ::testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int k = 0; k < 50; ++k) Log(Severity::kInfo, std::string(1000, 'x'), {{"k", k}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string written = ::testing::internal::GetCapturedStderr();
  int lines = 0;
  for (size_t at = 0; at < written.size(); ++lines) {
    const size_t end = written.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    google::protobuf::Struct parsed;
    ASSERT_TRUE(
        google::protobuf::util::JsonStringToMessage(written.substr(at, end - at), &parsed).ok());
    at = end + 1;
  }
  EXPECT_EQ(lines, 200);
}

}  // namespace
}  // namespace steelyard::observe
