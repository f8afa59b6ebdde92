#pragma once

// Unambiguous texts of several parts: each with its length before it, so that no two lists of parts
// give the same text.

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/money/money.h"

namespace steelyard::funding {

class Frame {
 public:
  // Imports make several of them a row, so that it pays to write digits by hand.
  Frame() { text_.reserve(kUsualSize); }
  Frame& Add(std::string_view part) {
    Digits digits;
    text_ += digits.Of(part.size());
    text_ += ':';
    text_ += part;
    return *this;
  }
  Frame& Add(int64_t number) {
    Digits digits;
    return Add(digits.Of(number));
  }
  Frame& Add(const std::optional<Money>& money) {
    if (!money) return Add("");
    return Add(money->currency).Add(money->minor_units);
  }
  Frame& Add(const std::vector<std::string>& list) {
    Add(static_cast<int64_t>(list.size()));
    for (const std::string& item : list) Add(item);
    return *this;
  }
  std::string Take() { return std::move(text_); }

 private:
  static constexpr size_t kUsualSize = 256;

  class Digits {
   public:
    // Valid until the next call.
    template <typename Number>
    std::string_view Of(Number number) {
      const auto end = std::to_chars(text_.data(), text_.data() + text_.size(), number);
      return {text_.data(), static_cast<size_t>(end.ptr - text_.data())};
    }

   private:
    std::array<char, 20> text_{};
  };

  std::string text_;
};

// The parts of such a text, in order; what is damaged ends the list.
inline std::vector<std::string> PartsOf(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    size_t size = 0;
    size_t digits = 0;
    while (digits < text.size() && digits < 10 && text[digits] >= '0' && text[digits] <= '9') {
      size = size * 10 + static_cast<size_t>(text[digits] - '0');
      ++digits;
    }
    if (digits == 0 || digits >= text.size() || text[digits] != ':') return parts;
    text.remove_prefix(digits + 1);
    if (size > text.size()) return parts;
    parts.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return parts;
}

}  // namespace steelyard::funding
