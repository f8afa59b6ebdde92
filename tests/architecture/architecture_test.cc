// The rules about which directory may know which, read from the sources' own #include lines.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Source {
  std::string path;  // from the root
  int lines = 0;
  std::vector<std::string> includes;
};

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// The file that an #include line names; empty for other lines.
std::string IncludeOf(const std::string& line) {
  const size_t hash = line.find_first_not_of(" \t");
  if (hash == std::string::npos || line[hash] != '#') {
    return "";
  }
  const size_t word = line.find("include", hash);
  const size_t open = word == std::string::npos ? word : line.find_first_of("\"<", word);
  const size_t close = open == std::string::npos ? open : line.find_first_of("\">", open + 1);
  return close == std::string::npos ? "" : line.substr(open + 1, close - open - 1);
}

Source ReadSource(const fs::path& file, const std::string& path) {
  Source source = {path, 0, {}};
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line); ++source.lines) {
    if (std::string include = IncludeOf(line); !include.empty()) {
      source.includes.push_back(std::move(include));
    }
  }
  return source;
}

const std::vector<Source>& Sources() {
  static const auto& sources = *[] {
    auto* all = new std::vector<Source>();
    const fs::path root = STEELYARD_SOURCE_DIR;
    for (const char* top : {"services", "gateway", "tests"}) {
      for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".cc" || extension == ".h") {
          all->push_back(ReadSource(entry.path(), entry.path().lexically_relative(root).string()));
        }
      }
    }
    return all;
  }();
  return sources;
}

// "services/funding" of "services/funding/reference/regions.h", "gateway" of "gateway/main.cc",
// nothing for what is not ours.
std::string OwnerOf(std::string_view path) {
  if (StartsWith(path, "gateway/")) {
    return "gateway";
  }
  if (!StartsWith(path, "services/")) {
    return "";
  }
  return std::string(path.substr(0, path.find('/', std::string_view("services/").size())));
}

// What code of `owner` may include of ours, beside its own directory and services/common.
std::set<std::string> AllowedFor(const std::string& owner) {
  if (owner == "services/allinone") {
    return {"services/registry", "services/funding", "services/strategy", "gateway"};
  }
  return {};
}

TEST(Architecture, ThereIsSomethingToCheck) {
  for (const std::string path : {"services/common/status/status.cc", "services/funding/main.cc",
                                 "gateway/main.cc", "tests/architecture/architecture_test.cc"}) {
    EXPECT_TRUE(std::any_of(Sources().begin(), Sources().end(), [&path](const Source& source) {
      return source.path == path;
    })) << path;
  }
  EXPECT_EQ(IncludeOf("#include \"a/b.h\""), "a/b.h");
  EXPECT_EQ(IncludeOf("  #  include <vector>  // x"), "vector");
  EXPECT_EQ(IncludeOf("// #include \"a/b.h\""), "");
  EXPECT_EQ(OwnerOf("services/funding/reference/regions.h"), "services/funding");
}

TEST(Architecture, EveryDirectoryIncludesOnlyWhatItMay) {
  std::vector<std::string> violations;
  for (const Source& source : Sources()) {
    const std::string owner = OwnerOf(source.path);
    if (owner.empty()) {
      continue;  // tests may look at everything
    }
    const std::set<std::string> allowed = AllowedFor(owner);
    for (const std::string& include : source.includes) {
      const std::string used = OwnerOf(include);
      const bool fine =
          used.empty() || used == owner || used == "services/common" || allowed.count(used) > 0;
      if (!fine || StartsWith(include, "tests/") || StartsWith(include, "../")) {
        violations.push_back(source.path + " includes " + include);
      }
    }
  }
  EXPECT_THAT(violations, IsEmpty());
}

std::vector<std::string> FilesThatInclude(const std::function<bool(const std::string&)>& matches) {
  std::vector<std::string> files;
  for (const Source& source : Sources()) {
    if (std::any_of(source.includes.begin(), source.includes.end(), matches)) {
      files.push_back(source.path);
    }
  }
  return files;
}

TEST(Architecture, OneFileIncludesEachEngine) {
  for (const std::string engine : {"duckdb.h", "libpq-fe.h"}) {
    const auto files = FilesThatInclude([&engine](const std::string& include) {
      const fs::path name = fs::path(include).filename();
      return name == engine || name == engine + "pp";
    });
    ASSERT_THAT(files, SizeIs(1)) << engine;
    EXPECT_EQ(fs::path(files.front()).parent_path(), "services/common/sql");
  }
}

TEST(Architecture, EveryTestStandsWhereItsSubjectStands) {
  const fs::path root = STEELYARD_SOURCE_DIR;
  std::vector<std::string> homeless;
  for (const Source& source : Sources()) {
    const bool mirrors =
        StartsWith(source.path, "tests/services/") || StartsWith(source.path, "tests/gateway/");
    constexpr std::string_view kSuffix = "_test.cc";
    if (!mirrors || source.path.size() < kSuffix.size() ||
        source.path.substr(source.path.size() - kSuffix.size()) != kSuffix) {
      continue;
    }
    const size_t first = std::string_view("tests/").size();
    const std::string subject =
        source.path.substr(first, source.path.size() - first - kSuffix.size());
    if (!fs::exists(root / (subject + ".h")) && !fs::exists(root / (subject + ".cc"))) {
      homeless.push_back(source.path);
    }
  }
  EXPECT_THAT(homeless, IsEmpty());
}

TEST(Architecture, NoSourceIsLongerThan400Lines) {
  std::vector<std::string> longer;
  for (const Source& source : Sources()) {
    if (source.lines > 400) {
      longer.push_back(source.path + ": " + std::to_string(source.lines));
    }
  }
  EXPECT_THAT(longer, IsEmpty());
}

TEST(Architecture, HeadersAreGuardedOnce) {
  std::vector<std::string> bare;
  for (const Source& source : Sources()) {
    if (fs::path(source.path).extension() != ".h") {
      continue;
    }
    std::ifstream stream(fs::path(STEELYARD_SOURCE_DIR) / source.path);
    std::string first;
    std::getline(stream, first);
    if (first != "#pragma once") {
      bare.push_back(source.path);
    }
  }
  EXPECT_THAT(bare, IsEmpty());
}

}  // namespace
}  // namespace steelyard
