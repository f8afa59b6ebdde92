#pragma once

// Which source is believed, field by field: named, versioned rules, deterministic to the last tie.
// What each means is in the contract, steelyard.common.v1.Definition.source_policy.

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/time/date.h"
#include "services/funding/assertion.h"
#include "steelyard/common/v1/definition.pb.h"

namespace steelyard::funding {

inline constexpr std::string_view kListedOrder = "listed-order/1";
inline constexpr std::string_view kPriority = "priority/1";
inline constexpr std::string_view kFreshest = "freshest/1";
inline constexpr std::string_view kMedian = "median/1";
inline constexpr std::string_view kMostComplete = "most-complete/1";

// A policy as a question names it.
struct SourcePolicy {
  std::string id{kListedOrder};
  std::vector<std::string> priority;         // ids of sources, for kPriority
  std::map<std::string, std::string> rules;  // policy by field, for fields with one of their own

  bool operator==(const SourcePolicy&) const = default;
  // Whether it is the one that rounds are stored by.
  bool IsDefault() const { return *this == SourcePolicy(); }
  std::string_view IdFor(std::string_view field) const;
};

// Takes the policy of a definition; adds an error for each fault. `field` is the definition's path.
// `fields` are those that rules may name.
SourcePolicy TakeSourcePolicy(const common::v1::Definition& definition, std::string_view field,
                              const std::vector<std::string_view>& fields, FieldErrors& errors);
// Writes it into an effective definition.
void SetSourcePolicy(const SourcePolicy& policy, common::v1::Definition& definition);
// Names of the fields of rounds that rules may name.
const std::vector<std::string_view>& RoundRuleFields();

// What funding knows of a source, for ranking.
struct SourceFacts {
  std::optional<PartialDate> published;
  std::string kind;

  bool operator==(const SourceFacts&) const = default;
};
using SourceTable = std::map<std::string, SourceFacts, std::less<>>;

// Assertions of one round that give the field, the one that is believed first. Retracted ones give
// nothing.
std::vector<const Assertion*> Ranked(std::span<const Assertion> assertions,
                                     const AssertedField& field, const SourcePolicy& policy,
                                     const SourceTable& sources);
// All live assertions in the order in which the policy prefers their sources.
std::vector<const Assertion*> Ranked(std::span<const Assertion> assertions,
                                     const SourcePolicy& policy, const SourceTable& sources);

}  // namespace steelyard::funding
