#include "tests/bench/name_lookups.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "services/common/ledger/ledger.h"
#include "services/common/status/status.h"
#include "services/common/text/csv.h"
#include "services/common/text/fold.h"
#include "services/registry/match/matcher.h"
#include "tests/bench/generated_names.h"
#include "tests/bench/name_quality.h"
#include "tests/support/temp_dir.h"

namespace steelyard::bench {
namespace {

using registry::match::Block;
using registry::match::Decision;
using registry::match::Index;
using registry::match::NewestMethod;

constexpr size_t kHits = 10;
constexpr size_t kSample = 200;       // lookups that others are asked
constexpr size_t kFewest = 20;        // lookups of a group that is shown by itself
constexpr int64_t kDamagedEach = 50;  // one of so many generated names is damaged

Index IndexOf(const std::vector<std::string>& names) {
  Index::Blocks blocks;
  std::vector<registry::match::NamedState> states;
  for (size_t i = 0; i < names.size(); ++i) {
    registry::Company company{.id = absl::StrCat("c", i), .display_name = names[i]};
    company.names = {{names[i], "und", registry::NameKind::kPreferred, "bench"}};
    states.push_back({.company = std::move(company), .from = 1, .to = ledger::kOpenRevision});
    if (states.size() < Block::kMostRows && i + 1 < names.size()) continue;
    blocks.push_back(Block::Build(states));
    states.clear();
  }
  return Index(std::move(blocks));
}

const std::string& OwnerOf(const LookupSet& set, const std::string& name) {
  const auto owner = set.owners.find(name);
  return owner == set.owners.end() ? name : owner->second;
}

struct Tally {
  int asked = 0;
  int first = 0;
  int among_ten = 0;
  int right = 0;  // matched by itself
  int wrong = 0;

  void Add(const LookupSet& set, const registry::match::Answer& answer, const std::string& meant) {
    ++asked;
    for (size_t i = 0; i < answer.candidates.size(); ++i) {
      if (OwnerOf(set, answer.candidates[i].display_name) != meant) continue;
      first += i == 0 ? 1 : 0;
      ++among_ten;
      break;
    }
    if (answer.decision != Decision::kMatch) return;
    (OwnerOf(set, answer.candidates.front().display_name) == meant ? right : wrong) += 1;
  }
};

void PrintTally(const std::string& who, const Tally& tally, std::ostream& out) {
  const auto share = [&](int count) { return static_cast<double>(count) / tally.asked; };
  out << absl::StrFormat("| %s | %d | %.3f | %.3f | %.3f | %.3f |\n", who, tally.asked,
                         share(tally.first), share(tally.among_ten), share(tally.right),
                         share(tally.wrong));
}

// How often a rival ranks what is meant first, over a sample.
double FirstOf(const Rival& rival, const LookupSet& set, const std::vector<std::string>& folded) {
  const size_t step = std::max<size_t>(1, set.lookups.size() / kSample);
  int asked = 0;
  int first = 0;
  for (size_t i = 0; i < set.lookups.size(); i += step) {
    const std::string query = text::Fold(set.lookups[i].asked);
    size_t best = 0;
    double most = -1;
    for (size_t j = 0; j < folded.size(); ++j) {
      const double score = rival.score(query, folded[j]);
      if (score <= most) continue;
      most = score;
      best = j;
    }
    ++asked;
    first += OwnerOf(set, set.names[best]) == set.lookups[i].meant ? 1 : 0;
  }
  return static_cast<double>(first) / asked;
}

std::vector<std::string> WordsOf(const std::string& name) {
  return absl::StrSplit(name, ' ', absl::SkipEmpty());
}

// A word of its own, words that names are made of, a legal form.
void Damage(const std::string& name, int64_t number, std::vector<NameLookup>& lookups) {
  const auto add = [&](const std::string& how, const std::string& asked) {
    if (asked != name && !asked.empty()) {
      lookups.push_back({.group = how, .asked = asked, .meant = name});
    }
  };
  const std::vector<std::string> words = WordsOf(name);
  const std::string slip = Misspelt(name, number);
  add("a slip", slip);
  add("two slips", Misspelt(slip, number + 1));
  add("capitals", absl::AsciiStrToUpper(name));
  add("no spaces", absl::StrReplaceAll(name, {{" ", ""}}));
  add("letters that look alike", absl::StrReplaceAll(name, {{"a", "а"}, {"e", "е"}, {"o", "о"}}));
  add("accents", absl::StrReplaceAll(name, {{"a", "á"}, {"e", "é"}, {"o", "ö"}, {"u", "ü"}}));
  if (words.size() < 3) return;
  const std::vector<std::string> body(words.begin(), words.end() - 1);
  add("no legal form", absl::StrJoin(body, " "));
  add("another legal form", absl::StrCat(absl::StrJoin(body, " "), " S.p.A."));
  std::vector<std::string> less(words.begin(), words.end());
  less.erase(less.end() - 2);
  add("a word less", absl::StrJoin(less, " "));
  std::vector<std::string> swapped(words.begin(), words.end());
  std::swap(swapped[0], swapped[1]);
  add("words swapped", absl::StrJoin(swapped, " "));
}

absl::StatusOr<std::vector<std::vector<std::string>>> ReadColumns(
    const std::string& path, const std::vector<std::string>& columns) {
  STEELYARD_ASSIGN_OR_RETURN(const auto csv, text::CsvReader::Open(path, path, {}));
  std::vector<size_t> places;
  for (const std::string& column : columns) {
    STEELYARD_ASSIGN_OR_RETURN(const int place, csv->Column(column));
    places.push_back(static_cast<size_t>(place));
  }
  std::vector<std::vector<std::string>> rows;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, csv->Next());
    if (!more) return rows;
    rows.emplace_back();
    for (const size_t place : places) rows.back().push_back(csv->fields().at(place));
  }
}

