#include "services/funding/reference/rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "services/common/money/money.h"
#include "services/common/text/country.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

constexpr size_t kMostVariableLength = 100;
constexpr size_t kMostCodeLength = 64;
constexpr size_t kMostScopeLength = 200;
constexpr size_t kMostNoteLength = 2000;

// Codes of other agencies and former codes that data files still hold.
constexpr std::pair<std::string_view, std::string_view> kOtherCountryCodes[] = {
    {"EL", "GR"}, {"KSV", "XK"}, {"ROM", "RO"}, {"TMP", "TL"}, {"UK", "GB"}, {"ZAR", "CD"},
};

bool IsLower(char c) { return absl::ascii_islower(static_cast<unsigned char>(c)); }
bool IsUpper(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

bool IsPlainText(std::string_view text, size_t most) {
  return text.size() <= most && text::IsUtf8(text) &&
         std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return absl::ascii_iscntrl(c); });
}

bool IsRegionCode(std::string_view text) {
  if (text.size() == 2) {
    return text::IsCountry(text);
  }
  return text == kWorld || IsRegionSetId(text);
}

bool IsPriceBasis(std::string_view basis) {
  constexpr std::string_view kConstant = "constant_";
  return basis.empty() || basis == "nominal" ||
         (basis.starts_with(kConstant) && basis.size() == kConstant.size() + 4 &&
          std::all_of(basis.begin() + kConstant.size(), basis.end(), IsDigit));
}

}  // namespace

std::vector<Problem> ProblemsOf(const PublishedValue& value) {
  std::vector<Problem> problems;
  const auto require = [&](bool holds, std::string_view field, std::string_view text,
                           std::string_view reason,
                           common::v1::ErrorReason code = common::v1::ERROR_REASON_INVALID_FIELD) {
    if (!holds) {
      problems.push_back({std::string(field), std::string(text), std::string(reason), code});
    }
  };
  require(IsReferenceId(value.id, kMostIdLength, true), "id", value.id,
          "must be 1 to 200 letters, digits, '.', '_' or '-'");
  require(IsVariable(value.variable), "variable", value.variable,
          "must be 1 to 100 lower-case letters, digits or '_'");
  require(IsRegionCode(value.region), "region", value.region,
          "must be an ISO 3166-1 code, or a code of upper-case letters, digits and '_'",
          common::v1::ERROR_REASON_UNKNOWN_REGION);
  require(ParsePeriod(value.period).ok(), "period", value.period,
          "must be a year, quarter or month: \"2025\", \"2025-Q1\" or \"2025-04\"",
          common::v1::ERROR_REASON_INVALID_DATE);
  require(ParseValue(value.value).ok(), "value", value.value,
          "must be a decimal number of at most 18 digits before and 12 after the '.'");
  require(IsUnit(value.facet.unit), "unit", value.facet.unit,
          "must be an ISO 4217 code, \"1\", \"percent\", \"index\" or \"count\"",
          common::v1::ERROR_REASON_UNKNOWN_CURRENCY);
  require(IsPriceBasis(value.facet.price_basis), "price_basis", value.facet.price_basis,
          "must be empty, \"nominal\" or \"constant_\" and a year");
  require(common::v1::Qualifier_IsValid(value.qualifier), "qualifier", StrCat(value.qualifier),
          "must be EXACT, APPROX, AT_LEAST, GREATER_THAN, AT_MOST or LESS_THAN");
  require(IsPlainText(value.facet.scope, kMostScopeLength), "scope", value.facet.scope,
          "must be at most 200 bytes of text on one line");
  require(IsSourceId(value.facet.source), "source", value.facet.source,
          "must be 1 to 64 lower-case letters, digits, '.', '_' or '-'");
  require(IsNote(value.note), "note", value.note, "must be at most 2000 bytes of text on one line");
  require(!value.vintage.has_value() || CheckEventDate(*value.vintage).ok(), "vintage",
          value.vintage.value_or(PartialDate{}).ToString(),
          StrCat("must be a date from ", kFirstEventYear, " to ", kLastEventYear),
          common::v1::ERROR_REASON_INVALID_DATE);
  require(value.scale >= 0 && value.scale <= kMostScale, "scale", StrCat(value.scale),
          "must be a power of ten in [0, 15]");
  return problems;
}

std::string CountryOf(std::string_view code) {
  const std::string upper = absl::AsciiStrToUpper(ToAbsl(code));
  for (const auto& [other, alpha2] : kOtherCountryCodes) {
    if (other == upper) {
      return std::string(alpha2);
    }
  }
  const text::Country* country = text::FindCountry(upper);
  return country == nullptr ? std::string() : std::string(country->alpha2);
}

std::string NormalRegion(std::string_view region) {
  std::string country = CountryOf(region);
  return country.empty() ? absl::AsciiStrToUpper(ToAbsl(region)) : country;
}

bool IsNote(std::string_view text) { return IsPlainText(text, kMostNoteLength); }

bool IsVariable(std::string_view text) {
  return !text.empty() && text.size() <= kMostVariableLength &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLower(c) || IsDigit(c) || c == '_'; });
}

bool IsUnit(std::string_view unit) {
  return unit == "1" || unit == "percent" || unit == "index" || unit == "count" ||
         MinorDigits(unit).ok();
}

bool IsSourceId(std::string_view text) { return IsReferenceId(text, kMostCodeLength, false); }

bool IsReferenceId(std::string_view text, size_t most, bool upper) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [&](char c) {
    return IsLower(c) || IsDigit(c) || (upper && IsUpper(c)) || c == '.' || c == '_' || c == '-';
  });
}

bool IsRegionSetId(std::string_view text) {
  return !text.empty() && text.size() <= kMostCodeLength && text != kWorld &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsUpper(c) || IsDigit(c) || c == '_'; });
}

}  // namespace steelyard::funding
