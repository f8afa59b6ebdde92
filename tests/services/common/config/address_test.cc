#include "services/common/config/address.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::config_file {
namespace {

using ::steelyard::testing::HasReason;

TEST(ParseAddress, ReadsHostAndPort) {
  struct Case {
    std::string text;
    std::string host;
    int port;
    bool loopback;
  };
  const std::vector<Case> cases = {
      {"127.0.0.1:7100", "127.0.0.1", 7100, true},
      {"127.1.2.3:0", "127.1.2.3", 0, true},
      {"0.0.0.0:65535", "0.0.0.0", 65535, false},
      {"[::1]:0", "::1", 0, true},
      {"[::]:7100", "::", 7100, false},
      {"[2001:db8::7]:80", "2001:db8::7", 80, false},
      {"localhost:7101", "localhost", 7101, true},
      {"registry.internal:7101", "registry.internal", 7101, false},
      {"127.example.com:1", "127.example.com", 1, false},
  };
  for (const Case& c : cases) {
    ASSERT_OK_AND_ASSIGN(const Address address, ParseAddress(c.text));
    EXPECT_EQ(address.host, c.host);
    EXPECT_EQ(address.port, c.port);
    EXPECT_EQ(address.IsLoopback(), c.loopback) << c.text;
    EXPECT_EQ(address.ToString(), c.text);
  }
}

TEST(ParseAddress, RefusesOtherTexts) {
  for (const std::string text : {"",
                                 ":",
                                 "7100",
                                 ":7100",
                                 "localhost",
                                 "localhost:",
                                 "localhost:x",
                                 "localhost:-1",
                                 "localhost:65536",
                                 "localhost:7100x",
                                 "localhost: 7100",
                                 "::1:0",
                                 "[::1]",
                                 "[::1",
                                 "[]:1",
                                 "[localhost]:1",
                                 "[::1]x:1",
                                 "127.0.0.256:1",
                                 "1.2.3:1",
                                 "127.0.0.1.:1",
                                 "a b:1",
                                 "http://x:1",
                                 "unix:/tmp/x:1",
                                 "-x:1",
                                 ".x:1"}) {
    EXPECT_THAT(ParseAddress(text), HasReason(common::v1::ERROR_REASON_INVALID_FIELD)) << text;
  }
}

}  // namespace
}  // namespace steelyard::config_file
