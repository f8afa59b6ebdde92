#pragma once

// What one source says of a round, and links between reports of rounds. Free of RPC and SQL.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/money/money.h"
#include "services/common/time/date.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// What one source says of one round, under the name by which it reported it. A field that is unset
// says nothing.
struct Assertion {
  std::string round;
  std::string source;
  int position = 0;  // place of the source in the row or request that named it
  // Fields, by their places in AssertedFields(), in which it departs from the row that lists the
  // source: for these it stands behind all that the row lists, so that a row's own value holds as
  // long as one of its sources bears it out.
  uint32_t amended = 0;
  bool retracted = false;  // withdrawn: the fields are what was withdrawn
  std::string reason;      // of the retraction
  std::string company;
  std::optional<PartialDate> announced;
  std::optional<PartialDate> closed;
  std::string label;
  Stage stage = v1::STAGE_UNSPECIFIED;
  // Unset also when it is the one that the stage stands for.
  AmountKind kind = common::v1::AMOUNT_KIND_UNSPECIFIED;
  std::optional<Money> amount;
  std::optional<Money> post_money;
  std::vector<Participation> participations;
  std::string note;

  bool operator==(const Assertion&) const = default;
};

// The position of sources that no row of rounds lists: after all that one does.
inline constexpr int kAmendmentPosition = 1000;

// An assertion with the revisions that it holds in: to_revision is the first that it does not, and
// ledger::kOpenRevision while it holds.
struct StoredAssertion {
  Assertion assertion;
  int64_t from_revision = 0;
  int64_t to_revision = 0;
};

// "{round}/assertions/{source}".
std::string KeyOf(const Assertion& assertion);
// All that it says and where it stands, but not whether it was retracted, in one unambiguous text.
std::string Canonical(const Assertion& assertion);

// What a row that lists several sources says: each of them says all of it.
std::vector<Assertion> AssertionsOf(const Round& round);
// Takes over the fields that `later`, of the same source and round, gives, as amended ones; of the
// investors those of the role that it names, so that who says who led says nothing of the others.
void Amend(const Assertion& later, Assertion& assertion);

// What an assertion may say, in the order of the contract. Thread-safe.
struct AssertedField {
  std::string_view name;
  bool (*given)(const Assertion&);
  std::string (*text)(const Assertion&);  // of a given one, for people; equal texts say the same
  void (*take)(const Assertion&, Round&);
  const std::optional<Money>& (*money)(const Assertion&);       // null: not about money
  const std::optional<PartialDate>& (*date)(const Assertion&);  // null: not about a date
};
const std::vector<AssertedField>& AssertedFields();

// What links two reports. Numbers are those of the contract, and stored.
using v1::LinkOrigin;
using v1::RoundRelation;

// A link, or a decision that there is none.
struct RoundLink {
  std::string round;
  std::string related;
  RoundRelation relation = v1::ROUND_RELATION_INCLUDED_IN;
  bool holds = true;
  LinkOrigin origin = v1::LINK_ORIGIN_REPORTED;
  std::string reason;

  bool operator==(const RoundLink&) const = default;
};

// "SAME_AS a b": relation, round and related.
std::string KeyOf(const RoundLink& link);
std::string Canonical(const RoundLink& link);

// Every link that is known, for following them. Not thread-safe while it grows.
class LinkTable {
 public:
  // Adds a link or takes its place. One that was decided is replaced by decisions only, and what is
  // decided of a pair one way round holds the other way round too: then false, and nothing is done.
  bool Put(const RoundLink& link);
  // Adds a link of a table that was stored whole.
  void Load(const RoundLink& link);
  // What is known of the pair either way round; null when nothing is.
  const RoundLink* Find(RoundRelation relation, std::string_view a, std::string_view b) const;
  // The report whose name the round goes by: follows SAME_AS from the report.
  std::string RootOf(std::string_view report) const;
  // The round that a report says it is part of, by its root; empty for none.
  std::string IncludedIn(std::string_view report) const;
  // What a link says that the report itself is part of, under the name that it uses; or empty.
  std::string DirectInclusion(std::string_view report) const;
  // Whether a link that holds, put or not, leads from its round back to it. A SAME_AS that does
  // must not be put.
  bool LeadsBack(const RoundLink& link) const;
  // Reports that are the same as the root, the root first, then bytewise.
  std::vector<std::string> MembersOf(std::string_view root) const;
  // Whether any link, one that holds or not, is about the report.
  bool Names(std::string_view report) const;
  // Every report that goes by another name.
  std::vector<std::string> Aliases() const;
  const std::map<std::string, RoundLink, std::less<>>& links() const { return links_; }
  // Links that Put changed since the last call, by key.
  std::vector<RoundLink> TakeTouched();

 private:
  using Targets = std::map<std::string, std::string, std::less<>>;
  void Index(const RoundLink& link);
  void End(const std::string& key);

  std::map<std::string, RoundLink, std::less<>> links_;  // by KeyOf
  Targets same_;                                         // SAME_AS that holds: report to report
  std::multimap<std::string, std::string, std::less<>> reports_;  // the same, the other way
  Targets included_;                                              // INCLUDED_IN that holds
  std::set<std::string, std::less<>> named_;                      // reports of all links
  std::set<std::string> touched_;                                 // keys
};

}  // namespace steelyard::funding
