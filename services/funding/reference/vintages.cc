#include "services/funding/reference/vintages.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

// Whether `a` stands where both have a value.
bool Precedes(const PublishedValue& a, const PublishedValue& b) {
  if (a.vintage != b.vintage) {
    return VintageLess(b.vintage, a.vintage);
  }
  if (NaturalLess(a.id, b.id) != NaturalLess(b.id, a.id)) {
    return NaturalLess(a.id, b.id);
  }
  return a.id < b.id;
}

auto KeyOf(const PublishedValue& value) {
  return std::tie(value.region, value.period, value.facet.source, value.facet.scope,
                  value.facet.price_basis, value.facet.unit);
}

}  // namespace

bool VintageLess(const std::optional<PartialDate>& a, const std::optional<PartialDate>& b) {
  if (!a.has_value() || !b.has_value()) {
    return b.has_value() && !a.has_value();
  }
  return std::tuple(a->LastDay(), *a) < std::tuple(b->LastDay(), *b);
}

std::string NameOf(const PublishedValue& value) {
  return value.vintage.has_value() ? StrCat(value.id, "@", value.vintage->ToString()) : value.id;
}

std::vector<PublishedValue> PresentOf(std::span<const PublishedValue> vintages,
                                      const std::optional<PartialDate>& published_by) {
  std::map<decltype(KeyOf(vintages.front())), const PublishedValue*> present;
  for (const PublishedValue& value : vintages) {
    if (!value.retraction.empty() || !IsPublishedBy(value, published_by)) {
      continue;
    }
    const PublishedValue*& stands = present[KeyOf(value)];
    if (stands == nullptr || Precedes(value, *stands)) {
      stands = &value;
    }
  }
  std::vector<PublishedValue> values;
  values.reserve(present.size());
  for (const auto& [key, value] : present) {
    values.push_back(*value);
  }
  std::sort(values.begin(), values.end(),
            [](const PublishedValue& a, const PublishedValue& b) { return NameOf(a) < NameOf(b); });
  return values;
}

bool IsPublishedBy(const PublishedValue& value, const std::optional<PartialDate>& day) {
  return !day.has_value() || !value.vintage.has_value() ||
         value.vintage->LastDay() <= day->LastDay();
}

}  // namespace steelyard::funding
