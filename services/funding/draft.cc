#include <algorithm>
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

Assertion& Draft::AmendmentOf(const std::string& round, const std::string& source) {
  Assertion amendment;
  amendment.round = round;
  amendment.source = source;
  amendment.position = kAmendmentPosition;
  const auto [place, is_new] = amendments_.try_emplace(KeyOf(amendment), staged_.amendments.size());
  if (is_new) staged_.amendments.push_back(std::move(amendment));
  return staged_.amendments[place->second];
}

void Draft::AssertUnsupported() {
  std::vector<const Round*> unsupported;
  for (const Round& round : staged_.rounds) {
    const std::vector<Assertion> said = AssertionsOf(round);
    for (const AssertedField& field : AssertedFields()) {
      if (!said.empty() && field.given(said.front()) &&
          std::all_of(said.begin(), said.end(), [&](const Assertion& assertion) {
            const auto place = amendments_.find(KeyOf(assertion));
            return place != amendments_.end() && field.given(staged_.amendments[place->second]);
          })) {
        unsupported.push_back(&round);
        break;
      }
    }
  }
  for (const Round* round : unsupported) {
    Amend(AssertionsOf(*round).front(), AmendmentOf(round->id, source_));
  }
}

}  // namespace steelyard::funding
