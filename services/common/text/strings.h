#pragma once

// Abseil as packaged has a string_view of its own, which std::string_view does not convert to.
// These bridge the two: views both ways, and StrCat, StrAppend and StrJoin that take
// std::string_view too.

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace steelyard {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

namespace internal {

template <typename T>
decltype(auto) Piece(const T& value) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return ToAbsl(value);
  } else {
    return (value);
  }
}

}  // namespace internal

// absl::StrCat.
template <typename... Pieces>
std::string StrCat(const Pieces&... pieces) {
  return absl::StrCat(internal::Piece(pieces)...);
}

// absl::StrAppend. No piece may be part of `*out`.
template <typename... Pieces>
void StrAppend(std::string* out, const Pieces&... pieces) {
  absl::StrAppend(out, internal::Piece(pieces)...);
}

// The parts with `separator` between them.
template <typename Range>
std::string StrJoin(const Range& parts, std::string_view separator) {
  std::string joined;
  bool first = true;
  for (const auto& part : parts) {
    if (!first) {
      joined += separator;
    }
    first = false;
    StrAppend(&joined, part);
  }
  return joined;
}

}  // namespace steelyard
