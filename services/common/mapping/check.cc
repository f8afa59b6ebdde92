// What may stand in a mapping. Every fault is told, with its place.

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "services/common/mapping/codes.h"
#include "services/common/mapping/date_format.h"
#include "services/common/mapping/fields.h"
#include "services/common/mapping/mapping.h"
#include "services/common/money/currencies.h"
#include "services/common/text/country.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/common/time/date.h"

namespace steelyard::mapping {
namespace {

constexpr int kMostFields = 200;
constexpr int kMostTokens = 100;
constexpr int kMostFormats = 20;
constexpr int kMostMeanings = 10'000;
constexpr int kMostSkippedLines = 1000;
constexpr int kMostDepth = 3;
constexpr int kMostTitle = 200;

template <typename Range>
bool IsOneOf(std::string_view text, const Range& allowed) {
  return std::find(std::begin(allowed), std::end(allowed), text) != std::end(allowed);
}

// One character of ASCII, printing.
bool IsMark(std::string_view text) { return text.size() == 1 && absl::ascii_isprint(text[0]); }

class Checker {
 public:
  Checker(const Mapping& mapping, FieldErrors& errors) : mapping_(mapping), errors_(errors) {}

  void Run() {
    const bool known = !FieldsOf(mapping_.kind()).empty();
    Require(known, "kind", "must be rounds, companies, statistics or rates");
    Require(text::Truncate(mapping_.title(), kMostTitle).size() == mapping_.title().size(), "title",
            StrCat("must have at most ", kMostTitle, " characters"));
    CheckFile();
    CheckNumbers();
    CheckDates();
    AtMost("nullTokens", mapping_.null_tokens_size(), kMostTokens);
    if (known) CheckFields();
    CheckExclusions();
    CheckWide();
    CheckCategories();
    if (known) CheckWhole();
  }

 private:
  void Add(std::string_view place, std::string_view fault) {
    errors_.Add(place, fault, common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID);
  }
  void Require(bool holds, std::string_view place, std::string_view fault) {
    if (!holds) Add(place, fault);
  }
  void AtMost(std::string_view place, int size, int most) {
    Require(size <= most, place, StrCat("at most ", most, " are allowed"));
  }

  void CheckFile() {
    constexpr std::string_view kEncodings[] = {"",           "detect",       "UTF-8",
                                               "UTF-16",     "UTF-16LE",     "UTF-16BE",
                                               "ISO-8859-1", "windows-1252", "macintosh"};
    const common::v1::FileLayout& file = mapping_.file();
    Require(IsOneOf(file.encoding(), kEncodings), "file.encoding",
            "must be detect, UTF-8, UTF-16, UTF-16LE, UTF-16BE, ISO-8859-1, windows-1252 or "
            "macintosh");
    const std::string& delimiter = file.delimiter();
    Require(delimiter.empty() || delimiter == "tab" || delimiter == "detect" || IsMark(delimiter),
            "file.delimiter", "must be one ASCII character, tab or detect");
    const std::string& quote = file.quote();
    Require(quote.empty() || quote == "none" || IsMark(quote), "file.quote",
            "must be one ASCII character or none");
    Require((delimiter.empty() ? "," : delimiter) != (quote.empty() ? "\"" : quote), "file.quote",
            "must differ from file.delimiter");
    Require(file.skip_lines() >= 0 && file.skip_lines() <= kMostSkippedLines, "file.skipLines",
            StrCat("must be 0 to ", kMostSkippedLines));
  }

