#include "gateway/cli/match_columns.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "services/common/status/status.h"
#include "services/common/text/country.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

// Words of headers, folded, that stand for a field; the first ones are the surest.
struct Heading {
  std::string_view field;
  std::string_view word;
};
constexpr auto kHeadings = std::to_array<Heading>({
    {"name", "name"},
    {"name", "company name"},
    {"name", "company"},
    {"name", "organization name"},
    {"name", "organisation name"},
    {"name", "organization"},
    {"name", "organisation"},
    {"name", "org name"},
    {"name", "legal name"},
    {"name", "firm"},
    {"name", "startup name"},
    {"name", "startup"},
    {"name", "entreprise"},
    {"name", "societe"},
    {"name", "nom"},
    {"name", "firma"},
    {"name", "unternehmen"},
    {"country", "country"},
    {"country", "country code"},
    {"country", "hq country"},
    {"country", "company country code"},
    {"country", "pays"},
    {"country", "land"},
    {"city", "city"},
    {"city", "hq city"},
    {"city", "company city"},
    {"city", "ville"},
    {"city", "stadt"},
    {"website", "website"},
    {"website", "domain"},
    {"website", "homepage"},
    {"website", "homepage url"},
    {"website", "url"},
    {"founded", "founded"},
    {"founded", "founded year"},
    {"founded", "founded on"},
    {"founded", "founded at"},
    {"lei", "lei"},
    {"wikidata", "wikidata"},
    {"isin", "isin"},
    {"cik", "cik"},
    {"crunchbase", "crunchbase"},
    {"github", "github"},
});

constexpr auto kPlain =
    std::to_array<std::string_view>({"name", "country", "city", "website", "founded"});

bool IsPlain(std::string_view field) {
  return std::find(kPlain.begin(), kPlain.end(), field) != kPlain.end();
}

absl::Status Wrong(std::string_view problem) {
  FieldErrors errors;
  errors.Add("--column", problem);
  return errors.ToStatus();
}

bool IsScheme(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
  });
}

// The year that a date starts with; 0 for none.
int YearOf(std::string_view text) {
  int year = 0;
  return text.size() >= 4 && absl::SimpleAtoi(ToAbsl(text.substr(0, 4)), &year) ? year : 0;
}

}  // namespace

std::string CountryCode(std::string_view text) {
  if (const text::Country* country = text::FindCountry(text)) return std::string(country->alpha2);
  const std::string folded = text::Fold(text);
  for (const text::Country& country : text::Countries()) {
    if (text::Fold(country.name) == folded) return std::string(country.alpha2);
  }
  return "";
}

absl::StatusOr<MatchColumns> MatchColumns::Of(const std::vector<std::string>& header,
                                              const std::vector<std::string>& given) {
  MatchColumns columns;
  columns.header_ = header;
  for (const std::string& pair : given) {
    const size_t equals = pair.find('=');
    const std::string field = pair.substr(0, equals);
    if (equals == std::string::npos || !(IsPlain(field) || IsScheme(field))) {
      return Wrong(StrCat("\"", pair, "\" is not field=column, with a field of ",
                          StrJoin(kPlain, ", "), " or a scheme of identifiers such as lei"));
    }
    const auto found = std::find(header.begin(), header.end(), pair.substr(equals + 1));
    if (found == header.end()) {
      return Wrong(StrCat("the file has no column \"", pair.substr(equals + 1),
                          "\"; it has: ", StrJoin(header, ", ")));
    }
    columns.column_[field] = static_cast<size_t>(found - header.begin());
  }
  for (const Heading& heading : kHeadings) {
    const auto found = std::find_if(header.begin(), header.end(), [&](const std::string& column) {
      return text::Fold(column) == heading.word;
    });
    if (found != header.end()) {
      columns.column_.emplace(heading.field, static_cast<size_t>(found - header.begin()));
    }
  }
  const bool tells =
      std::any_of(columns.column_.begin(), columns.column_.end(), [](const auto& entry) {
        return entry.first == "name" || entry.first == "website" || !IsPlain(entry.first);
      });
  if (!tells) {
    return Wrong(StrCat("no column looks like a name; say which one is: --column name=COLUMN, of: ",
                        StrJoin(header, ", ")));
  }
  return columns;
}

std::string MatchColumns::Describe() const {
  std::vector<std::string> parts;
  for (const auto& [field, column] : column_) {
    parts.push_back(StrCat(field, " in \"", header_[column], "\""));
  }
  return StrJoin(parts, ", ");
}

std::string_view MatchColumns::At(const std::vector<std::string>& fields,
                                  std::string_view field) const {
  const auto found = column_.find(field);
  if (found == column_.end() || found->second >= fields.size()) return "";
  return ToStd(absl::StripAsciiWhitespace(fields[found->second]));
}

registry::v1::MatchQuery MatchColumns::QueryOf(const std::vector<std::string>& fields,
                                               std::vector<std::string>& notes) const {
  registry::v1::MatchQuery query;
  query.set_name(std::string(At(fields, "name")));
  query.set_city(std::string(At(fields, "city")));
  query.set_website(std::string(At(fields, "website")));
  query.set_founded_year(YearOf(At(fields, "founded")));
  if (const std::string_view country = At(fields, "country"); !country.empty()) {
    query.set_country(CountryCode(country));
    if (query.country().empty()) notes.push_back(StrCat("\"", country, "\" is no country"));
  }
  for (const auto& [field, column] : column_) {
    if (IsPlain(field)) continue;
    const std::string_view value = At(fields, field);
    if (value.empty()) continue;
    registry::v1::Identifier& identifier = *query.add_identifiers();
    identifier.set_scheme(field);
    identifier.set_value(std::string(value));
  }
  return query;
}

}  // namespace steelyard::cli
