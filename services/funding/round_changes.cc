#include "services/funding/round_changes.h"

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {
std::vector<Assertion> AssertionsOf(const std::vector<Round>& rounds) {
  size_t count = 0;
  for (const Round& round : rounds) count += round.sources.size();
  std::vector<Assertion> all;
  all.reserve(count);
  for (const Round& round : rounds) {
    for (Assertion& assertion : AssertionsOf(round)) all.push_back(std::move(assertion));
  }
  return all;
}

RoundChanges ChangesOf(const RoundStore::Upsertion& upsertion) {
  RoundChanges changes;
  changes.assertions = AssertionsOf(upsertion.rounds);
  for (const Round& round : upsertion.rounds) {
    if (round.included_in.empty()) {
      changes.unlinked.push_back(round.id);
    } else {
      changes.links.push_back({.round = round.id, .related = round.included_in});
    }
  }
  return changes;
}

absl::Status LinkCycleError(std::string_view round) {
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                   StrCat("the link leads from round ", round,
                          " back to the round itself; a round is the same as, or part of, another "
                          "round"),
                   {{"round", std::string(round)}});
}

absl::Status PutLinks(const RoundChanges& changes, LinkTable& links) {
  for (const std::string& report : changes.unlinked) {
    const std::string target = links.DirectInclusion(report);
    if (target.empty()) continue;
    links.Put({.round = report,
               .related = target,
               .relation = v1::ROUND_RELATION_INCLUDED_IN,
               .holds = false,
               .origin = v1::LINK_ORIGIN_REPORTED,
               .reason = ""});
  }
  for (const RoundLink& link : changes.links) {
    if (link.relation == v1::ROUND_RELATION_SAME_AS && links.LeadsBack(link)) {
      return LinkCycleError(link.round);
    }
    links.Put(link);
  }
  // Looked at together: what one link makes a circle may be mended by another.
  for (const RoundLink& link : changes.links) {
    if (links.LeadsBack(link)) return LinkCycleError(link.round);
  }
  return absl::OkStatus();
}

std::vector<std::string> ChangedOf(const std::vector<Round>& rounds,
                                   const std::set<std::string>& changed, const LinkTable& links) {
  std::vector<std::string> ids;
  for (const Round& round : rounds) {
    if (changed.contains(round.id) || changed.contains(links.RootOf(round.id))) {
      ids.push_back(round.id);
    }
  }
  return ids;
}

}  // namespace steelyard::funding