  void CheckNumbers() {
    constexpr std::string_view kGroups[] = {"", ",", ".", "'", "space", "none"};
    constexpr std::string_view kGroupings[] = {"", "thousands", "indian", "any"};
    const common::v1::NumberFormat& numbers = mapping_.numbers();
    const std::string decimal = numbers.decimal().empty() ? "." : numbers.decimal();
    Require(decimal == "." || decimal == ",", "numbers.decimal", "must be \".\" or \",\"");
    Require(IsOneOf(numbers.group(), kGroups), "numbers.group",
            "must be \",\", \".\", \"'\", \"space\" or \"none\"");
    Require(numbers.group() != decimal, "numbers.group",
            StrCat("is the decimal separator \"", decimal, "\" too; they must differ"));
    Require(IsOneOf(numbers.grouping(), kGroupings), "numbers.grouping",
            "must be thousands, indian or any");
    AtMost("numbers.ignore", numbers.ignore_size(), 20);
    AtMost("numbers.suffixes", numbers.suffixes().size(), 20);
    std::map<std::string, int> suffixes(numbers.suffixes().begin(), numbers.suffixes().end());
    std::set<std::string> seen;
    for (const auto& [suffix, power] : suffixes) {
      const std::string place = StrCat("numbers.suffixes[\"", suffix, "\"]");
      Require(power >= 0 && power <= 15, place, "must be a power of ten from 0 to 15");
      Require(!suffix.empty() && suffix.find_first_of("0123456789") == std::string::npos, place,
              "must have no digits");
      Require(seen.insert(absl::AsciiStrToLower(suffix)).second, place,
              "stands twice, in another case");
    }
    for (int i = 0; i < numbers.ignore_size(); ++i) {
      const std::string& text = numbers.ignore(i);
      const std::string place = StrCat("numbers.ignore[", i, "]");
      Require(!text.empty() && text.find_first_of("0123456789") == std::string::npos, place,
              "must be a text without digits");
      Require(!seen.contains(absl::AsciiStrToLower(text)), place, "is a suffix too");
    }
  }

  void CheckDates() {
    const common::v1::DateFormat& dates = mapping_.dates();
    AtMost("dates.formats", dates.formats_size(), kMostFormats);
    for (int i = 0; i < dates.formats_size(); ++i) {
      const std::string fault = DatePattern::Fault(dates.formats(i));
      Require(fault.empty(), StrCat("dates.formats[", i, "]"),
              StrCat("\"", dates.formats(i), "\": ", fault));
    }
    Require(dates.earliest_year() >= 0 && dates.earliest_year() <= 9999, "dates.earliestYear",
            "must be 1 to 9999");
  }

  void CheckFields() {
    AtMost("fields", mapping_.fields_size(), kMostFields);
    std::map<std::string, int> seen;
    for (int i = 0; i < mapping_.fields_size(); ++i) {
      const FieldMapping& field = mapping_.fields(i);
      const std::string place = StrCat("fields[", i, "]");
      const Field* known = FindField(mapping_.kind(), field.to());
      if (known == nullptr) {
        std::string names;
        for (const Field& one : FieldsOf(mapping_.kind())) {
          StrAppend(&names, names.empty() ? "" : ", ", one.name);
        }
        Add(StrCat(place, ".to"),
            StrCat("\"", field.to(), "\" is no field of ", mapping_.kind(), "; there are ", names));
        continue;
      }
      const auto [first, fresh] = seen.emplace(field.to(), i);
      Require(fresh, StrCat(place, ".to"),
              StrCat("\"", field.to(), "\" is filled by fields[", first->second,
                     "] already; each field once"));
      CheckField(place, field, *known, 1);
    }
    for (const Field& field : FieldsOf(mapping_.kind())) {
      Require(!field.required || seen.contains(std::string(field.name)), "fields",
              StrCat("nothing fills \"", field.name, "\", which is required"));
    }
  }

  void CheckField(const std::string& place, const FieldMapping& field, const Field& known,
                  int depth) {
    const bool has_column = !field.from().empty();
    Require(has_column || !field.constant().empty(), place,
            "needs `from`, the names of a column, or `constant`");
    Require(!has_column || field.constant().empty(), place,
            "has both `from` and `constant`; one of them is allowed");
    Require(!field.optional() || has_column, StrCat(place, ".optional"),
            "is for fields with `from`");
    CheckNames(StrCat(place, ".from"), field.from());
    CheckOptions(place, field, known);
    CheckConstant(place, field, known);
    CheckValues(place, field, known);
    if (!field.has_otherwise()) return;
    Require(has_column, StrCat(place, ".otherwise"), "is never read behind a constant");
    Require(field.otherwise().to().empty(), StrCat(place, ".otherwise.to"), "must not be set");
    if (depth == kMostDepth) {
      Add(StrCat(place, ".otherwise"), StrCat("at most ", kMostDepth, " deep is allowed"));
      return;
    }
    CheckField(StrCat(place, ".otherwise"), field.otherwise(), known, depth + 1);
  }

  template <typename Names>
  void CheckNames(const std::string& place, const Names& names) {
    std::set<std::string_view> seen;
    for (int i = 0; i < names.size(); ++i) {
      const std::string& name = names.Get(i);
      Require(!name.empty(), StrCat(place, "[", i, "]"), "must not be empty");
      Require(seen.insert(name).second, StrCat(place, "[", i, "]"), "stands twice");
    }
  }

