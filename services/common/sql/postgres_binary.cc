#include "services/common/sql/postgres_binary.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "services/common/text/strings.h"

namespace steelyard::sql::postgres {
namespace {

constexpr int kBase = 10'000;
constexpr int kHeaderFields = 4;  // count of digits, weight of the first one, sign, scale
constexpr uint16_t kPositive = 0x0000;
constexpr uint16_t kNegative = 0x4000;
const absl::CivilDay kDayZero(2000, 1, 1);

int16_t Field(std::string_view bytes, int index) {
  return ReadInteger<int16_t>(bytes.data() + 2 * index);
}

// Adds a digit at the end; false when it does not fit.
bool AddDigit(uint64_t* number, int digit) {
  return !__builtin_mul_overflow(*number, static_cast<uint64_t>(kBase), number) &&
         !__builtin_add_overflow(*number, static_cast<uint64_t>(digit), number);
}

}  // namespace

std::optional<int64_t> IntegerOfNumeric(std::string_view bytes) {
  if (bytes.size() < 2 * kHeaderFields) return std::nullopt;
  const int count = Field(bytes, 0);
  const int weight = Field(bytes, 1);
  const auto sign = static_cast<uint16_t>(Field(bytes, 2));
  if (sign != kPositive && sign != kNegative) return std::nullopt;
  if (count < 0 || bytes.size() != 2 * static_cast<size_t>(kHeaderFields + count)) {
    return std::nullopt;
  }
  uint64_t number = 0;
  for (int i = 0; i < std::max(count, weight + 1); ++i) {
    const int digit = i < count ? Field(bytes, kHeaderFields + i) : 0;
    // The weight tells how many digits stand before the point; what is behind it must be zero.
    if (i > weight ? digit != 0 : count > 0 && !AddDigit(&number, digit)) return std::nullopt;
  }
  const uint64_t most = static_cast<uint64_t>(INT64_MAX) + (sign == kNegative ? 1 : 0);
  if (number > most) return std::nullopt;
  return static_cast<int64_t>(sign == kNegative ? 0 - number : number);
}

std::string NumericOfInteger(int64_t value) {
  const bool negative = value < 0;
  uint64_t rest = negative ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::vector<int16_t> digits;
  for (; rest > 0; rest /= kBase) digits.push_back(static_cast<int16_t>(rest % kBase));
  std::reverse(digits.begin(), digits.end());
  std::string bytes;
  PutInteger(&bytes, static_cast<int16_t>(digits.size()));
  PutInteger(&bytes, static_cast<int16_t>(digits.empty() ? 0 : digits.size() - 1));
  PutInteger(&bytes, negative ? kNegative : kPositive);
  PutInteger(&bytes, int16_t{0});
  for (const int16_t digit : digits) PutInteger(&bytes, digit);
  return bytes;
}

std::string TextOfDate(int32_t days) {
  // The two ends of the range stand for no day at all.
  if (days == INT32_MAX) return "infinity";
  if (days == INT32_MIN) return "-infinity";
  const absl::CivilDay day = kDayZero + days;
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::optional<int32_t> DateOfText(std::string_view text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(ToAbsl(text), &day)) return std::nullopt;
  return static_cast<int32_t>(day - kDayZero);
}

}  // namespace steelyard::sql::postgres