// The brand's name and its names in other languages.
void TakeBrand(const nlohmann::json& item, LookupSet& set, std::set<std::string>& known) {
  if (!item.contains("tags") || !item["tags"].is_object()) return;
  const nlohmann::json& tags = item["tags"];
  if (!tags.contains("brand") || !tags["brand"].is_string()) return;
  const auto brand = tags["brand"].get<std::string>();
  if (!known.insert(brand).second) return;
  set.names.push_back(brand);
  std::string owner = brand;
  if (const auto item_of = tags.find("brand:wikidata");
      item_of != tags.end() && item_of->is_string()) {
    owner = item_of->get<std::string>();
  }
  set.owners.emplace(brand, owner);
  for (const auto& [key, value] : tags.items()) {
    const std::string prefix = "brand:";
    if (key.rfind(prefix, 0) != 0 || !value.is_string()) continue;
    const std::string language = key.substr(prefix.size());
    const bool is_language = language.size() == 2 || language == "zh-Hans" || language == "zh-Hant";
    const auto name = value.get<std::string>();
    if (!is_language || text::Fold(name) == text::Fold(brand)) continue;
    set.lookups.push_back({.group = language, .asked = name, .meant = owner});
  }
}

}  // namespace

LookupSet DamagedNames(int64_t size) {
  LookupSet set{.title = "Damaged names", .names = {}, .owners = {}, .lookups = {}};
  for (int64_t i = 0; i < size; ++i) set.names.push_back(GeneratedName(i));
  for (int64_t i = 0; i < size; i += kDamagedEach) {
    const std::string& name = set.names[static_cast<size_t>(i)];
    const bool latin = static_cast<unsigned char>(name.front()) < 0x80;
    if (latin) Damage(name, i, set.lookups);
  }
  return set;
}

absl::StatusOr<LookupSet> ReadDnb(const std::string& directory) {
  STEELYARD_ASSIGN_OR_RETURN(const auto names, ReadColumns(directory + "/dnb_test_names.csv",
                                                           {"company_name", "country"}));
  STEELYARD_ASSIGN_OR_RETURN(
      const auto damaged,
      ReadColumns(directory + "/dnb_adjusted_test_names.csv", {"company_name"}));
  LookupSet set{.title = "DNB's damaged names", .names = {}, .owners = {}, .lookups = {}};
  for (size_t i = 0; i < std::min(names.size(), damaged.size()); ++i) {
    set.names.push_back(names[i][0]);
    set.lookups.push_back({.group = names[i][1], .asked = damaged[i][0], .meant = names[i][0]});
  }
  return set;
}

absl::StatusOr<LookupSet> ReadBrands(const std::string& archive) {
  const testing::TempDir unpacked;
  const std::string tar = absl::StrCat("tar -xzf '", archive, "' -C '", unpacked.path(), "'");
  if (std::system(tar.c_str()) != 0) {  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
    return absl::InvalidArgumentError(absl::StrCat("cannot unpack ", archive));
  }
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(unpacked.path())) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  LookupSet set{.title = "Brands by their names in other languages",
                .names = {},
                .owners = {},
                .lookups = {}};
  std::set<std::string> known;
  for (const std::string& path : paths) {
    std::ifstream file(path);
    const nlohmann::json brands = nlohmann::json::parse(file, nullptr, false);
    if (brands.is_discarded() || !brands.contains("items")) continue;
    for (const nlohmann::json& item : brands["items"]) TakeBrand(item, set, known);
  }
  std::set<std::string> borne;
  for (const std::string& name : set.names) borne.insert(text::Fold(name));
  std::erase_if(set.lookups,
                [&](const NameLookup& lookup) { return borne.contains(text::Fold(lookup.asked)); });
  return set;
}

absl::Status ReportLookups(const LookupSet& set, std::ostream& out) {
  const Index index = IndexOf(set.names);
  Tally all;
  std::map<std::string, Tally> groups;
  for (const NameLookup& lookup : set.lookups) {
    STEELYARD_ASSIGN_OR_RETURN(
        const auto answer, registry::match::Match(Context::Background(), index, 1,
                                                  {.name = lookup.asked}, NewestMethod(), kHits));
    all.Add(set, answer, lookup.meant);
    groups[lookup.group].Add(set, answer, lookup.meant);
  }
  out << "\n## " << set.title << ": " << set.lookups.size() << " lookups among " << set.names.size()
      << " names\n\n"
      << "| who | lookups | first | among ten | matched by itself | wrongly |\n"
      << "|---|---|---|---|---|---|\n";
  PrintTally("**Steelyard**", all, out);
  for (const auto& [group, tally] : groups) {
    if (tally.asked >= static_cast<int>(kFewest)) PrintTally("- " + group, tally, out);
  }
  std::vector<std::string> folded;
  for (const std::string& name : set.names) folded.push_back(text::Fold(name));
  out << "\nFirst, over a sample of " << std::min(kSample, set.lookups.size()) << ":";
  for (const Rival& rival : Rivals()) {
    if (rival.folded) out << absl::StrFormat(" %s %.3f", rival.name, FirstOf(rival, set, folded));
  }
  out << "\n";
  return absl::OkStatus();
}

}  // namespace steelyard::bench
