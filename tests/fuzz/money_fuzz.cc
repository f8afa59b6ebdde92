#include <cstdint>
#include <limits>

#include "services/common/money/money.h"
#include "services/common/status/status.h"
#include "tests/fuzz/fuzz_input.h"

namespace steelyard {
namespace {

using fuzz::Require;

void CheckDivision(Int128 numerator, Int128 denominator) {
  const Int128 quotient = DivideHalfEven(numerator, denominator);
  // Both factors have at most 64 bits here, so that this cannot overflow.
  const Int128 twice_error = 2 * (numerator - quotient * denominator);
  Require(twice_error <= denominator && twice_error >= -denominator, "quotients are the nearest");
  const bool half = twice_error == denominator || twice_error == -denominator;
  Require(!half || quotient % 2 == 0, "halves go to even");
}

void CheckText(std::string_view text, const std::string& currency) {
  const auto money = ParseMoney(text, currency);
  if (!money.ok()) {
    Require(ReasonOf(money.status()) == common::v1::ERROR_REASON_INVALID_AMOUNT,
            "bad amounts have their reason");
    return;
  }
  Require(money->minor_units >= 0, "no sign was read");
  const auto printed = ParseMoney(ToDecimal(*money), currency);
  Require(printed.ok() && *printed == *money, "amounts print and parse");
  const auto back = FromProto(ToProto(*money));
  Require(back.ok() && *back == *money, "amounts cross the proto edge");
}

}  // namespace
}  // namespace steelyard

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  steelyard::fuzz::Input input(steelyard::fuzz::AsText(data, size));
  const auto& currencies = steelyard::Currencies();
  const std::string& currency = currencies[input.Byte() % currencies.size()];
  steelyard::CheckText(input.Rest(), currency);

  google::type::Money proto;
  proto.set_currency_code(currency);
  proto.set_units(input.Int64());
  proto.set_nanos(static_cast<int32_t>(input.Int64()));
  if (const auto money = steelyard::FromProto(proto); money.ok()) {
    const google::type::Money back = ToProto(*money);
    steelyard::fuzz::Require(back.units() == proto.units() && back.nanos() == proto.nanos(),
                             "checked amounts are the same again");
  }
  const int64_t numerator = input.Int64();
  const int64_t denominator = input.Int64() & std::numeric_limits<int64_t>::max();
  if (denominator > 0) {
    steelyard::CheckDivision(numerator, denominator);
  }
  return 0;
}
