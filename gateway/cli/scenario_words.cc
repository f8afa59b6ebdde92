#include "gateway/cli/scenario_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "gateway/cli/words.h"
#include "services/common/money/money.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using strategy::v1::GrowthPrior;
using strategy::v1::Lever;
using strategy::v1::RatioTarget;

constexpr std::string_view kTargetExample = "\"US/EUROPE <= 5 by 2035\"";
constexpr std::string_view kPriorExample = "\"CN drift 0.1 volatility 0.4\"";
constexpr std::string_view kLeverExample = "\"EUROPE fund 20bn from 2027\"";

struct LeverKind {
  std::string_view word;
  std::string_view example;
  void (*set)(double, Lever&);  // null for the fund, whose amount is exact
};
constexpr std::array<LeverKind, 5> kKinds = {{
    {"fund", kLeverExample, nullptr},
    {"infrastructure", "\"EUROPE infrastructure +0.1 from 2027\"",
     [](double value, Lever& lever) { lever.set_infrastructure_shift(value); }},
    {"retain", "\"EUROPE retain 0.2\"",
     [](double value, Lever& lever) { lever.set_retained_foreign_capital(value); }},
    {"shock", "\"US shock -0.5 in 2028\"",
     [](double value, Lever& lever) { lever.set_log_shock(value); }},
    {"growth", "\"CN growth 0.05\"",
     [](double value, Lever& lever) { lever.set_log_growth(value); }},
}};

std::string KindWords() {
  std::string words;
  for (const LeverKind& kind : kKinds) StrAppend(&words, words.empty() ? "" : ", ", kind.word);
  return words;
}

const LeverKind* FindKind(std::string_view word) {
  for (const LeverKind& kind : kKinds) {
    if (kind.word == word) return &kind;
  }
  return nullptr;
}

