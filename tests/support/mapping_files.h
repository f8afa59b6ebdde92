#pragma once

// Mappings and real files for tests.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/common/mapping/mapping.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

inline std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// The path of a file below STEELYARD_TEST_DATA; empty when it is not there.
inline std::string RealFile(const std::string& name) {
  const char* data = std::getenv("STEELYARD_TEST_DATA");
  const std::string path = (data == nullptr ? "" : std::string(data)) + "/" + name;
  return data != nullptr && std::filesystem::exists(path) ? path : "";
}

// A mapping that must be right.
inline std::shared_ptr<const mapping::Loaded> MappingOf(const std::string& json) {
  auto loaded = mapping::Parse(json);
  EXPECT_OK(loaded);
  return loaded.ok() ? *loaded : nullptr;
}
inline std::shared_ptr<const mapping::Loaded> PresetOf(const std::string& name) {
  auto loaded = mapping::FindPreset(name);
  EXPECT_OK(loaded);
  return loaded.ok() ? *loaded : nullptr;
}
// One of deploy/presets/examples.
inline std::shared_ptr<const mapping::Loaded> ExampleOf(const std::string& name) {
  return MappingOf(
      BytesOf(std::string(STEELYARD_SOURCE_DIR) + "/deploy/presets/examples/" + name + ".json"));
}

}  // namespace steelyard::testing
