#include "services/registry/match/tables.h"

#include <algorithm>
#include <array>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/common/text/strings.h"
#include "services/registry/match/compiled.h"

namespace steelyard::registry::match {
namespace {

constexpr size_t kMostFields = 5;
// About as many as there are: maps that grow are slower to fill.
constexpr size_t kWords = 75'000;
// More meanings than there are cannot be read: words point to where they are.
constexpr size_t kMostMeanings = 200'000;

uint32_t NumberIn(absl::string_view field) {
  uint32_t number = 0;
  for (const char digit : field) number = number * 10 + static_cast<uint32_t>(digit - '0');
  return number;
}

double RateIn(absl::string_view field) {
  double rate = 1;
  return absl::SimpleAtod(field, &rate) ? rate : 1;
}

}  // namespace

const Tables& Tables::Get() {
  static const Tables* const tables = new Tables();
  return *tables;
}

Tables::Tables() {
  facts_.reserve(kWords);
  meanings_.reserve(kMostMeanings);
  std::string_view rest = CompiledTables();
  for (size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    ReadLine(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
}

void Tables::ReadLine(std::string_view line) {
  std::array<absl::string_view, kMostFields> fields;
  size_t count = 0;
  for (const absl::string_view field : absl::StrSplit(ToAbsl(line), '\t'))
    fields.at(count++) = field;
  const absl::string_view kind = fields[0];
  const absl::string_view key = fields[1];
  if (kind == "word") {
    facts_.emplace(key, ReadFacts(fields));
  } else if (kind == "form") {
    legal_forms_.emplace(key, LegalForm{.form = static_cast<uint16_t>(NumberIn(fields[2])),
                                        .family = static_cast<LegalFamily>(NumberIn(fields[3]))});
  } else if (kind == "slip") {
    legal_slips_.emplace(key, ToStd(fields[2]));
    legal_slip_starts_.insert(key.substr(0, 2));
  } else if (kind == "rate") {
    per_million_.emplace(key, RateIn(fields[2]));
  } else if (kind == "sense") {
    per_million_meaning_.emplace(NumberIn(key), RateIn(fields[2]));
  } else if (kind == "concept") {
    concepts_.push_back(ToStd(key));
  } else {  // longest
    longest_legal_form_ = NumberIn(key);
    longest_entry_ = NumberIn(fields[2]);
  }
}

WordFacts Tables::ReadFacts(std::span<const absl::string_view> fields) {
  const size_t start = meanings_.size();
  for (const absl::string_view meaning : absl::StrSplit(fields[4], ',', absl::SkipEmpty())) {
    assert(meanings_.size() < kMostMeanings);
    meanings_.push_back(NumberIn(meaning));
  }
  const uint32_t flags = NumberIn(fields[2]);
  return {.meanings = std::span<const Concept>(meanings_).subspan(start),
          .long_form = ToStd(fields[3]),
          .ends_legal_form = (flags & kEndsLegalForm) != 0,
          .starts_legal_form = (flags & kStartsLegalForm) != 0,
          .starts_entry = (flags & kStartsEntry) != 0};
}

std::optional<LegalForm> Tables::FindLegalForm(std::string_view letters) const {
  const auto found = legal_forms_.find(ToAbsl(letters));
  return found == legal_forms_.end() ? std::nullopt : std::optional<LegalForm>(found->second);
}

std::string_view Tables::LegalEndLike(std::string_view word) const {
  if (word.size() + 1 < kLeastSlipLetters) return "";
  if (!legal_slip_starts_.contains(ToAbsl(word.substr(0, 2)))) return "";
  if (const auto found = legal_slips_.find(ToAbsl(word)); found != legal_slips_.end()) {
    return found->second;  // a letter is missing
  }
  std::string less = StrCat(word.substr(0, 2), word.substr(3));
  for (size_t i = 2; i < word.size(); ++i) {
    if (i > 2) less[i - 1] = word[i - 1];
    const auto end = facts_.find(less);
    if (less.size() >= kLeastSlipLetters && end != facts_.end() && end->second.ends_legal_form) {
      return ToStd(end->first);  // one too many
    }
    if (const auto found = legal_slips_.find(less); found != legal_slips_.end()) {
      return found->second;  // another one
    }
  }
  return "";
}

const WordFacts& Tables::FactsOf(std::string_view words) const {
  static const WordFacts kNone;
  const auto found = facts_.find(ToAbsl(words));
  return found == facts_.end() ? kNone : found->second;
}

double Tables::PerMillion(std::string_view latin, std::span<const Concept> meanings) const {
  double count = 1;
  if (const auto found = per_million_.find(ToAbsl(latin)); found != per_million_.end()) {
    count = found->second;
  }
  for (const Concept meaning : meanings) {
    const auto found = per_million_meaning_.find(meaning);
    if (found != per_million_meaning_.end()) count = std::max(count, found->second);
  }
  return count;
}

std::string Tables::NameOf(Concept meaning) const {
  if (IsNumber(meaning)) return StrCat("#", meaning & ~kNumberBit);
  if ((meaning & kCountryBit) != 0) {
    return {'@', static_cast<char>((meaning >> 8) & 0xFF), static_cast<char>(meaning & 0xFF)};
  }
  return std::string(concepts_.at(meaning & ~kPlaceBit));
}

}  // namespace steelyard::registry::match
