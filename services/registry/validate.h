#pragma once

// Checks requests, one function each, and gives what the service works with. INVALID_FIELD lists
// every field that is wrong with what is allowed there; other reasons are named below. Snapshots
// are the ledger's to check, filters the store's.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/registry/company.h"
#include "services/registry/store.h"
#include "steelyard/common/v1/snapshot.pb.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::registry {

// The ids asked for, in that order; repetitions stay. Of a request about one company, it alone.
absl::StatusOr<std::vector<std::string>> Validate(const v1::GetCompanyRequest& request);
absl::StatusOr<std::vector<std::string>> Validate(const v1::BatchGetCompaniesRequest& request);
absl::StatusOr<std::vector<std::string>> Validate(const v1::ListCompanyAssertionsRequest& request);

// A listing: which page, of what, at which state.
struct Listing {
  CompanyQuery query;            // of companies
  std::vector<std::string> ids;  // of sources or companies
  common::v1::ReadOptions read;
  std::string digest;  // of what every page of the listing has in common
};
// INVALID_ORDER_BY, INVALID_PAGE_TOKEN.
absl::StatusOr<Listing> Validate(const v1::ListCompaniesRequest& request);
absl::StatusOr<Listing> Validate(const v1::ListSourcesRequest& request);

// The identifier's key; see IdentifierKeyOf.
absl::StatusOr<std::string> Validate(const v1::LookupCompanyRequest& request);

struct SearchQuery {
  std::string folded;  // empty: nothing but punctuation was typed, which nothing matches
  int limit = 0;
};
absl::StatusOr<SearchQuery> Validate(const v1::SearchCompaniesRequest& request);

// The companies as given, not normalised.
absl::StatusOr<std::vector<Company>> Validate(const v1::UpsertCompaniesRequest& request);
// What a merge asks for; `from` sorted.
struct MergeAsked {
  std::string into;
  std::vector<std::string> from;
  std::string source;  // id; may be empty
};
absl::StatusOr<MergeAsked> Validate(const v1::MergeCompaniesRequest& request);

// What a split (of `company`) or a decision about a pair asks for.
struct DecisionAsked {
  std::string company;
  std::string other;   // of a pair
  std::string source;  // id; may be empty
};
absl::StatusOr<DecisionAsked> Validate(const v1::SplitCompanyRequest& request);
absl::StatusOr<DecisionAsked> Validate(const v1::DistinguishCompaniesRequest& request);

// Whose word about a company is to be withdrawn.
struct RetractionAsked {
  std::string company;
  std::vector<std::string> sources;  // ids, sorted
};
absl::StatusOr<RetractionAsked> Validate(const v1::RetractCompanyRequest& request);

// Of states: `ids` holds the company. INVALID_PAGE_TOKEN.
absl::StatusOr<Listing> Validate(const v1::GetCompanyHistoryRequest& request);
// Of decisions: `ids` holds the company that they are asked for, if any. INVALID_PAGE_TOKEN.
absl::StatusOr<Listing> Validate(const v1::ListIdentityDecisionsRequest& request);
absl::StatusOr<Listing> Validate(const v1::ListDuplicateCompaniesRequest& request);

// Whether what the companies refer to exists at the revision, and no identifier is somebody else's.
// The companies are those of the request, so that errors name its fields.
absl::Status CheckReferences(const Context& context, const Store& store, int64_t revision,
                             const std::vector<Company>& companies);

// The ids asked for.
absl::StatusOr<std::string> Validate(const v1::GetSourceRequest& request);
absl::StatusOr<std::string> Validate(const v1::GetCodelistRequest& request);

// A negative revision is INVALID_FIELD, one after `head` SNAPSHOT_OUT_OF_RANGE.
absl::Status Validate(const v1::WatchCompaniesRequest& request, int64_t head);

}  // namespace steelyard::registry
