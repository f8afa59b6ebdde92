// The configurations that are shipped are valid, and a wrong one is refused with its place.

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/subprocess.h"
#include "tests/support/temp_dir.h"

namespace steelyard {
namespace {

using ::testing::HasSubstr;

TEST(DeployConfigTest, EveryShippedConfigurationIsValid) {
  for (const auto& [service, file] :
       std::vector<std::pair<std::string, std::string>>{{"registry", "registry"},
                                                        {"registry", "registry-postgres"},
                                                        {"funding", "funding"},
                                                        {"funding", "funding-postgres"},
                                                        {"strategy", "strategy"},
                                                        {"gateway", "gateway"}}) {
    const testing::Finished finished =
        testing::Run({testing::Binary("steelyard-" + service), "--check", "--config",
                      testing::SourceFile("deploy/config/" + file + ".json")});
    EXPECT_EQ(finished.exit_code, 0) << file << finished.err;
  }
}

TEST(DeployConfigTest, AWrongConfigurationNamesFileAndField) {
  const testing::TempDir directory;
  const std::string path = directory.path() + "/wrong.json";
  for (const auto& [json, names] : std::vector<std::pair<std::string, std::string>>{
           {R"({"lisen": "127.0.0.1:0"})", "lisen"},
           {R"({"listen": "127.0.0.1:99999"})", "listen"},
           {R"({"limits": {"queue": -1}})", "queue"},
           {R"({"listen": )", "wrong.json"},
       }) {
    std::ofstream(path) << json;
    const testing::Finished finished =
        testing::Run({testing::Binary("steelyard-gateway"), "--check", "--config", path});
    EXPECT_EQ(finished.exit_code, 2) << json;
    EXPECT_THAT(finished.err, HasSubstr(names)) << json;
  }
}

}  // namespace
}  // namespace steelyard
