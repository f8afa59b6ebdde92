#include "services/funding/reference/regions.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/rules.h"

namespace steelyard::funding {
namespace {

constexpr std::pair<std::string_view, std::string_view> kDefaultAliases[] = {
    {"CN", "CHINA_MAINLAND"},
    {"EUROPE", "EUROPE_BROAD"},
};

std::string Upper(std::string_view text) { return absl::AsciiStrToUpper(ToAbsl(text)); }

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// Takes the run of digits, or of other characters, that `text` begins with.
std::string_view TakePiece(std::string_view& text) {
  const bool digits = IsDigit(text.front());
  size_t length = 1;
  while (length < text.size() && IsDigit(text[length]) == digits) {
    ++length;
  }
  const std::string_view piece = text.substr(0, length);
  text.remove_prefix(length);
  return piece;
}

// Less than, equal to or greater than zero, as numbers of any length.
int CompareNumbers(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) {
    return a.size() < b.size() ? -1 : 1;
  }
  return a.compare(b);
}

struct Days {
  int32_t first;
  int32_t last;
};

// From the first member's first day to the last member's last.
Days LifeOf(const std::vector<Membership>& members) {
  Days life{std::numeric_limits<int32_t>::max(), std::numeric_limits<int32_t>::min()};
  for (const Membership& member : members) {
    life.first = std::min(life.first, member.from);
    life.last = std::max(life.last, member.until - 1);
  }
  return life;
}

std::vector<std::string> MembersBetween(const std::vector<Membership>& members, int32_t first,
                                        int32_t last) {
  if (members.empty()) {
    return {};
  }
  const Days life = LifeOf(members);
  first = std::clamp(first, life.first, life.last);
  last = std::clamp(last, life.first, life.last);
  std::set<std::string> countries;
  for (const Membership& member : members) {
    if (member.from <= last && member.until > first) {
      countries.insert(member.country);
    }
  }
  return {countries.begin(), countries.end()};
}

ResolvedRegion FromCountry(std::string country) {
  ResolvedRegion region;
  region.members = {Membership{.country = country}};
  region.region = std::move(country);
  return region;
}

ResolvedRegion FromSet(const RegionSet& set) {
  ResolvedRegion region;
  region.region = set.id;
  region.version = set.version;
  region.members = set.members;
  return region;
}

absl::Status UnknownRegion(std::string_view term, const std::vector<RegionSet>& sets) {
  std::vector<std::string> allowed;
  for (const RegionSet& set : sets) {
    allowed.push_back(NameOf(set));
  }
  const std::string list = StrJoin(allowed, ", ");
  return MakeError(
      common::v1::ERROR_REASON_UNKNOWN_REGION,
      absl::StrFormat(
          "\"%s\" is no region; allowed are ISO 3166-1 country codes, WORLD, EUROPE and "
          "the region sets: %s",
          term, list.empty() ? "none is stored" : list),
      {{"term", std::string(term)}, {"allowed", list}});
}

}  // namespace

std::string NameOf(const RegionSet& set) { return StrCat(set.id, "@", set.version); }

bool NaturalLess(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    const std::string_view piece_a = TakePiece(a);
    const std::string_view piece_b = TakePiece(b);
    const bool numbers = IsDigit(piece_a.front()) && IsDigit(piece_b.front());
    const int order = numbers ? CompareNumbers(piece_a, piece_b) : piece_a.compare(piece_b);
    if (order != 0) {
      return order < 0;
    }
  }
  if (a.empty() != b.empty()) {
    return a.empty();
  }
  return whole_a < whole_b;  // "01" and "1" differ all the same: the order is total
}

bool ResolvedRegion::Contains(std::string_view country, const PartialDate& date) const {
  if (world()) {
    return true;
  }
  if (members.empty()) {
    return false;
  }
  const Days life = LifeOf(members);
  const int32_t day = std::clamp(date.LastDay().ToDays(), life.first, life.last);
  return std::any_of(members.begin(), members.end(), [&](const Membership& member) {
    return member.country == country && member.from <= day && day < member.until;
  });
}

std::vector<int32_t> ResolvedRegion::ChangesOf(std::string_view country) const {
  std::vector<int32_t> changes;
  if (world() || members.empty()) return changes;
  const Days life = LifeOf(members);
  const auto belongs = [&](int32_t day) {
    return std::any_of(members.begin(), members.end(), [&](const Membership& member) {
      return member.country == country && member.from <= day && day < member.until;
    });
  };
  for (const Membership& member : members) {
    if (member.country != country) continue;
    for (const int32_t day : {member.from, member.until}) {
      // Before its first and after its last day a set is what it was on that day.
      if (day <= life.first || day > life.last) continue;
      if (belongs(day) != belongs(day - 1)) changes.push_back(day);
    }
  }
  std::sort(changes.begin(), changes.end());
  changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
  return changes;
}

