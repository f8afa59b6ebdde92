#include "services/funding/source_policy.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "services/common/text/strings.h"
#include "services/funding/reference/convert.h"
#include "services/funding/reference/facet_policy.h"

namespace steelyard::funding {
namespace {

constexpr int kMostPriorities = 100;
constexpr size_t kLongestSourceId = 64;
constexpr std::string_view kEditorial = "editorial";

// Rounds and series have the same policies.
void CheckPolicy(const std::string& id, std::string_view field, FieldErrors& errors) {
  if (!FacetPolicyOf(id)) errors.Add(field, UnknownPolicy(id));
}

void TakePriority(const common::v1::Definition& definition, std::string_view field,
                  SourcePolicy& policy, FieldErrors& errors) {
  const std::string path = StrCat(field, ".source_priority");
  if (definition.source_priority_size() > kMostPriorities) {
    errors.Add(path, StrCat("at most ", kMostPriorities, " sources are allowed"));
  }
  std::set<std::string> seen;
  for (int i = 0; i < definition.source_priority_size(); ++i) {
    std::string id = WithoutPrefix(definition.source_priority(i), kSourcePrefix);
    if (!IsId(id, kLongestSourceId)) {
      errors.Add(StrCat(path, "[", i, "]"), "must be \"sources/{source}\"");
    } else if (!seen.insert(id).second) {
      errors.Add(StrCat(path, "[", i, "]"), "must not repeat an earlier one");
    }
    policy.priority.push_back(std::move(id));
  }
}

void TakeRules(const common::v1::Definition& definition, std::string_view field,
               const std::vector<std::string_view>& fields, SourcePolicy& policy,
               FieldErrors& errors) {
  for (int i = 0; i < definition.source_rules_size(); ++i) {
    const common::v1::SourceRule& rule = definition.source_rules(i);
    const std::string path = StrCat(field, ".source_rules[", i, "]");
    if (std::find(fields.begin(), fields.end(), rule.field()) == fields.end()) {
      errors.Add(StrCat(path, ".field"), StrCat("must be one of ", StrJoin(fields, ", ")));
    }
    CheckPolicy(rule.policy(), StrCat(path, ".policy"), errors);
    if (!policy.rules.emplace(rule.field(), rule.policy()).second) {
      errors.Add(StrCat(path, ".field"), "must not repeat an earlier one");
    }
  }
}

// Orders assertions by one policy.
class Order {
 public:
  // `field` is the bit of the field that is ranked; 0 for assertions as a whole.
  Order(std::string_view id, uint32_t field, const SourcePolicy& policy, const SourceTable& sources)
      : id_(id), field_(field), policy_(policy), sources_(sources) {}

  bool operator()(const Assertion* a, const Assertion* b) const {
    return std::tuple(First(*a), Listing(*a)) < std::tuple(First(*b), Listing(*b));
  }

 private:
  // What the policy looks at before the order of listing; the smaller comes first.
  int64_t First(const Assertion& assertion) const {
    if (id_ == kPriority) {
      return std::find(policy_.priority.begin(), policy_.priority.end(), assertion.source) -
             policy_.priority.begin();
    }
    if (id_ == kFreshest) {
      const auto facts = sources_.find(assertion.source);
      if (facts == sources_.end() || !facts->second.published) return INT64_MAX;
      return -int64_t{facts->second.published->LastDay().ToDays()};
    }
    if (id_ == kMostComplete) {
      const std::vector<AssertedField>& fields = AssertedFields();
      return -std::count_if(fields.begin(), fields.end(),
                            [&](const AssertedField& field) { return field.given(assertion); });
    }
    return 0;
  }

  std::tuple<bool, int, std::string_view, std::string_view> Listing(
      const Assertion& assertion) const {
    const auto facts = sources_.find(assertion.source);
    const bool editorial =
        facts != sources_.end() ? facts->second.kind == kEditorial : assertion.source == kEditorial;
    const bool amended = (assertion.amended & field_) != 0;
    return {editorial, amended ? kAmendmentPosition : assertion.position, assertion.source,
            assertion.round};
  }