// "1.5" times ten to the ninth as "1500000000", without a detour over binary fractions. Empty for
// what is no plain decimal.
std::string Shifted(std::string_view decimal, size_t places) {
  const size_t point = std::min(decimal.find('.'), decimal.size());
  std::string whole(decimal.substr(0, point));
  std::string fraction(decimal.substr(std::min(point + 1, decimal.size())));
  const auto digits = [](std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (whole.empty() || !digits(whole) || !digits(fraction)) return "";
  fraction.resize(std::max(places, fraction.size()), '0');
  whole += fraction.substr(0, places);
  fraction.erase(0, places);
  return fraction.empty() ? whole : StrCat(whole, ".", fraction);
}

// "20000000000", "20bn", "1.5tn", "500m".
absl::StatusOr<google::type::Money> ParseAmount(std::string_view word,
                                                const std::string& currency) {
  constexpr std::array<std::pair<std::string_view, size_t>, 4> kScales = {
      {{"tn", 12}, {"bn", 9}, {"m", 6}, {"k", 3}}};
  size_t places = 0;
  for (const auto& [suffix, digits] : kScales) {
    if (!word.ends_with(suffix)) continue;
    word.remove_suffix(suffix.size());
    places = digits;
    break;
  }
  const std::string decimal = Shifted(word, places);
  STEELYARD_ASSIGN_OR_RETURN(const Money money,
                             ParseMoney(decimal.empty() ? word : decimal, currency));
  return ToProto(money);
}

bool IsCurrencyWord(std::string_view word) {
  return word.size() == 3 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool IsScaleWord(std::string_view word) {
  return word == "tn" || word == "bn" || word == "m" || word == "k";
}

// The words behind a lever's kind, taken one by one.
class Rest {
 public:
  Rest(std::vector<std::string> words, size_t next) : words_(std::move(words)), next_(next) {}
  bool empty() const { return next_ == words_.size(); }
  const std::string& Peek() const { return words_[next_]; }
  std::string Take() { return words_[next_++]; }

 private:
  std::vector<std::string> words_;
  size_t next_;
};

absl::Status TakeYear(std::string_view text, const LeverKind& kind, Rest& rest, Lever& lever) {
  if (rest.empty()) return absl::OkStatus();
  const bool one_year = kind.word == "shock";
  const std::string word = rest.Take();
  if (word != "from" && !(one_year && word == "in")) {
    return WrongWords(
        text, StrCat("has '", word, "' where '", one_year ? "in" : "from", " YEAR' may follow"),
        kind.example);
  }
  const std::optional<int> year = rest.empty() ? std::nullopt : ToYear(rest.Peek());
  if (!year) return WrongWords(text, StrCat("names no year after '", word, "'"), kind.example);
  rest.Take();
  lever.set_from_year(*year);
  if (rest.empty()) return absl::OkStatus();
  return WrongWords(text, StrCat("goes on with '", rest.Peek(), "' after the year"), kind.example);
}

absl::Status TakeFund(std::string_view text, const LeverKind& kind, const std::string& currency,
                      Rest& rest, Lever& lever) {
  std::string amount = rest.Take();
  if (!rest.empty() && IsScaleWord(rest.Peek())) amount += rest.Take();
  const bool named = !rest.empty() && IsCurrencyWord(rest.Peek());
  const auto money = ParseAmount(amount, named ? rest.Take() : currency);
  if (!money.ok()) {
    return WrongWords(text, StrCat("has no amount: ", ToStd(money.status().message())),
                      kind.example);
  }
  *lever.mutable_yearly_fund() = *money;
  return absl::OkStatus();
}

// The words from `first` to before `end`.
std::string Joined(const std::vector<std::string>& words, size_t first, size_t end) {
  return StrJoin(std::span(words).subspan(first, end - first), " ");
}

}  // namespace

absl::StatusOr<Lever> ParseLever(std::string_view text, const std::string& currency) {
  std::vector<std::string> words = SplitWords(text);
  size_t at = 1;
  while (at < words.size() && FindKind(words[at]) == nullptr) ++at;
  if (at >= words.size()) {
    return WrongWords(text, StrCat("is no lever: a region, then one of ", KindWords()),
                      kLeverExample);
  }
  const LeverKind& kind = *FindKind(words[at]);
  Lever lever;
  lever.set_region(Joined(words, 0, at));
  Rest rest(std::move(words), at + 1);
  if (rest.empty()) {
    return WrongWords(text, StrCat("says not how much after '", kind.word, "'"), kind.example);
  }
  if (kind.set == nullptr) {
    STEELYARD_RETURN_IF_ERROR(TakeFund(text, kind, currency, rest, lever));
  } else {
    const std::string word = rest.Take();
    const std::optional<double> value = ToNumber(word);
    if (!value) {
      return WrongWords(text, StrCat("has '", word, "' where a number is due"), kind.example);
    }
    kind.set(*value, lever);
  }
  STEELYARD_RETURN_IF_ERROR(TakeYear(text, kind, rest, lever));
  return lever;
}

absl::StatusOr<RatioTarget> ParseRatioTarget(std::string_view text) {
  // A bare gateway's address means that the flag of all verbs was meant.
  const bool address =
      text.find(' ') == std::string_view::npos && text.find(':') != std::string_view::npos;
  if (address) {
    return WrongWords(text, "is no ratio to reach; the gateway's --target stands before the verb",
                      kTargetExample);
  }
  const std::vector<std::string> words =
      SplitWords(absl::StrReplaceAll(ToAbsl(text), {{"≤", " <= "}, {"<=", " <= "}, {"/", " / "}}));
  const auto find = [&](std::string_view word) {
    return static_cast<size_t>(std::find(words.begin(), words.end(), word) - words.begin());
  };
  const size_t slash = find("/");
  const size_t bound = find("<=");
  const size_t by = find("by");
  const bool shaped = slash >= 1 && slash + 1 < bound && bound + 2 == by && by + 2 == words.size();
  if (!shaped) {
    return WrongWords(text, "is not of the form REGION/REGION <= RATIO by YEAR", kTargetExample);
  }
  const std::optional<double> ratio = ToNumber(words[bound + 1]);
  const std::optional<int> year = ToYear(words[by + 1]);
  if (!ratio) {
    return WrongWords(text, StrCat("has '", words[bound + 1], "' where the ratio is due"),
                      kTargetExample);
  }
  if (!year) {
    return WrongWords(text, StrCat("has '", words[by + 1], "' where the year is due"),
                      kTargetExample);
  }
  RatioTarget target;
  target.set_numerator(Joined(words, 0, slash));
  target.set_denominator(Joined(words, slash + 1, bound));
  target.set_ratio(*ratio);
  target.set_by_year(*year);
  return target;
}

absl::StatusOr<GrowthPrior> ParseGrowthPrior(std::string_view text) {
  const std::vector<std::string> words = SplitWords(text);
  std::optional<double> drift;
  std::optional<double> volatility;
  size_t at = words.size();
  // From the end, in pairs of a word and a number; what is left is the region.
  while (at > 2 && (words[at - 2] == "drift" || words[at - 2] == "volatility")) {
    std::optional<double>& value = words[at - 2] == "drift" ? drift : volatility;
    if (value) return WrongWords(text, StrCat("says '", words[at - 2], "' twice"), kPriorExample);
    value = ToNumber(words[at - 1]);
    if (!value) {
      return WrongWords(text, StrCat("has '", words[at - 1], "' where a number is due"),
                        kPriorExample);
    }
    at -= 2;
  }
  if (!drift || !volatility) {
    return WrongWords(text, "is not of the form REGION drift NUMBER volatility NUMBER",
                      kPriorExample);
  }
  GrowthPrior prior;
  prior.set_region(Joined(words, 0, at));
  prior.set_drift(*drift);
  prior.set_volatility(*volatility);
  return prior;
}

}  // namespace steelyard::cli
