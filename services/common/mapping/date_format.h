#pragma once

// Dates as sources write them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/time/date.h"
#include "steelyard/common/v1/mapping.pb.h"

namespace steelyard::mapping {

// One way of writing dates, such as "DD/MM/YYYY". See mapping.proto for what it may hold.
class DatePattern {
 public:
  // What is wrong with the text of a pattern; empty when nothing is.
  static std::string Fault(std::string_view pattern);
  // Of a pattern without a fault.
  explicit DatePattern(std::string_view pattern);

  // The parts that the text has, which may be no date of the calendar; nullopt when it is written
  // otherwise.
  std::optional<PartialDate> Match(std::string_view text) const;
  const std::string& text() const { return text_; }

 private:
  struct Token {
    enum class Kind { kYear, kMonth, kMonthName, kDay, kRest, kLiteral };
    Kind kind = Kind::kLiteral;
    size_t least = 0;  // digits, or letters of the name's short form
    size_t most = 0;
    char literal = 0;
  };
  static std::vector<Token> Split(std::string_view pattern);

  std::string text_;
  std::vector<Token> tokens_;
};

// A date that was read, or why it is none.
struct ReadDate {
  std::optional<PartialDate> date;
  std::string fault;
};

// Thread-safe.
class DateFormat {
 public:
  // Of a checked mapping.
  explicit DateFormat(const common::v1::DateFormat& format);

  // Reads a text by the first pattern that gives a date of the calendar, not before the earliest
  // year.
  ReadDate Read(std::string_view text) const;

 private:
  std::vector<DatePattern> patterns_;
  int earliest_year_;
  bool january_first_is_year_;
};

}  // namespace steelyard::mapping
