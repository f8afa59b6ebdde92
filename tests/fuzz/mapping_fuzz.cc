// Mappings as JSON, and what they make of numbers and dates: the input up to the first NUL is a
// mapping, the rest a cell.

#include <cstdint>

#include "services/common/mapping/date_format.h"
#include "services/common/mapping/mapping.h"
#include "services/common/mapping/number_format.h"
#include "services/common/mapping/round_row.h"
#include "services/common/status/status.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using steelyard::fuzz::Require;

bool IsPlainDecimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t point = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return digits(text.substr(0, point)) &&
         (point == std::string_view::npos || digits(text.substr(point + 1)));
}

void ReadCell(const steelyard::common::v1::Mapping& mapping, std::string_view cell) {
  const auto number = steelyard::mapping::NumberFormat(mapping.numbers()).Read(cell, 0);
  Require(number.fault.empty() == !number.decimal.empty(), "a number or its fault");
  if (number.fault.empty()) {
    Require(IsPlainDecimal(number.decimal), "numbers are plain decimals");
    bool rounded = false;
    const std::string once = steelyard::mapping::RoundDecimal(number.decimal, 2, rounded);
    Require(IsPlainDecimal(once), "rounded numbers are plain decimals");
    Require(steelyard::mapping::RoundDecimal(once, 2, rounded) == once, "rounding ends");
  }
  const auto date = steelyard::mapping::DateFormat(mapping.dates()).Read(cell);
  Require(date.date.has_value() == date.fault.empty(), "a date or its fault");
  const std::string slug = steelyard::mapping::SlugOf(cell);
  Require(slug.size() <= 100, "slugs are bounded");
  Require(slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos,
          "slugs are ids");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = steelyard::fuzz::AsText(data, size);
  const size_t end = text.find('\0');
  const auto loaded = steelyard::mapping::Parse(text.substr(0, end));
  const std::string_view cell = end == std::string_view::npos ? text : text.substr(end + 1);
  if (!loaded.ok()) {
    Require(steelyard::ReasonOf(loaded.status()) ==
                steelyard::common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID,
            "bad mappings have their reason");
    ReadCell({}, cell);
    return 0;
  }
  ReadCell((*loaded)->mapping, cell);
  return 0;
}
