#include "services/common/mapping/round_row.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/common/text/country.h"
#include "services/common/text/digest.h"
#include "services/common/text/fold.h"
#include "services/common/text/mojibake.h"
#include "services/common/text/strings.h"

namespace steelyard::mapping {
namespace {

constexpr size_t kLongestSlug = 100;
constexpr size_t kDigestDigits = 8;
constexpr size_t kLongestId = 128;
constexpr int kLongestName = 500;
constexpr int kLongestCategory = 200;

bool IsCompanyId(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '_' || c == '-';
  });
}

const std::map<std::string, std::string_view>& CountriesByName() {
  static const auto& countries = *new std::map<std::string, std::string_view>([] {
    std::map<std::string, std::string_view> by_name;
    for (const text::Country& country : text::Countries()) {
      by_name.emplace(text::Fold(country.name), country.alpha2);
    }
    return by_name;
  }());
  return countries;
}

}  // namespace

std::string SlugOf(std::string_view name) {
  const std::string folded = text::Fold(name);
  if (folded.empty()) return "";
  std::string slug;
  bool lost = false;
  for (const char c : folded) {
    if (absl::ascii_islower(c) || absl::ascii_isdigit(c)) {
      slug += c;
    } else if (c != ' ') {
      lost = true;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  if (!lost && slug.size() <= kLongestSlug) return slug;
  slug.resize(std::min(slug.size(), kLongestSlug - kDigestDigits - 1));
  return StrCat(slug, slug.empty() ? "" : "-", text::Sha256Hex(folded).substr(0, kDigestDigits));
}

std::optional<CompanyRow> ReadCompanyRow(Rows& rows) {
  CompanyRow company;
  const Cell name = rows.Get("company_name");
  company.name = rows.Text(name, kLongestName);
  if (std::optional<std::string> mended = text::MendMojibake(company.name)) {
    rows.Repair(name, StrCat("the text was decoded twice; read as \"", *mended, "\""));
    company.name = *std::move(mended);
  }
  const Cell id = rows.Get("company_id");
  if (id.text.empty()) {
    company.id = SlugOf(company.name);
    if (!company.id.empty()) return company;
    rows.Reject(rows.Has("company_name") ? name : id, "the row names no company");
    return std::nullopt;
  }
  company.id = rows.Id(id);
  if (IsCompanyId(company.id)) return company;
  rows.Reject(id,
              "is no id of a company: 1 to 128 lower-case letters, digits, '.', '_' or '-'; the "
              "mapping's idStyle may help");
  return std::nullopt;
}

RoundRow ReadRoundRow(Rows& rows, const PartialDate& latest) {
  RoundRow row{.rejected = true};
  Amount amount = rows.MoneyOf("amount");
  row.amount = std::move(amount.money);
  const Cell announced = rows.Get("announced");
  const ReadDate date = rows.Date(announced);
  if (!date.date) {
    rows.Reject(announced, announced.text.empty() ? "the row has no date" : date.fault);
    return row;
  }
  if (const std::string fault = EventFault(*date.date, latest); !fault.empty()) {
    rows.Reject(announced, fault);
    return row;
  }
  row.announced = *date.date;
  if (amount.out_of_range) {
    rows.Reject(amount.cell, amount.fault);
    return row;
  }
  std::optional<CompanyRow> company = ReadCompanyRow(rows);
  if (!company) return row;
  row.company = *std::move(company);
  if (!amount.fault.empty()) {
    rows.Clear(amount.cell, StrCat(amount.fault, "; taken as undisclosed"));
  }
  row.rejected = false;
  return row;
}

std::string EventFault(const PartialDate& date, const PartialDate& latest) {
  if (date.FirstDay() > latest) return StrCat("lies in the future: after ", latest.ToString());
  return std::string(ToStd(CheckEventDate(date).message()));
}

PartialDate LatestDay() {
  const absl::CivilDay day = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + 1;
  return {.year = static_cast<int>(day.year()), .month = day.month(), .day = day.day()};
}

Categories ReadCategories(Rows& rows) {
  Categories categories;
  const Cell cell = rows.Get("company_category");
  if (cell.text.empty()) return categories;
  categories.source = text::Truncate(rows.Translate(cell), kLongestCategory);
  const auto add = [](const auto& codes, std::vector<std::string>& to) {
    for (const std::string& code : codes) {
      if (std::find(to.begin(), to.end(), code) == to.end()) to.push_back(code);
    }
  };
  const std::string text = rows.Translate(cell);
  const std::string& separator = rows.mapping().category_separator();
  std::vector<std::string> parts = {text};
  if (!separator.empty()) parts = absl::StrSplit(text, separator);
  for (const std::string& part : parts) {
    const std::string_view category = TrimSpaces(part);
    if (category.empty()) continue;
    const common::v1::CategoryMeaning* meaning = rows.MeaningOf(category);
    if (meaning == nullptr) {
      rows.Unmapped(cell, category);
      continue;
    }
    add(meaning->layers(), categories.layers);
    add(meaning->sectors(), categories.sectors);
  }
  return categories;
}

std::string ReadCountry(Rows& rows) {
  const Cell cell = rows.Get("company_country");
  if (cell.text.empty()) return "";
  const std::string text = rows.Translate(cell);
  if (const text::Country* country = text::FindCountry(text); country != nullptr) {
    return std::string(country->alpha2);
  }
  const auto named = CountriesByName().find(text::Fold(text));
  if (named != CountriesByName().end()) return std::string(named->second);
  rows.Clear(cell, "is no ISO 3166-1 code, and no country's English name");
  rows.Unmapped(cell, text);
  return "";
}

}  // namespace steelyard::mapping