  std::string_view id_;
  uint32_t field_;
  const SourcePolicy& policy_;
  const SourceTable& sources_;
};

// Brings the middle amount, of those in the first one's currency, to the front.
void PutMedianFirst(const AssertedField& field, std::vector<const Assertion*>& ranked) {
  const std::string& currency = field.money(*ranked.front())->currency;
  std::vector<const Assertion*> same;
  for (const Assertion* assertion : ranked) {
    if (field.money(*assertion)->currency == currency) same.push_back(assertion);
  }
  std::stable_sort(same.begin(), same.end(), [&](const Assertion* a, const Assertion* b) {
    return field.money(*a)->minor_units < field.money(*b)->minor_units;
  });
  const int64_t median = field.money(*same[(same.size() - 1) / 2])->minor_units;
  // Of those that give it, the one listed first.
  const auto winner = std::find_if(ranked.begin(), ranked.end(), [&](const Assertion* assertion) {
    const Money& money = *field.money(*assertion);
    return money.currency == currency && money.minor_units == median;
  });
  std::rotate(ranked.begin(), winner, winner + 1);
}

}  // namespace

std::string_view SourcePolicy::IdFor(std::string_view field) const {
  const auto rule = rules.find(std::string(field));
  return rule == rules.end() ? std::string_view(id) : std::string_view(rule->second);
}

SourcePolicy TakeSourcePolicy(const common::v1::Definition& definition, std::string_view field,
                              const std::vector<std::string_view>& fields, FieldErrors& errors) {
  SourcePolicy policy;
  if (!definition.source_policy().empty()) policy.id = definition.source_policy();
  CheckPolicy(policy.id, StrCat(field, ".source_policy"), errors);
  TakePriority(definition, field, policy, errors);
  TakeRules(definition, field, fields, policy, errors);
  bool by_priority = policy.id == kPriority;
  for (const auto& [name, id] : policy.rules) by_priority = by_priority || id == kPriority;
  if (by_priority == policy.priority.empty()) {
    errors.Add(StrCat(field, ".source_priority"), by_priority
                                                      ? StrCat("is required by ", kPriority)
                                                      : StrCat("is for ", kPriority, " only"));
  }
  // A rule that says what holds anyway is none, so that equal questions look equal.
  std::erase_if(policy.rules, [&](const auto& rule) { return rule.second == policy.id; });
  return policy;
}

void SetSourcePolicy(const SourcePolicy& policy, common::v1::Definition& definition) {
  definition.set_source_policy(policy.id);
  for (const std::string& source : policy.priority) {
    definition.add_source_priority(StrCat(kSourcePrefix, source));
  }
  for (const auto& [field, id] : policy.rules) {
    common::v1::SourceRule& rule = *definition.add_source_rules();
    rule.set_field(field);
    rule.set_policy(id);
  }
}

const std::vector<std::string_view>& RoundRuleFields() {
  static const auto& names = *new std::vector<std::string_view>([] {
    std::vector<std::string_view> all;
    for (const AssertedField& field : AssertedFields()) all.push_back(field.name);
    return all;
  }());
  return names;
}

std::vector<const Assertion*> Ranked(std::span<const Assertion> assertions,
                                     const AssertedField& field, const SourcePolicy& policy,
                                     const SourceTable& sources) {
  std::vector<const Assertion*> ranked;
  for (const Assertion& assertion : assertions) {
    if (!assertion.retracted && field.given(assertion)) ranked.push_back(&assertion);
  }
  if (ranked.size() < 2) return ranked;
  const std::string_view id = policy.IdFor(field.name);
  const auto place = static_cast<uint32_t>(&field - AssertedFields().data());
  std::sort(ranked.begin(), ranked.end(), Order(id, uint32_t{1} << place, policy, sources));
  if (id == kMedian && field.money != nullptr) PutMedianFirst(field, ranked);
  return ranked;
}

std::vector<const Assertion*> Ranked(std::span<const Assertion> assertions,
                                     const SourcePolicy& policy, const SourceTable& sources) {
  std::vector<const Assertion*> ranked;
  for (const Assertion& assertion : assertions) {
    if (!assertion.retracted) ranked.push_back(&assertion);
  }
  std::sort(ranked.begin(), ranked.end(), Order(policy.id, 0, policy, sources));
  return ranked;
}

}  // namespace steelyard::funding
