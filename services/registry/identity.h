#pragma once

// Who is who: decisions that ids are one company or different ones, or that what a source said does
// not count. Pure functions and values.
//
// What sources say under an id are its records (record.h), whether or not the id was merged into
// another one. What readers see as a company are the records of an id that was not, joined with
// those of all ids that lead to it. No merge or split changes a record, so that the same records
// and decisions give the same companies, whatever came first.

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
  kRetracted = 5,  // what source said of company was withdrawn
};

// A decision. What is decided about one subject (an id's being merged, a pair, or something that a
// source said of an id) is one decision, which the next one replaces.
struct Decision {
  std::string id;  // of its subject; made by the functions below
  DecisionKind kind = DecisionKind::kMerged;
  std::string company;
  std::string other;   // of kRetracted: what the source said (RetractedContent)
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
// Of kRetracted.
Decision AboutWord(const Company& record, std::string source, std::string comment);
// What a record says, as such a decision knows it again; no id of a company.
std::string RetractedContent(const Company& record);
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

// Whether `from` may be merged into `into`, all of which exist and are different: COMPANY_MERGED,
// COMPANIES_DISTINCT, as the contract says.
absl::Status CheckMerge(std::span<const Decision> decisions, const std::string& into,
                        std::span<const std::string> from);

}  // namespace steelyard::registry
