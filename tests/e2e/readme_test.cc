// The README's calls give the README's output. A block that starts with "$ build/bin/steelyard " is
// run against a suite with nothing but the built-in data; STEELYARD_UPDATE_GOLDEN=1 writes what
// came into the README.

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard {
namespace {

constexpr char kFence[] = "```";
constexpr char kPrompt[] = "$ build/bin/steelyard ";

// Tokens hold the data set's random id and times differ; all else must be equal.
std::string WithoutTokens(const std::string& text) {
  const std::regex token("sy1\\.[0-9a-f]{8}\\.f[0-9]+\\.r[0-9]+\\.m1\\.[0-9a-f]{8}");
  const std::regex time("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z");
  return std::regex_replace(std::regex_replace(text, token, "TOKEN"), time, "TIME");
}

// Runs one prompt line as a shell would, in the source directory's terms.
std::string OutputOf(const std::string& prompt, const std::string& target) {
  const std::string words = prompt.substr(sizeof(kPrompt) - 1);
  const testing::Finished finished =
      testing::Run({"/bin/sh", "-c", "exec \"$0\" " + words, testing::Binary("steelyard")},
                   {"STEELYARD_TARGET=" + target});
  EXPECT_EQ(finished.exit_code, 0) << prompt << "\n" << finished.err;
  return finished.out;
}

TEST(ReadmeTest, EveryCallGivesTheOutputShown) {
  const testing::TempDir data;
  const testing::ServerProcess suite = testing::StartServer(
      "steelyard-allinone", {"--listen", "127.0.0.1:0", "--data", data.path()});
  const std::string path = testing::SourceFile("README.md");
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  const std::vector<std::string> lines = absl::StrSplit(content.str(), '\n');

  std::vector<std::string> updated;
  int calls = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    updated.push_back(lines[i]);
    if (lines[i].rfind(kPrompt, 0) != 0) continue;
    ++calls;
    std::string shown;
    size_t end = i + 1;
    while (end < lines.size() && lines[end] != kFence) shown += lines[end++] + "\n";
    const std::string printed = OutputOf(lines[i], suite.address);
    EXPECT_EQ(WithoutTokens(printed), WithoutTokens(shown)) << lines[i];
    std::vector<std::string> fresh = absl::StrSplit(printed, '\n');
    fresh.pop_back();
    updated.insert(updated.end(), fresh.begin(), fresh.end());
    i = end - 1;
  }
  EXPECT_GE(calls, 3);
  if (std::getenv("STEELYARD_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << absl::StrJoin(updated, "\n");
  }
}

}  // namespace
}  // namespace steelyard
