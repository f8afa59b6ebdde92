#include <utility>

#include "services/funding/importers.h"

namespace steelyard::funding {
namespace {

template <typename Subject>
Draft::Outcome AddTo(std::vector<Subject>& subjects, std::unordered_map<std::string, size_t>& index,
                     const std::string& key, Subject subject) {
  const auto [place, is_new] = index.try_emplace(key, subjects.size());
  if (!is_new) {
    return subjects[place->second] == subject ? Draft::Outcome::kRepeated
                                              : Draft::Outcome::kDifferent;
  }
  subjects.push_back(std::move(subject));
  return Draft::Outcome::kNew;
}

}  // namespace

Draft::Outcome Draft::Add(Round round) {
  const std::string key = round.id;
  return AddTo(staged_.rounds, rounds_, key, std::move(round));
}

Draft::Outcome Draft::Add(Investor investor) {
  const std::string key = investor.name;
  return AddTo(staged_.investors, investors_, key, std::move(investor));
}

}  // namespace steelyard::funding
