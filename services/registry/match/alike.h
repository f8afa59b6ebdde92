#pragma once

// Companies of one register whose names are alike.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/registry/match/index.h"
#include "services/registry/match/method.h"

namespace steelyard::registry::match {

// Two companies that are one by the method, which decided for review at least.
struct Alike {
  std::string company;
  std::string other;
  std::string name;        // of the company
  std::string other_name;  // of the other, which is like it
  double score = 0;
};

// More companies with the same words tell nothing.
inline constexpr size_t kMostOfSameWords = 20;

// The pairs that have a name of the same words, written together in Latin without their legal
// forms, by company and other, whose id comes behind. At most `most` pairs are compared: first
// those whose words fewest companies have, then by company and other. CANCELLED, DEADLINE_EXCEEDED.
absl::StatusOr<std::vector<Alike>> FindAlike(const Context& context, const Index& index,
                                             int64_t revision, const Method& method, size_t most);

// The companies that are like one of the names of a company or have its website or identifiers, by
// other; at most `most` for a name. Of 32 names at most. None when there is no such company. Errors
// likewise.
absl::StatusOr<std::vector<Alike>> FindAlikeTo(const Context& context, const Index& index,
                                               int64_t revision, const Method& method,
                                               const std::string& company, size_t most);

}  // namespace steelyard::registry::match
