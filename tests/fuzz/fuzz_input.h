#pragma once

// What all fuzzers share: taking values off the input, and invariants that stop the run.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace steelyard::fuzz {

inline std::string_view AsText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Takes bytes off the input; zeros when there are none left.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}
  uint8_t Byte() {
    if (rest_.empty()) {
      return 0;
    }
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  int64_t Int64() {
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i) {
      value = value << 8 | Byte();
    }
    return static_cast<int64_t>(value);
  }
  std::string_view Rest() const { return rest_; }

 private:
  std::string_view rest_;
};

inline void Require(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "invariant broken: %s\n", what);
    std::abort();
  }
}

}  // namespace steelyard::fuzz
