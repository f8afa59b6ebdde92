#include "tests/bench/generated_names.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/common/ledger/ledger.h"
#include "services/common/text/strings.h"

namespace steelyard::bench {
namespace {

// SplitMix64: the same numbers on any machine.
class Draws {
 public:
  explicit Draws(int64_t seed) : state_(static_cast<uint64_t>(seed) * 0x9E3779B97F4A7C15U + 1) {}
  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15U;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  size_t Below(size_t bound) { return static_cast<size_t>(Next() % bound); }
  double Share() { return static_cast<double>(Next() >> 11) / 9007199254740992.0; }
  template <typename List>
  auto Of(const List& list) {
    return list[Below(list.size())];
  }

 private:
  uint64_t state_;
};

constexpr std::string_view kConsonants = "bcdfghjklmnprstvwxz";
constexpr std::string_view kVowels = "aeiouy";
constexpr auto kForms =
    std::to_array<std::string_view>({" Inc.", " GmbH", " Ltd", " SA", " LLC", " AG", "", ""});
constexpr auto kHan =
    std::to_array<std::string_view>({"华", "为", "云", "天", "海", "东", "金", "中", "信", "科",
                                     "电", "通", "国", "光", "大", "新"});
constexpr auto kCyrillic = std::to_array<std::string_view>(
    {"мо", "ска", "ро", "не", "ти", "га", "зо", "про", "ви", "ле", "на", "стро"});
constexpr auto kHangul = std::to_array<std::string_view>(
    {"삼", "성", "현", "대", "한", "국", "하", "이", "닉", "스", "네", "버"});

// The words of company names, the common ones first.
const std::vector<std::string>& CommonWords() {
  static const std::vector<std::string>* const words = [] {
    std::ifstream file(STEELYARD_SOURCE_DIR "/deploy/names/words.csv");
    const std::string table(std::istreambuf_iterator<char>(file), {});
    std::vector<std::pair<int64_t, std::string>> counted;
    for (const absl::string_view line : absl::StrSplit(table, '\n', absl::SkipEmpty())) {
      const size_t comma = line.find(',');
      int64_t count = 0;
      if (absl::SimpleAtoi(line.substr(comma + 1), &count)) {
        counted.emplace_back(-count, std::string(line.substr(0, comma)));
      }
    }
    std::sort(counted.begin(), counted.end());
    auto* const sorted = new std::vector<std::string>();
    for (auto& [count, word] : counted) sorted->push_back(std::move(word));
    return sorted;
  }();
  return *words;
}

std::string OwnWord(Draws& draws) {
  std::string word;
  const size_t syllables = 2 + draws.Below(3);
  for (size_t i = 0; i < syllables; ++i) {
    word += kConsonants[draws.Below(kConsonants.size())];
    word += kVowels[draws.Below(kVowels.size())];
    if (draws.Below(3) == 0) word += kConsonants[draws.Below(kConsonants.size())];
  }
  word.front() = static_cast<char>(word.front() - 'a' + 'A');
  return word;
}

template <typename Syllables>
std::string Written(const Syllables& syllables, size_t count, Draws& draws) {
  std::string word;
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&word, ToAbsl(draws.Of(syllables)));
  return word;
}

}  // namespace

std::string GeneratedName(int64_t number) {
  Draws draws(number);
  switch (draws.Below(60)) {
    case 0:
      return Written(kHan, 3 + draws.Below(3), draws) + "有限公司";
    case 1:
      return "ООО " + Written(kCyrillic, 3 + draws.Below(3), draws);
    case 2:
      return Written(kHangul, 3 + draws.Below(3), draws) + " 주식회사";
    default:
      break;
  }
  std::string name = OwnWord(draws);
  const std::vector<std::string>& common = CommonWords();
  for (size_t words = draws.Below(3); words > 0; --words) {
    const double rank = std::pow(draws.Share(), 3) * static_cast<double>(common.size());
    absl::StrAppend(&name, " ", common[std::min(static_cast<size_t>(rank), common.size() - 1)]);
  }
  absl::StrAppend(&name, ToAbsl(draws.Of(kForms)));
  return name;
}

std::string Misspelt(const std::string& name, int64_t number) {
  Draws draws(-number - 1);
  std::string wrong = name;
  if (static_cast<unsigned char>(name.front()) >= 0x80) return wrong.substr(0, wrong.rfind(' '));
  const size_t letters = std::min(name.find(' '), name.size());
  const size_t at = 1 + draws.Below(letters - 1);
  const char letter = static_cast<char>('a' + draws.Below(26));
  switch (draws.Below(4)) {
    case 0:
      wrong.erase(at, 1);
      break;
    case 1:
      wrong.insert(at, 1, letter);
      break;
    case 2:
      wrong[at] = letter;
      break;
    default:
      if (at + 1 < letters) std::swap(wrong[at], wrong[at + 1]);
  }
  return wrong;
}

registry::match::NamedState GeneratedCompany(int64_t number) {
  registry::Company company{.id = absl::StrCat("c", number), .display_name = GeneratedName(number)};
  company.country = "DE";
  company.names.push_back({company.display_name, "und", registry::NameKind::kPreferred, "bench"});
  return {.company = std::move(company), .from = 1, .to = ledger::kOpenRevision};
}

}  // namespace steelyard::bench
