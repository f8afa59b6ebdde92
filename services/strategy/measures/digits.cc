#include "services/strategy/measures/digits.h"

#include <array>
#include <charconv>
#include <cmath>

namespace steelyard::strategy {
namespace {

// Sign, 17 digits, point and exponent take 24.
constexpr size_t kMostCharacters = 32;

}  // namespace

std::string Digits(double number) {
  if (std::isnan(number)) return "nan";  // whatever its sign
  std::array<char, kMostCharacters> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end.ptr};
}

}  // namespace steelyard::strategy
