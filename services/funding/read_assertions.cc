#include "services/funding/read_assertions.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/funding/convert.h"
#include "services/funding/resolve.h"
#include "services/funding/round_match.h"

namespace steelyard::funding {
namespace {

// Where the page ends, of so many; sets the token of the next one.
template <typename Response>
int64_t EndPage(const PairListing& listing, int64_t total, Response& response) {
  const int64_t end = std::min(listing.offset + listing.limit, total);
  if (end < total) {
    response.set_next_page_token(filter::EncodePage(
        {.snapshot = response.snapshot().token(), .offset = end}, listing.digest));
  }
  return end;
}

}  // namespace

absl::Status ReadRound(const Context& context, const RoundStore& rounds, int64_t revision,
                       const RoundAsked& asked, v1::GetRoundResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const Round round,
                             rounds.Get(context, revision, asked.id, asked.policy));
  *response.mutable_round() = MessageOf(round);
  if (!asked.with_resolution) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<StoredAssertion> stored,
                             rounds.Assertions(context, revision, round.id, false));
  STEELYARD_ASSIGN_OR_RETURN(const SourceTable sources, rounds.Sources(context, revision));
  std::vector<Assertion> assertions;
  for (const StoredAssertion& each : stored) assertions.push_back(each.assertion);
  for (v1::FieldResolution& field : ExplainResolution(assertions, asked.policy, sources)) {
    *response.add_resolution() = std::move(field);
  }
  return absl::OkStatus();
}

absl::Status ListLinks(const Context& context, const RoundStore& rounds, int64_t revision,
                       const PairListing& listing, v1::ListRoundLinksResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const LinkTable table, rounds.Links(context, revision));
  std::vector<const RoundLink*> links;
  for (const auto& [key, link] : table.links()) {
    if (listing.only.empty() || link.round == listing.only || link.related == listing.only) {
      links.push_back(&link);
    }
  }
  std::sort(links.begin(), links.end(), [](const RoundLink* a, const RoundLink* b) {
    return std::tie(a->round, a->related, a->relation) <
           std::tie(b->round, b->related, b->relation);
  });
  const int64_t end = EndPage(listing, static_cast<int64_t>(links.size()), response);
  for (int64_t i = listing.offset; i < end; ++i) {
    *response.add_links() = MessageOf(*links[static_cast<size_t>(i)]);
  }
  return absl::OkStatus();
}

absl::Status ListDuplicates(const Context& context, const RoundStore& rounds,
                            const ReferenceStore& reference, int64_t revision,
                            const PairListing& listing, v1::ListDuplicateRoundsResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Round> all,
                             rounds.RoundsOf(context, revision, listing.only));
  STEELYARD_ASSIGN_OR_RETURN(const LinkTable links, rounds.Links(context, revision));
  STEELYARD_ASSIGN_OR_RETURN(const auto rates, reference.Rates(context, revision));
  const auto decided = [&](const Round& a, const Round& b) {
    return IsSettled(links.Find(v1::ROUND_RELATION_SAME_AS, a.id, b.id)) ||
           links.Find(v1::ROUND_RELATION_INCLUDED_IN, a.id, b.id) != nullptr;
  };
  const std::vector<PossibleDuplicate> pairs = FindDuplicates(all, *rates, decided);
  const int64_t end = EndPage(listing, static_cast<int64_t>(pairs.size()), response);
  for (int64_t i = listing.offset; i < end; ++i) {
    const PossibleDuplicate& pair = pairs[static_cast<size_t>(i)];
    v1::DuplicatePair& message = *response.add_pairs();
    *message.mutable_round() = MessageOf(*pair.round);
    *message.mutable_other() = MessageOf(*pair.other);
    message.set_score(pair.match.score);
    for (const std::string& reason : pair.match.reasons) message.add_reasons(reason);
  }
  return absl::OkStatus();
}

}  // namespace steelyard::funding
