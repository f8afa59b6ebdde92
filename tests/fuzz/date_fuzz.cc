#include <cstdint>

#include "services/common/status/status.h"
#include "services/common/time/date.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using steelyard::fuzz::Require;
  const std::string_view text = steelyard::fuzz::AsText(data, size);
  const auto date = steelyard::ParseDate(text);
  if (date.ok()) {
    Require(date->ToString() == text, "dates print as they were read");
    Require(date->FirstDay() <= date->LastDay(), "a date's days are in order");
    Require(steelyard::PartialDate::FromDays(date->ToDays()) == date->FirstDay(),
            "days count back to the date");
    const auto back = steelyard::FromProto(ToProto(*date));
    Require(back.ok() && *back == *date, "dates cross the proto edge");
  } else {
    Require(steelyard::ReasonOf(date.status()) == steelyard::common::v1::ERROR_REASON_INVALID_DATE,
            "bad dates have their reason");
  }

  steelyard::fuzz::Input input(text);
  google::type::Date proto;
  proto.set_year(static_cast<int32_t>(input.Int64()));
  proto.set_month(static_cast<int8_t>(input.Byte()));
  proto.set_day(static_cast<int8_t>(input.Byte()));
  if (const auto checked = steelyard::FromProto(proto); checked.ok()) {
    const auto printed = steelyard::ParseDate(checked->ToString());
    Require(printed.ok() && *printed == *checked, "checked dates print and parse");
  }
  return 0;
}
