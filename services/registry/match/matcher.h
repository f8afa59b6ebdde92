#pragma once

// Who is meant: ranked companies for a query, with what speaks for and against each.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/registry/match/index.h"
#include "services/registry/match/method.h"

namespace steelyard::registry::match {

// An example of the company that is meant.
struct Query {
  std::string name;                      // may be empty when there are identifiers or a domain
  std::string country;                   // ISO 3166-1 alpha-2; empty: unknown, as below
  std::string city;                      // folded
  std::string domain;                    // DomainOf
  std::vector<std::string> identifiers;  // IdentifierKeyOf
  std::vector<std::string> sectors;
  int founded_year = 0;
};

enum class Decision { kNoMatch = 1, kReview = 2, kMatch = 3 };

// A company that may be meant, with its name that is most like the query's.
struct Candidate {
  std::string company;
  std::string display_name;
  std::string country;
  std::optional<CompanyName> matched;  // none: found by what is no name
  double score = 0;                    // in (0, 1)
  double likeness = 0;                 // of the names letter by letter, in [0, 1]; EditSimilarity
  Decision decision = Decision::kNoMatch;
  NameFeatures name_features{};
  ContextFeatures context_features{};
};

struct Answer {
  std::vector<Candidate> candidates;  // best first, then the most alike, then by company
  Decision decision = Decision::kNoMatch;
  bool only_legal_form = false;  // the name says nothing else: never a match by itself
};

// The companies of a revision that are most like the query, at most `limit`. A query's decision is
// that of its first candidate, but REVIEW when a second one is a match too and hardly less likely.
// An equal identifier makes a match, another one of the same scheme makes none; both at once ask
// for review. CANCELLED, DEADLINE_EXCEEDED. Thread-safe.
absl::StatusOr<Answer> Match(const Context& context, const Index& index, int64_t revision,
                             const Query& query, const Method& method, size_t limit);

// Likewise, of the companies that bear these names alone.
absl::StatusOr<Answer> MatchAmong(const Context& context, const Index& index, int64_t revision,
                                  const Query& query, const Method& method,
                                  const std::vector<Found>& names, size_t limit);

}  // namespace steelyard::registry::match
