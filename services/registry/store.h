#pragma once

// Where the registry keeps what it knows, with all of its history. This interface is the contract
// of every store; tests/contract/registry_store_contract holds each of them to it.
//
// What sources say under an id are its records; what readers see as companies is made of records,
// decisions and the kinds of sources, as record.h and identity.h say. Unless something else is
// said, companies are those that readers see.
//
// Reads see one revision, resolved by the ledger: the state right after that commit, the same for
// ever; revision 0 is the empty store. Texts are compared and ordered bytewise. Errors are those of
// services/common/sql (STORE_UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL) and those named
// below. Thread-safe; reads never wait for writes.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/filter/filter.h"
#include "services/common/ledger/ledger.h"
#include "services/registry/company.h"
#include "services/registry/identity.h"
#include "services/registry/known_companies.h"
#include "services/registry/parents.h"

namespace steelyard::registry {

// What to list.
struct CompanyQuery {
  std::string filter;                   // AIP-160, of the fields that the contract names
  std::vector<filter::OrderKey> order;  // id, display_name, founded_year; ties are broken by id
  int64_t offset = 0;
  int limit = 0;
};

struct CompanyPage {
  std::vector<Company> companies;
  int64_t total = 0;  // that the filter matches in all
};

// A state of a company that is no longer its newest: it held over the revisions [from, to).
struct Ended {
  std::string company;
  int64_t from = 0;
  int64_t to = 0;

  bool operator==(const Ended&) const = default;
};

struct Counts {
  int64_t companies = 0;
  int64_t names = 0;
  int64_t identifiers = 0;
  int64_t sources = 0;

  bool operator==(const Counts&) const = default;
};

// What readers saw of a company from one commit to another.
struct CompanyState {
  Company company;
  int64_t from_revision = 0;
  int64_t to_revision = ledger::kOpenRevision;  // that no longer sees it

