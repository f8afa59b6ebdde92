#include "services/registry/watch.h"

#include <string>
#include <vector>

#include "services/common/rpc/change_sender.h"
#include "services/common/status/status.h"
#include "services/registry/convert.h"
#include "services/registry/relations.h"

namespace steelyard::registry {
namespace {

using SendChange = std::function<absl::Status(const v1::WatchCompaniesResponse&)>;

using CommitSender = rpc::ChangeSender<v1::WatchCompaniesResponse>;

constexpr int kMostCompanies = CommitSender::kMostSubjects;

absl::Status SendCommit(const Context& context, const Store& store, const ledger::Ledger& ledger,
                        int64_t revision, const SendChange& send) {
  // A token is the ledger's own way to name a revision, and tells when it was.
  common::v1::ReadOptions read;
  read.set_snapshot(
      ledger.Describe({.revision = revision, .committed_at = {}, .registry_revision = revision})
          .token());
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision commit, ledger.Resolve(context, read));
  v1::WatchCompaniesResponse empty;
  empty.set_revision(revision);
  *empty.mutable_committed_at() = ledger.Describe(commit).taken_at();

  CommitSender sender(std::move(empty), send);
  std::string after_id;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> companies,
                               store.ChangedIn(context, revision, after_id, kMostCompanies));
    STEELYARD_RETURN_IF_ERROR(FollowRelations(context, store, revision, companies));
    for (const Company& company : companies) {
      STEELYARD_RETURN_IF_ERROR(
          sender.Add(ToProto(company), &v1::WatchCompaniesResponse::mutable_companies));
    }
    if (companies.size() < kMostCompanies) return sender.Finish();
    after_id = companies.back().id;
  }
}

}  // namespace

absl::Status WatchCompanies(const Context& context, const Store& store,
                            const ledger::Ledger& ledger, int64_t after, absl::Duration heartbeat,
                            const SendChange& send) {
  // The first beat comes at once: it tells the reader that it is connected.
  absl::Duration patience = absl::ZeroDuration();
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision head,
                               ledger.WaitPast(context, after, patience));
    patience = heartbeat;
    STEELYARD_RETURN_IF_ERROR(context.Check());
    if (head.revision <= after) {
      v1::WatchCompaniesResponse beat;
      beat.set_revision(head.revision);
      STEELYARD_RETURN_IF_ERROR(send(beat));
      continue;
    }
    while (after < head.revision) {
      STEELYARD_RETURN_IF_ERROR(SendCommit(context, store, ledger, after + 1, send));
      ++after;
    }
  }
}

}  // namespace steelyard::registry