std::vector<std::string> ResolvedRegion::MembersAt(const PartialDate& date) const {
  const int32_t day = date.LastDay().ToDays();
  return MembersBetween(members, day, day);
}

std::vector<std::string> ResolvedRegion::MembersDuring(const DateRange& range) const {
  const int32_t first = range.from ? range.from->ToDays() : std::numeric_limits<int32_t>::min();
  const int32_t last = range.to ? range.to->ToDays() : std::numeric_limits<int32_t>::max();
  return MembersBetween(members, first, last);
}

std::vector<RegionAlias> AliasesOf(
    const google::protobuf::RepeatedPtrField<common::v1::RegionBinding>& bindings) {
  std::vector<RegionAlias> aliases;
  for (const common::v1::RegionBinding& binding : bindings) {
    aliases.push_back({Upper(binding.alias()), binding.region_set()});
  }
  return aliases;
}

RegionCatalogue::RegionCatalogue(std::vector<RegionSet> sets) : sets_(std::move(sets)) {
  std::sort(sets_.begin(), sets_.end(), [](const RegionSet& a, const RegionSet& b) {
    return a.id != b.id ? a.id < b.id : NaturalLess(a.version, b.version);
  });
  for (RegionSet& set : sets_) {
    std::sort(set.members.begin(), set.members.end(), [](const Membership& a, const Membership& b) {
      return std::tie(a.country, a.from, a.until) < std::tie(b.country, b.from, b.until);
    });
  }
}

const RegionSet* RegionCatalogue::Find(std::string_view name) const {
  const size_t at = name.find('@');
  const std::string id = Upper(name.substr(0, at));
  const RegionSet* found = nullptr;
  for (const RegionSet& set : sets_) {
    if (set.id == id && (at == std::string_view::npos || set.version == name.substr(at + 1))) {
      found = &set;  // versions ascend: the last is the newest
    }
  }
  return found;
}

absl::StatusOr<ResolvedRegion> RegionCatalogue::Resolve(
    std::string_view term, std::span<const RegionAlias> aliases) const {
  const std::string word = Upper(term);
  std::string meaning(term);
  if (word != kWorld) {
    for (const auto& [alias, set] : kDefaultAliases) {
      if (alias == word && Find(set) != nullptr) {
        meaning = set;
      }
    }
    for (const RegionAlias& alias : aliases) {
      if (alias.alias == word) {
        meaning = alias.region_set;
      }
    }
  }
  ResolvedRegion region;
  if (word == kWorld) {
    region.region = kWorld;
  } else if (std::string country = CountryOf(meaning); !country.empty()) {
    region = FromCountry(std::move(country));
  } else if (const RegionSet* set = Find(meaning); set != nullptr) {
    region = FromSet(*set);
  } else {
    return UnknownRegion(term, sets_);
  }
  region.term = term;
  return region;
}

absl::Status RegionCatalogue::CheckAliases(std::span<const RegionAlias> aliases,
                                           std::string_view field) const {
  FieldErrors errors;
  std::set<std::string_view> seen;
  for (size_t i = 0; i < aliases.size(); ++i) {
    const auto& [alias, region_set] = aliases[i];
    const std::string path = absl::StrFormat("%s[%d]", field, i);
    if (!IsRegionSetId(alias)) {
      errors.Add(path + ".alias", "must be 1 to 64 letters, digits or '_', and not WORLD");
    } else if (!seen.insert(alias).second) {
      errors.Add(path + ".alias", "is bound twice");
    }
    if (CountryOf(region_set).empty() && Find(region_set) == nullptr) {
      errors.Add(path + ".region_set", UnknownRegion(region_set, sets_));
    }
  }
  return errors.ToStatus();
}

std::vector<RegionAlias> RegionCatalogue::Effective(std::span<const RegionAlias> aliases) const {
  std::vector<RegionAlias> effective(aliases.begin(), aliases.end());
  for (const auto& standard : kDefaultAliases) {
    const bool bound = std::any_of(aliases.begin(), aliases.end(), [&](const RegionAlias& given) {
      return given.alias == standard.first;
    });
    if (!bound && Find(standard.second) != nullptr) {
      effective.push_back({std::string(standard.first), std::string(standard.second)});
    }
  }
  for (RegionAlias& alias : effective) {
    if (std::string country = CountryOf(alias.region_set); !country.empty()) {
      alias.region_set = std::move(country);
    } else if (const RegionSet* set = Find(alias.region_set); set != nullptr) {
      alias.region_set = NameOf(*set);
    }
  }
  std::sort(effective.begin(), effective.end(),
            [](const RegionAlias& a, const RegionAlias& b) { return a.alias < b.alias; });
  return effective;
}

}  // namespace steelyard::funding
