#pragma once

// Checks requests of the FundingService, one function each, and gives what the service works with.
// INVALID_FIELD lists every field that is wrong with what is allowed there; other reasons are named
// below. Snapshots are the ledger's to check, region words the catalogue's.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/funding/definition.h"
#include "services/funding/store.h"
#include "steelyard/common/v1/snapshot.pb.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

// A round, and how it is to be resolved.
struct RoundAsked {
  std::string id;
  SourcePolicy policy;
  bool with_resolution = false;
};
absl::StatusOr<RoundAsked> Validate(const v1::GetRoundRequest& request);
// The round's id.
absl::StatusOr<std::string> Validate(const v1::ListAssertionsRequest& request);
absl::StatusOr<Retraction> Validate(const v1::RetractRoundRequest& request);
absl::StatusOr<RoundLink> Validate(const v1::LinkRoundsRequest& request);
absl::StatusOr<RoundLink> Validate(const v1::UnlinkRoundsRequest& request);

// A page of what is read as a whole.
struct PairListing {
  std::string only;  // id of the round or company asked for; empty: all
  int64_t offset = 0;
  int limit = 0;
  common::v1::ReadOptions read;  // of the first page, for every page
  std::string digest;            // of what every page has in common
};
// INVALID_PAGE_TOKEN.
absl::StatusOr<PairListing> Validate(const v1::ListRoundLinksRequest& request);
absl::StatusOr<PairListing> Validate(const v1::ListDuplicateRoundsRequest& request);

// A page of rounds.
struct RoundListing {
  RoundQuery query;
  common::v1::ReadOptions read;  // of the first page, for every page
  std::string digest;            // of what every page has in common
  bool history = false;          // states in place of rounds
  int64_t history_since = 0;
};
// INVALID_FILTER, INVALID_ORDER_BY, INVALID_DATE, INVALID_PAGE_TOKEN.
absl::StatusOr<RoundListing> Validate(const v1::ListRoundsRequest& request);

// A question for sums.
struct AggregateAsked {
  SelectionQuery selection;
  std::vector<std::string> regions;  // as asked
  std::vector<v1::Dimension> group_by;
  std::vector<v1::Measure> measures;
  int top_k = 0;
  CheckedDefinition definition;
  int64_t offset = 0;
  int limit = 0;
  common::v1::ReadOptions read;  // of the first page, for every page
  std::string digest;            // of what every page has in common
};
// UNKNOWN_CURRENCY, INVALID_FILTER, INVALID_DATE, INVALID_PAGE_TOKEN.
absl::StatusOr<AggregateAsked> Validate(const v1::AggregateRoundsRequest& request);

// Also INVALID_DATE, INVALID_AMOUNT and UNKNOWN_CURRENCY.
absl::StatusOr<RoundStore::Upsertion> Validate(const v1::UpsertRoundsRequest& request);

// A negative revision is INVALID_FIELD, one after `head` SNAPSHOT_OUT_OF_RANGE.
absl::Status Validate(const v1::WatchRoundsRequest& request, int64_t head);

}  // namespace steelyard::funding
