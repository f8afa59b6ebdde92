#include "services/funding/selection.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace steelyard::funding {

int32_t Dictionary::Number(std::string_view text) {
  const auto found = numbers_.find(text);
  if (found != numbers_.end()) return found->second;
  const auto number = static_cast<int32_t>(texts_.size());
  texts_.emplace_back(text);
  numbers_.emplace(texts_.back(), number);
  return number;
}

std::optional<int32_t> Dictionary::Find(std::string_view text) const {
  const auto found = numbers_.find(text);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

void Order(Selection& selection) {
  const size_t count = selection.companies.size();
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return selection.companies[a].id < selection.companies[b].id;
  });
  std::vector<int32_t> places(count);
  std::vector<SelectedCompany> companies;
  companies.reserve(count);
  for (const size_t old : order) {
    places[old] = static_cast<int32_t>(companies.size());
    companies.push_back(std::move(selection.companies[old]));
  }
  selection.companies = std::move(companies);
  for (SelectedRound& round : selection.rounds) {
    round.company = places[static_cast<size_t>(round.company)];
  }
  std::stable_sort(
      selection.rounds.begin(), selection.rounds.end(),
      [](const SelectedRound& a, const SelectedRound& b) { return a.company < b.company; });
}

}  // namespace steelyard::funding