  void CheckOptions(const std::string& place, const FieldMapping& field, const Field& known) {
    const auto only = [&](bool set, bool allowed, std::string_view option, std::string_view what) {
      Require(!set || allowed, StrCat(place, ".", option), StrCat("is for ", what, " only"));
    };
    const bool money = known.type == FieldType::kMoney;
    only(!field.currency().empty() || !field.currency_from().empty(), money, "currency",
         "amount and post_money");
    only(field.scale() != 0 || !field.scale_from().empty(),
         money || known.type == FieldType::kNumber, "scale", "numbers");
    CheckNames(StrCat(place, ".scaleFrom"), field.scale_from());
    only(!field.separator().empty(), known.type == FieldType::kList, "separator",
         "lead_investors and investors");
    const bool id = known.type == FieldType::kId;
    only(!field.id_style().empty(), id, "idStyle", "ids");
    only(!field.prefix().empty(), id, "prefix", "ids");
    only(field.strip_markup(), known.type == FieldType::kText || known.type == FieldType::kList,
         "stripMarkup", "texts");
    Require(field.scale() >= -12 && field.scale() <= 15, StrCat(place, ".scale"),
            "must be -12 to 15");
    constexpr std::string_view kStyles[] = {"", "permalink", "slug"};
    Require(IsOneOf(field.id_style(), kStyles), StrCat(place, ".idStyle"),
            "must be permalink or slug, or absent");
    const bool plain = std::all_of(field.prefix().begin(), field.prefix().end(), [](char c) {
      return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '_' || c == '-';
    });
    Require(plain && field.prefix().size() <= 32, StrCat(place, ".prefix"),
            "must be at most 32 lower-case letters, digits, '.', '_' and '-'");
    if (!money) return;
    Require(field.currency().empty() != field.currency_from().empty(), place,
            "an amount needs one of `currency` and `currencyFrom`");
    Require(field.currency().empty() || CurrencyDigits(field.currency()).has_value(),
            StrCat(place, ".currency"),
            StrCat("\"", field.currency(), "\" is no ISO 4217 code of a currency"));
    CheckNames(StrCat(place, ".currencyFrom"), field.currency_from());
  }

  void CheckConstant(const std::string& place, const FieldMapping& field, const Field& known) {
    if (field.constant().empty()) return;
    const std::string fault = CodeFault(known.name, field.constant());
    Require(fault.empty(), StrCat(place, ".constant"), fault);
    if (known.type == FieldType::kDate) {
      Require(ParseEventDate(field.constant()).ok(), StrCat(place, ".constant"),
              StrCat("must be YYYY-MM-DD, YYYY-MM or YYYY, from ", kFirstEventYear, " to ",
                     kLastEventYear));
    }
    Require(known.type != FieldType::kMoney, StrCat(place, ".constant"),
            "an amount comes from a column");
  }

  void CheckValues(const std::string& place, const FieldMapping& field, const Field& known) {
    AtMost(StrCat(place, ".values"), static_cast<int>(field.values().size()), kMostMeanings);
    const bool allowed = known.type == FieldType::kCode || known.type == FieldType::kText ||
                         known.type == FieldType::kId;
    Require(field.values().empty() || allowed, StrCat(place, ".values"),
            "is for ids, codes and texts");
    const std::map<std::string, std::string> values(field.values().begin(), field.values().end());
    std::map<std::string, std::string> folded;
    for (const auto& [from, to] : values) {
      const std::string at = StrCat(place, ".values[\"", from, "\"]");
      const auto [first, fresh] = folded.emplace(text::Fold(from), to);
      Require(fresh || first->second == to, at,
              StrCat("means \"", first->second, "\" in another spelling, and \"", to, "\" here"));
      const std::string fault = CodeFault(known.name, to);
      Require(fault.empty(), at, fault);
      if (known.name == "company_country") {
        Require(text::IsCountry(to), at, StrCat("\"", to, "\" is no ISO 3166-1 alpha-2 code"));
      }
    }
  }

  void CheckExclusions() {
    AtMost("exclude", mapping_.exclude_size(), 20);
    for (int i = 0; i < mapping_.exclude_size(); ++i) {
      const common::v1::RowExclusion& rule = mapping_.exclude(i);
      const std::string place = StrCat("exclude[", i, "]");
      Require(!rule.from().empty(), StrCat(place, ".from"), "must name a column");
      Require(!rule.values().empty(), StrCat(place, ".values"), "must have a value");
      Require(!rule.reason().empty(), StrCat(place, ".reason"), "must say why");
      CheckNames(StrCat(place, ".from"), rule.from());
    }
  }

