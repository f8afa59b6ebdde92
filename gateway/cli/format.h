#pragma once

// Figures, money and dates as people read them. Exact values are in --json.

#include <cstdint>
#include <string>
#include <string_view>

#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "steelyard/common/v1/figure.pb.h"

namespace steelyard::cli {

// "1,234,567".
std::string Grouped(int64_t number);
// Four significant digits with a short scale, without the currency: "119.0 bn", "23.50 m", "950".
std::string ShortAmount(const google::type::Money& money);
// Likewise of a plain number of major units; "any amount" when it is infinite.
std::string ShortAmount(double amount);
// ShortAmount and the currency: "119.0 bn USD".
std::string ShortMoney(const google::type::Money& money);
// In [0,1] as a percentage with one decimal: "12.3 %".
std::string Percent(double share);
// With the digits that its size deserves: "12.28", "0.0123".
std::string Number(double number);
// "2025", "2025-09" or "2025-09-09"; "" for an unset date.
std::string Date(const google::type::Date& date);

// "~", ">", "<", ">=" or "<=" before a value that its source did not print as exact; else "".
const char* SignOf(common::v1::Qualifier qualifier);
// A figure by its value: money short and without its currency (the table's heading has it), counts
// grouped, numbers by Number. "-" unless its status is OK. SignOf its qualifier stands before it.
std::string Show(const common::v1::Figure& figure);
// Show, and the bounds of a figure of money that has an interval: "12.30 bn (10.10 bn to 20.05
// bn)".
std::string ShowWithBounds(const common::v1::Figure& figure);
// Show, a number in [0,1] as a percentage.
std::string ShowShare(const common::v1::Figure& figure);

// "FOUNDATION_MODEL" as "foundation model"; "" as "unclassified".
std::string Words(std::string_view code);

}  // namespace steelyard::cli
