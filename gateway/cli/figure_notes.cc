#include "gateway/cli/figure_notes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "gateway/cli/definition_options.h"
#include "gateway/cli/format.h"
#include "gateway/cli/verbs.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using common::v1::Figure;

constexpr double kNanos = 1e9;
constexpr size_t kMostNamed = 6;
// Answers list at most so many sources.
constexpr int64_t kMostSources = 1000;
constexpr size_t kCurrencyLength = 3;
// Numbers of so many digits have no decimals, and fit 64 bits.
constexpr double kGroupedFrom = 1e4;
constexpr double kGroupedUpTo = 1e18;
// Per cent with one decimal would show less than this as nothing.
constexpr double kLeastOfOneDecimal = 0.001;

// Formulas whose numbers people know as percentages.
constexpr std::array<std::string_view, 16> kPercentages = {
    "cagr/1",      "concentration_ratio/1",  "disagreement/1",         "disclosed_share/1",
    "gap_share/1", "finger_kreinin/1",       "main_effect/1",          "mean_growth/1",
    "per_gdp/1",   "pairwise_probability/1", "probability/1",          "required_growth/1",
    "share/1",     "world_share/1",          "effective_importance/1", "foreign_capital_share/1"};

// "USD", or "USD@constant_2021" for amounts in the prices of a year.
bool IsCurrency(std::string_view unit) {
  unit = unit.substr(0, unit.find('@'));
  return unit.size() == kCurrencyLength &&
         std::all_of(unit.begin(), unit.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool IsPercentage(const Figure& figure) {
  return std::find(kPercentages.begin(), kPercentages.end(), figure.formula()) !=
         kPercentages.end();
}

std::string Percentage(double share) {
  const bool small = share != 0 && std::abs(share) < kLeastOfOneDecimal;
  return small ? StrCat(Number(share * 100), " %") : Percent(share);
}

// " USD", " USD of 2021", " USD/person", " a year"; "" for pure numbers.
std::string UnitAfter(const Figure& figure) {
  if (figure.has_money()) return StrCat(" ", figure.money().currency_code());
  const std::string& unit = figure.unit();
  if (unit.empty() || unit == "1" || unit == "count") return "";
  if (unit == "1/a") return " a year";
  if (unit == "a") return " years";
  return StrCat(" ", absl::StrReplaceAll(unit, {{"{", ""}, {"}", ""}, {"@constant_", " of "}}));
}

std::string LabelOf(common::v1::ValueStatus status) {
  switch (status) {
    case common::v1::VALUE_STATUS_SUPPRESSED:
      return "withheld";
    case common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE:
      return "coverage";
    default:
      return "no value";
  }
}

// "a, b and 3 more".
std::string Listed(const std::vector<std::string>& words) {
  const size_t shown = std::min(words.size(), kMostNamed);
  std::string text = StrJoin(std::vector<std::string>(words.begin(), words.begin() + shown), ", ");
  if (words.size() > shown) StrAppend(&text, " and ", words.size() - shown, " more");
  return text;
}

// Labels of equal width.
std::string Line(std::string_view label, std::string_view text) {
  constexpr size_t kWidth = 12;
  std::string line(label);
  line.resize(std::max(kWidth, line.size() + 1), ' ');
  StrAppend(&line, text, "\n");
  return line;
}

void AddOnce(const std::string& word, std::vector<std::string>& words) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

}  // namespace

std::optional<double> ValueOf(const Figure& figure) {
  switch (figure.value_case()) {
    case Figure::kMoney:
      return static_cast<double>(figure.money().units()) + figure.money().nanos() / kNanos;
    case Figure::kCount:
      return static_cast<double>(figure.count());
    case Figure::kNumber:
      return figure.number();
    case Figure::VALUE_NOT_SET:
      break;
  }
  return std::nullopt;
}

std::string ShowFigure(const Figure& figure) {
  const std::optional<double> value = ValueOf(figure);
  if (!value) return "-";
  if (!figure.has_number()) return Show(figure) + UnitAfter(figure);
  return StrCat(SignOf(figure.qualifier()), ShowLike(figure, *value), UnitAfter(figure));
}

std::string ShowLike(const Figure& figure, double value) {
  if (figure.has_money() || IsCurrency(figure.unit())) return ShortAmount(value);
  if (IsPercentage(figure)) return Percentage(value);
  const bool long_digits = std::abs(value) >= kGroupedFrom && std::abs(value) < kGroupedUpTo;
  return long_digits ? Grouped(std::llround(value)) : Number(value);
}

std::string ShowInterval(const Figure& figure) {
  if (!figure.has_interval()) return "";
  const double lower = figure.interval().lower();
  const double upper = figure.interval().upper();
  if (std::isinf(lower) && std::isinf(upper)) return "anything";
  if (std::isinf(upper)) return StrCat(ShowLike(figure, lower), " or more");
  if (std::isinf(lower)) return StrCat(ShowLike(figure, upper), " or less");
  return StrCat(ShowLike(figure, lower), " to ", ShowLike(figure, upper));
}

std::string ShowProbability(double probability) {
  return absl::StrFormat("%.4g %%", probability * 100);
}

std::string Describe(const funding::v1::ResolvedRegion& region) {
  if (region.version().empty()) return "";
  return StrCat(region.term(), " is ", region.region(), "@", region.version(), ", ",
                region.members_size(), region.members_size() == 1 ? " country" : " countries");
}

std::string SourceId(std::string_view name) {
  constexpr std::string_view kPrefix = "sources/";
  return std::string(name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name);
}

std::string Unconverted(const Figure& figure) {
  const int64_t lost = figure.coverage().unconverted();
  if (!figure.has_money() || lost == 0) return "";
  return StrCat(Grouped(lost), lost == 1 ? " amount" : " amounts", " of ",
                Grouped(figure.coverage().units_expected()),
                " rounds, for want of an exchange rate or a price index of their time");
}

void FigureNotes::Remember(std::string label, std::string text, std::string_view what) {
  const auto same = [&](const Reason& r) { return r.label == label && r.text == text; };
  auto reason = std::find_if(reasons_.begin(), reasons_.end(), same);
  if (reason == reasons_.end()) {
    reason = reasons_.insert(reason, {std::move(label), std::move(text), {}});
  }
  AddOnce(std::string(what), reason->figures);
}

std::string FigureNotes::Value(std::string_view what, const Figure& figure) {
  // A field that was not sent says nothing, not even why.
  if (figure.status() == common::v1::VALUE_STATUS_UNSPECIFIED && !ValueOf(figure)) return "-";
  if (!ValueOf(figure)) {
    Remember(LabelOf(figure.status()),
             StrCat(": ", figure.reason().empty() ? "no reason was given" : figure.reason()), what);
  } else if (figure.coverage().missing_size() > 0) {
    const auto& missing = figure.coverage().missing();
    Remember("coverage", StrCat(" without ", Listed({missing.begin(), missing.end()})), what);
  }
  if (const std::string lost = Unconverted(figure); !lost.empty()) {
    Remember("coverage", StrCat(" without ", lost), what);
  }
  return ShowFigure(figure);
}

std::string FigureNotes::Derived(std::string_view what, const Figure& figure) {
  return ValueOf(figure) ? ShowFigure(figure) : Value(what, figure);
}

std::string FigureNotes::Interval(const Figure& figure) {
  if (!figure.has_interval() || !ValueOf(figure)) return "";
  const common::v1::Interval& interval = figure.interval();
  const std::string level = interval.level() >= 1
                                ? std::string("certain bounds")
                                : StrCat("probability ", ShowProbability(interval.level()));
  AddOnce(interval.method().empty() ? level : StrCat(level, " by ", interval.method()), intervals_);
  return ShowInterval(figure);
}

std::string FigureNotes::WithInterval(std::string_view what, const Figure& figure) {
  const std::string value = Value(what, figure);
  const std::string interval = Interval(figure);
  return interval.empty() ? value : StrCat(value, " (", interval, ")");
}

std::string FigureNotes::Render() const {
  std::string text;
  for (const Reason& reason : reasons_) {
    text += Line(reason.label, Listed(reason.figures) + reason.text);
  }
  if (!intervals_.empty()) text += Line("intervals", StrJoin(intervals_, "; "));
  return text;
}

std::string RenderOrigin(const Origin& origin) {
  std::string text;
  if (origin.definition != nullptr) text += Line("definition", Describe(*origin.definition));
  for (const funding::v1::ResolvedRegion* region : origin.regions) {
    if (const std::string what = Describe(*region); !what.empty()) text += Line("region", what);
  }
  if (origin.sources) {
    const bool more = *origin.sources == kMostSources;
    text += Line("sources",
                 StrCat(Grouped(*origin.sources), more ? " or more" : "", ", listed in --json"));
  }
  if (origin.snapshot != nullptr) text += Line("snapshot", Describe(*origin.snapshot));
  if (origin.unreachable == nullptr) return text;
  for (const std::string& service : *origin.unreachable) {
    text += Line("incomplete", StrCat(service, " did not answer"));
  }
  return text;
}

void AddPart(std::string_view part, std::string& page) {
  if (part.empty()) return;
  if (!page.empty()) page += '\n';
  page += part;
}

}  // namespace steelyard::cli
