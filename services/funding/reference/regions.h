#pragma once

// What a word for a region means: a country, a version of a region set, an alias for one of them,
// or the whole world. Pure functions over the region sets of one revision.
//
// A term is, in this order:
//   1. "WORLD": everything, companies of unknown country included;
//   2. an alias that the question binds, or one of the defaults EUROPE -> EUROPE_BROAD and
//      CN -> CHINA_MAINLAND (a default holds only while the store has its set; CN is else the
//      country);
//   3. an ISO 3166-1 country: alpha-2 or alpha-3, Kosovo as XK, or another agency's or former code
//      (UK, EL, ROM, ZAR, TMP, KSV), always answered as alpha-2;
//   4. a region set, newest version, or one version of it: "EU27", "EU27@2020-02-01".
// Letters may be lower case. Versions are compared piece by piece, runs of digits as numbers, so
// that "10" is newer than "9" and "2020-02-01" newer than "2013-07-01".

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/common/time/date.h"
#include "steelyard/common/v1/definition.pb.h"

namespace steelyard::funding {

inline constexpr std::string_view kWorld = "WORLD";

// A country's time in a region set, in days since 1970-01-01, half-open.
struct Membership {
  std::string country;                                  // ISO 3166-1 alpha-2
  int32_t from = std::numeric_limits<int32_t>::min();   // first day; the least value: since ever
  int32_t until = std::numeric_limits<int32_t>::max();  // first day after; the greatest: open

  bool operator==(const Membership&) const = default;
};

// One version of a region set.
struct RegionSet {
  std::string id;                   // "EU27": upper-case letters, digits, '_'
  std::string version;              // "2020-02-01"
  std::vector<Membership> members;  // by country, then first day

  bool operator==(const RegionSet&) const = default;
};

// "EU27@2020-02-01".
std::string NameOf(const RegionSet& set);
// Order of versions and of listed ids: pieces of digits as numbers, other characters bytewise.
bool NaturalLess(std::string_view a, std::string_view b);

// A term as understood.
//
// Membership in time: within the life of the set (from its first member's first day to its last
// member's last day) a country belongs while its own interval says so. Dates outside that life take
// the composition of its nearest day, so that "EU27@2020-02-01" over 2015 is the same 27 countries,
// as statistical offices back-cast it, and never an empty region. A date known to the month or year
// only stands for its last day.
struct ResolvedRegion {
  std::string term;                 // as asked
  std::string region;               // country code, id of the set, or "WORLD"
  std::string version;              // of the set; empty for a country and the world
  std::vector<Membership> members;  // by country, then first day; empty for the world

  bool world() const { return region == kWorld && version.empty(); }
  bool is_set() const { return !version.empty(); }
  // Whether `country` belongs at `date`. The world holds every country and "" (unknown).
  bool Contains(std::string_view country, const PartialDate& date) const;
  // Countries that belong at `date`; sorted. Empty for the world.
  std::vector<std::string> MembersAt(const PartialDate& date) const;
  // Days on which `country` joins or leaves, since 1970-01-01, ascending; empty when it belongs at
  // every date or at none.
  std::vector<int32_t> ChangesOf(std::string_view country) const;
  // Countries that belong on at least one day of the range; sorted. Empty for the world.
  std::vector<std::string> MembersDuring(const DateRange& range) const;
};

// What an alias stands for in one question.
struct RegionAlias {
  std::string alias;       // "EUROPE"
  std::string region_set;  // "EU27", "EU27@2020-02-01" or a country code

  bool operator==(const RegionAlias&) const = default;
};
std::vector<RegionAlias> AliasesOf(
    const google::protobuf::RepeatedPtrField<common::v1::RegionBinding>& bindings);

// The region sets of one revision. Immutable, thread-safe.
class RegionCatalogue {
 public:
  RegionCatalogue() = default;
  // Takes the sets in any order; each id and version once.
  explicit RegionCatalogue(std::vector<RegionSet> sets);

  // Every version of every set, by id and version.
  const std::vector<RegionSet>& sets() const { return sets_; }

  // What `term` means. UNKNOWN_REGION, with metadata "term" and "allowed", for a term that is
  // nothing of the above. `aliases` must have passed CheckAliases.
  absl::StatusOr<ResolvedRegion> Resolve(std::string_view term,
                                         std::span<const RegionAlias> aliases) const;

  // Checks a question's bindings: each alias once, 1 to 64 letters, digits or '_', not WORLD; each
  // target a known set, version or country, no other alias. INVALID_FIELD or UNKNOWN_REGION, naming
  // the field "{field}[i].alias" or "{field}[i].region_set".
  absl::Status CheckAliases(std::span<const RegionAlias> aliases, std::string_view field) const;

  // The bindings in force, defaults included, each target with its version, sorted by alias: what
  // an answer echoes in Definition.regions. `aliases` must have passed CheckAliases.
  std::vector<RegionAlias> Effective(std::span<const RegionAlias> aliases) const;

 private:
  // The set "ID" (newest) or "ID@VERSION"; nullptr when there is none.
  const RegionSet* Find(std::string_view name) const;

  std::vector<RegionSet> sets_;
};

}  // namespace steelyard::funding