  bool operator==(const CompanyState&) const = default;
};

// Two companies; the id of the first comes before the other's.
using CompanyPair = std::pair<std::string, std::string>;

// Most companies that a name or domain may belong to and still tell something.
inline constexpr int64_t kMostSharing = 20;

// Everything that a large write must check against, at once.
struct Directory {
  KnownCompanies known;              // ids that have records
  std::vector<std::string> sources;  // ids, sorted
  Redirects redirects;
  std::vector<Ownership> owned;  // of companies as readers see them, that has not ended; sorted
};

// Complete subjects to write: each replaces what is stored of it. Ids are distinct in each list but
// the first, which has records of one id only without common sources.
struct Batch {
  std::vector<Company> companies;  // records, normalised; see TakeIn
  std::vector<Source> sources;
  std::vector<Codelist> codelists;
  // Of ids that have records; allowed by what stands before (CheckMerge). Of what is withdrawn from
  // a source (AboutWord) another source says something under the id.
  std::vector<Decision> decisions = {};
};

// What a write did.
struct Written {
  ledger::Revision revision;  // the head afterwards
  // As readers see them, new or different, sorted; of several batches those of the last.
  std::vector<std::string> changed_companies;
  int64_t subjects = 0;  // records, sources, codelists and decisions, new or different
};

// What a write leaves behind, so that its repetition is recognised.
struct Receipt {
  ledger::Ledger::Memory::Of of = ledger::Ledger::Memory::Of::kRequest;
  std::string id;
  std::string digest;
  std::function<std::string(const Written&)> reply;
};

// A write that is under way: batch after batch, all in one commit. Not thread-safe.
class Writing {
 public:
  virtual ~Writing() = default;
  // As Store's, of what is stored now: with what this write has put so far.
  virtual absl::StatusOr<std::vector<Company>> Records(std::span<const std::string> ids) = 0;
  virtual absl::StatusOr<Directory> ReadOwnership() = 0;
  // Writes a batch, which sees what was put before.
  virtual absl::Status Put(const Batch& batch) = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // The companies that exist, by id, each once; ids that do not are left out.
  virtual absl::StatusOr<std::vector<Company>> Companies(
      const Context& context, int64_t revision, std::span<const std::string> ids) const = 0;
  // Likewise the records, also of ids that are part of other companies, by id and first source.
  virtual absl::StatusOr<std::vector<Company>> Records(const Context& context, int64_t revision,
                                                       std::span<const std::string> ids) const = 0;
  // Every decision that stands, by id. They are few: people made them one by one.
  virtual absl::StatusOr<std::vector<Decision>> Decisions(const Context& context,
                                                          int64_t revision) const = 0;
  // Pairs of companies that share the folded form of a name (no ticker) and, where both are known,
  // the country, or that share a domain: of their websites, by their ASCII form, or of identifiers.
  // What more than kMostSharing companies share is not looked at. The pairs that share most come
  // first, ties by id; at most `limit`.
  virtual absl::StatusOr<std::vector<CompanyPair>> LookAlikes(const Context& context,
                                                              int64_t revision,
                                                              int limit) const = 0;
  // INVALID_FILTER.
  virtual absl::StatusOr<CompanyPage> ListCompanies(const Context& context, int64_t revision,
                                                    const CompanyQuery& query) const = 0;
  // The ids whose records have identifiers, by IdentifierKeyOf; keys that none has are left out.
  virtual absl::StatusOr<std::map<std::string, std::string>> Bearers(
      const Context& context, int64_t revision, std::span<const std::string> keys) const = 0;
  // What commits after `after`, up to `upto`, did to companies. Calls `begun` with each state that
  // began then (its own fields, names and identifiers, without validities, relations, histories and
  // `merged`) and the revisions [from, to) over which it held, where `to` is ledger::kOpenRevision
  // when it held at `upto`; by company, then revision. Adds to `ended` the states of before that
  // they ended, by company. Bounded memory but for those.
  using Begun = std::function<void(Company company, int64_t from, int64_t to)>;
  virtual absl::Status ReadStates(const Context& context, int64_t after, int64_t upto,
                                  const Begun& begun, std::vector<Ended>& ended) const = 0;
  // Companies that the commit `revision` created or changed, as they were then, by id; only those
  // with an id after `after_id`, at most `limit`.
  virtual absl::StatusOr<std::vector<Company>> ChangedIn(const Context& context, int64_t revision,
                                                         std::string_view after_id,
                                                         int limit) const = 0;
  // The states of a company up to the revision, newest first, from the `offset`th, at most `limit`.
  // One that ended later has not ended.
  virtual absl::StatusOr<std::vector<CompanyState>> States(const Context& context, int64_t revision,
                                                           const std::string& id, int64_t offset,
                                                           int limit) const = 0;
  // Sources by id, from the `offset`th, at most `limit`; only those in `ids` unless it is empty.
  virtual absl::StatusOr<std::vector<Source>> Sources(const Context& context, int64_t revision,
                                                      std::span<const std::string> ids,
                                                      int64_t offset, int limit) const = 0;
  // Codelists by id; only the one named `id` unless it is empty.
  virtual absl::StatusOr<std::vector<Codelist>> Codelists(const Context& context, int64_t revision,
                                                          std::string_view id) const = 0;
  virtual absl::StatusOr<Counts> Count(const Context& context, int64_t revision) const = 0;
  // Of the directory, what it is to be checked against for parents: redirects and owned.
  virtual absl::StatusOr<Directory> ReadOwnership(const Context& context,
                                                  int64_t revision) const = 0;
  virtual absl::StatusOr<Directory> ReadDirectory(const Context& context,
                                                  int64_t revision) const = 0;

  // Writes in one commit, alone: `edit` gets the newest revision, may read it from this store, and
  // puts what to write. Records, decisions and kinds of sources together give what readers see
  // from then on. Subjects equal to what is stored change nothing, and a write that changes nothing
  // makes no revision. An error of `edit` is returned, and nothing is written. With `validate_only`
  // everything happens but the commit, and `receipt` is not kept. The receipt is kept in the same
  // commit, also when nothing changed.
  using Edit = std::function<absl::Status(int64_t newest, Writing& writing)>;
  virtual absl::StatusOr<Written> Write(const Context& context, const Edit& edit,
                                        bool validate_only = false,
                                        const Receipt* receipt = nullptr) = 0;
  // The same of one batch.
  using EditOnce = std::function<absl::StatusOr<Batch>(int64_t newest)>;
  absl::StatusOr<Written> WriteBatch(const Context& context, const EditOnce& edit,
                                     bool validate_only = false, const Receipt* receipt = nullptr) {
    const auto put = [&](int64_t newest, Writing& writing) -> absl::Status {
      absl::StatusOr<Batch> batch = edit(newest);
      return batch.ok() ? writing.Put(*batch) : batch.status();
    };
    return Write(context, put, validate_only, receipt);
  }
};

}  // namespace steelyard::registry
