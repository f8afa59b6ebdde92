#pragma once

// Debian's abseil is built for C++14: its absl::string_view is a type of its own, which a
// std::string_view does not turn into by itself.

#include <string_view>

#include "absl/strings/string_view.h"

namespace steelyard::text {

// The same characters for abseil's functions: absl::StrCat(View(name), ": ", ...).
constexpr absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }
// And back from their results.
constexpr std::string_view StdView(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace steelyard::text
