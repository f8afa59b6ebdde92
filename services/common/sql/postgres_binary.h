#pragma once

// Values in PostgreSQL's binary format: integers in network order, numbers of any length in digits
// of base 10000, dates in days from 2000.

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace steelyard::sql::postgres {

template <std::integral Integer>
Integer SwapBytes(Integer value) {
  static_assert(std::endian::native == std::endian::little);
  if constexpr (sizeof(Integer) == 2) {
    return static_cast<Integer>(__builtin_bswap16(static_cast<uint16_t>(value)));
  } else if constexpr (sizeof(Integer) == 4) {
    return static_cast<Integer>(__builtin_bswap32(static_cast<uint32_t>(value)));
  } else {
    static_assert(sizeof(Integer) == 8);
    return static_cast<Integer>(__builtin_bswap64(static_cast<uint64_t>(value)));
  }
}

// `bytes` has as many as the type.
template <std::integral Integer>
Integer ReadInteger(const char* bytes) {
  Integer value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return SwapBytes(value);
}

template <std::integral Integer>
void PutInteger(std::string* out, Integer value) {
  value = SwapBytes(value);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out->append(bytes, sizeof value);
}

// A NUMERIC as an integer; nothing when it has a fraction, does not fit or is not a number.
std::optional<int64_t> IntegerOfNumeric(std::string_view bytes);
std::string NumericOfInteger(int64_t value);

// A DATE, counted in days from 2000-01-01, as YYYY-MM-DD, and back; nothing for text that is not a
// day of that form.
std::string TextOfDate(int32_t days);
std::optional<int32_t> DateOfText(std::string_view text);

}  // namespace steelyard::sql::postgres