  void CheckWide() {
    const common::v1::WideLayout& wide = mapping_.wide();
    const bool statistics = mapping_.kind() == kStatisticsKind;
    const int layouts = (wide.year_columns() ? 1 : 0) + (wide.columns().empty() ? 0 : 1) +
                        (wide.other_columns() ? 1 : 0);
    Require(statistics || layouts == 0, "wide",
            "yearColumns, columns and otherColumns are for statistics");
    Require(!wide.currency_columns() || mapping_.kind() == kRatesKind, "wide.currencyColumns",
            "is for rates");
    Require(layouts <= 1, "wide",
            "has several of yearColumns, columns and otherColumns; one of them is allowed");
    AtMost("wide.columns", wide.columns_size(), kMostFields);
    for (int i = 0; i < wide.columns_size(); ++i) {
      const std::string place = StrCat("wide.columns[", i, "].from");
      Require(!wide.columns(i).from().empty(), place, "must name a column");
      CheckNames(place, wide.columns(i).from());
    }
  }

  void CheckCategories() {
    AtMost("categories", mapping_.categories_size(), kMostMeanings);
    std::set<std::string> seen;
    for (int i = 0; i < mapping_.categories_size(); ++i) {
      const common::v1::CategoryMeaning& meaning = mapping_.categories(i);
      const std::string place = StrCat("categories[", i, "]");
      const std::string folded = text::Fold(meaning.category());
      Require(!folded.empty(), StrCat(place, ".category"), "must not be empty");
      Require(seen.insert(folded).second, StrCat(place, ".category"),
              StrCat("\"", meaning.category(), "\" stands twice"));
      for (const auto* codes : {&meaning.layers(), &meaning.sectors()}) {
        for (const std::string& code : *codes) {
          const bool fits = !code.empty() && code.size() <= 64 &&
                            std::all_of(code.begin(), code.end(), [](char c) {
                              return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
                            });
          Require(fits, place, StrCat("\"", code, "\" is no code, such as FOUNDATION_MODEL"));
        }
      }
    }
    Require(mapping_.categories().empty() || Fills("company_category"), "categories",
            "need the field \"company_category\"");
    Require(mapping_.category_separator().empty() || Fills("company_category"), "categorySeparator",
            "needs the field \"company_category\"");
  }

  bool Fills(std::string_view name) const {
    return std::any_of(mapping_.fields().begin(), mapping_.fields().end(),
                       [&](const FieldMapping& field) { return field.to() == name; });
  }

  // What a kind needs besides its required fields.
  void CheckWhole() {
    const common::v1::WideLayout& wide = mapping_.wide();
    const auto either = [&](std::string_view field, bool by_layout, std::string_view layout) {
      Require(Fills(field) || by_layout, "fields",
              StrCat("nothing fills \"", field, "\", which is required unless ", layout));
      Require(!Fills(field) || !by_layout, "wide",
              StrCat("\"", field, "\" is filled by a field, and by ", layout));
    };
    if (mapping_.kind() == kRoundsKind) {
      Require(Fills("company_id") || Fills("company_name"), "fields",
              "nothing says which company; company_id or company_name is required");
    } else if (mapping_.kind() == kRatesKind) {
      either("currency", wide.currency_columns(), "wide.currencyColumns is set");
      either("rate", wide.currency_columns(), "wide.currencyColumns is set");
    } else if (mapping_.kind() == kStatisticsKind) {
      either("period", wide.year_columns(), "wide.yearColumns is set");
      either("value", wide.year_columns() || wide.other_columns() || !wide.columns().empty(),
             "a layout of wide is set");
      const auto all = [&](auto get) {
        return !wide.columns().empty() &&
               std::none_of(wide.columns().begin(), wide.columns().end(),
                            [&](const auto& column) { return get(column).empty(); });
      };
      Require(Fills("variable") || wide.other_columns() ||
                  all([](const auto& c) { return c.variable(); }),
              "fields",
              "nothing fills \"variable\", which is required unless every wide column has one");
      Require(Fills("unit") || all([](const auto& c) { return c.unit(); }), "fields",
              "nothing fills \"unit\", which is required unless every wide column has one");
    }
  }

  const Mapping& mapping_;
  FieldErrors& errors_;
};

}  // namespace

void Check(const Mapping& mapping, FieldErrors& errors) { Checker(mapping, errors).Run(); }

}  // namespace steelyard::mapping
