#include "services/common/mapping/codes.h"

#include "google/protobuf/descriptor.h"
#include "services/common/money/currencies.h"
#include "services/common/text/strings.h"
#include "steelyard/common/v1/definition.pb.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::mapping {
namespace {

// The values of an enum without their prefix; its first, which is never stored, is none of them.
std::string EnumFault(const google::protobuf::EnumDescriptor& values, std::string_view prefix,
                      std::string_view what, std::string_view value) {
  const auto* found = values.FindValueByName(StrCat(prefix, value));
  if (found != nullptr && found->number() != 0) return "";
  std::string names;
  for (int i = 1; i < values.value_count(); ++i) {
    StrAppend(&names, names.empty() ? "" : ", ", values.value(i)->name().substr(prefix.size()));
  }
  return StrCat("\"", value, "\" is no ", what, "; there are ", names);
}

bool IsUnit(std::string_view unit) {
  return unit == "1" || unit == "percent" || unit == "index" || unit == "count" ||
         CurrencyDigits(unit).has_value();
}

}  // namespace

std::string CodeFault(std::string_view field, std::string_view value) {
  if (field == "stage") {
    return EnumFault(*funding::v1::Stage_descriptor(), "STAGE_", "stage", value);
  }
  if (field == "kind") {
    return EnumFault(*common::v1::AmountKind_descriptor(), "AMOUNT_KIND_", "kind of money", value);
  }
  if (field == "unit" && !IsUnit(value)) {
    return "must be an ISO 4217 code, \"1\", \"percent\", \"index\" or \"count\"";
  }
  return "";
}

}  // namespace steelyard::mapping
