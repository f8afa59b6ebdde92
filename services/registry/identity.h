#pragma once

// Who is who: decisions that ids are one company or different ones, and what a company is that
// several ids are part of. Pure functions and values.
//
// What is said under an id is its record, whether or not the id was merged into another one. What
// readers see as a company is the record of an id that was not, joined with the records of all ids
// that lead to it. Records are never changed by a decision, so that the same records and decisions
// give the same companies, whatever came first.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/registry/company.h"

namespace steelyard::registry {

// The numbers are stored and equal those of the contract.
enum class DecisionKind {
  kMerged = 1,     // company is part of other
  kSplit = 2,      // company, once part of other, is a company of its own again
  kDistinct = 3,   // the two are different companies
  kWithdrawn = 4,  // that the two are different was withdrawn
};

// A decision. What is decided about one subject (an id's being merged, or a pair) is one decision,
// which the next one replaces.
struct Decision {
  std::string id;  // of its subject; made by the functions below
  DecisionKind kind = DecisionKind::kMerged;
  std::string company;
  std::string other;
  std::string source;  // id; empty when nobody in particular says so
  std::string comment;
  int64_t revision = 0;  // in which it was decided; given by the store

  bool operator==(const Decision&) const = default;
};

// Of kMerged and kSplit.
Decision AboutMerge(DecisionKind kind, std::string company, std::string other, std::string source,
                    std::string comment);
// Of kDistinct and kWithdrawn; the pair in either order.
Decision AboutPair(DecisionKind kind, std::string one, std::string another, std::string source,
                   std::string comment);
// The content as bytes, without the revision: equal exactly when the decisions are equal.
std::string Canonical(const Decision& decision);

// Where ids lead by the decisions of one state.
class Redirects {
 public:
  Redirects() = default;
  // Decisions about one subject each, in which nothing leads back to itself.
  explicit Redirects(std::span<const Decision> decisions);

  bool empty() const { return into_.empty(); }
  // The company that an id leads to in the end: itself unless it was merged.
  std::string SurvivorOf(const std::string& id) const;
  // What it was merged into itself; nullptr when it was not.
  const std::string* IntoOf(const std::string& id) const;
  // All ids that lead to a survivor: itself first, then the others, sorted.
  std::vector<std::string> MembersOf(const std::string& survivor) const;
  // Whether an id is merged or others are merged into it.
  bool Concerns(const std::string& id) const;

 private:
  std::map<std::string, std::string> into_;                  // of merged ids
  std::map<std::string, std::vector<std::string>> members_;  // of survivors: the others
};

// The decisions once `made` are made.
std::vector<Decision> After(std::vector<Decision> before, std::span<const Decision> made);

// The company that records make, of which the first is the survivor's; not empty. Lists of names,
// identifiers, sources, relations and histories are united; layers, sectors and every other field
// are those of the first record that gives them, in the order given. Country and city go together:
// both are those of the first record that gives a country; a city that it leaves empty is that of
// the first record of the same country. Preferred names of other records than the first become
// aliases unless one before prefers the same. `merged` names the other records. Normalised.
Company Join(std::span<const Company> records);

// What writing records and decisions does to what is stored.
struct Plan {
  std::vector<Company> records;    // to keep apart, of ids that are joined with others
  std::vector<std::string> whole;  // ids whose record need not be kept apart any more
  std::vector<Company> companies;  // as readers see them from now on
  std::vector<std::string> gone;   // ids that were companies and are part of others now
};
// The ids whose records a plan needs beside those that are written.
std::vector<std::string> NeededRecords(const Redirects& after, std::span<const Company> written,
                                       std::span<const Decision> made);
// `stored`: the needed records as they were. What the write does not touch is not in the plan.
Plan MakePlan(const Redirects& before, const Redirects& after, std::span<const Company> written,
              std::span<const Decision> made, std::span<const Company> stored);

// Whether `from` may be merged into `into`, all of which exist and are different: COMPANY_MERGED,
// COMPANIES_DISTINCT, as the contract says.
absl::Status CheckMerge(std::span<const Decision> decisions, const std::string& into,
                        std::span<const std::string> from);

}  // namespace steelyard::registry
