#pragma once

// The mappings that come with Steelyard: the files of deploy/presets, compiled in.

#include <span>
#include <string>
#include <string_view>

namespace steelyard::mapping {

struct Preset {
  std::string_view name;  // the file's, without ".json"
  std::string_view json;
};

// All of them, by name bytewise.
std::span<const Preset> Presets();

}  // namespace steelyard::mapping
