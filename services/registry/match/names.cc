#include "services/registry/match/names.h"

#include <algorithm>
#include <deque>
#include <future>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "services/common/context/wait.h"
#include "services/common/observe/log.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::registry::match {
namespace {

// Between attempts while the store does not answer.
constexpr absl::Duration kPause = absl::Seconds(1);
// A step of waiting for the next commit.
constexpr absl::Duration kStep = absl::Hours(1);
// How long a call waits for the first index.
constexpr absl::Duration kPatience = absl::Seconds(1);

// Builds blocks of the states that it is given, several at once.
class Builders {
 public:
  explicit Builders(size_t threads) : threads_(std::max<size_t>(threads, 1)) {}

  void Add(NamedState state) {
    if (rows_ + state.company.names.size() > Block::kMostRows) Build();
    rows_ += state.company.names.size();
    states_.push_back(std::move(state));
  }

  std::vector<std::shared_ptr<const Block>> Finish() {
    if (!states_.empty()) Build();
    while (!building_.empty()) TakeFirst();
    return std::move(built_);
  }

 private:
  void Build() {
    if (building_.size() == threads_) TakeFirst();
    building_.push_back(std::async(std::launch::async, [states = std::exchange(states_, {})] {
      return Block::Build(states);
    }));
    rows_ = 0;
  }
  void TakeFirst() {
    built_.push_back(building_.front().get());
    building_.pop_front();
  }

  const size_t threads_;
  std::vector<NamedState> states_;
  size_t rows_ = 0;
  std::deque<std::future<std::shared_ptr<const Block>>> building_;
  std::vector<std::shared_ptr<const Block>> built_;
};

// Ends the state of a company that is open in the blocks.
void End(const Index::Blocks& blocks, const Ended& ended) {
  const Term term = TermOf(TermKind::kCompany, ended.company);
  for (const auto& block : blocks) {
    for (const Block::Row row : block->WithTerm(term)) {
      const Block::StateNumber state = block->StateOf(row);
      if (block->CompanyOf(state) == ended.company && block->FromOf(state) == ended.from) {
        block->End(state, ended.to);
      }
    }
  }
}

}  // namespace

Names::Names(const Store& store, const ledger::Ledger& ledger, size_t threads)
    : store_(store), ledger_(ledger), threads_(threads) {}

Names::~Names() {
  context_.Cancel();
  if (thread_.joinable()) thread_.join();
}

void Names::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Names::Run() {
  Tables::Get();
  while (!context_.cancelled()) {
    const int64_t head = ledger_.head().revision;
    const absl::Status status = CatchUp(context_, head);
    if (context_.cancelled()) return;
    if (!status.ok()) {
      observe::Log(observe::Severity::kWarning, "the name index cannot follow",
                   {{"reason", std::string(ToStd(status.message()))}});
      Pause(kPause);
      continue;
    }
    ledger_.WaitPast(context_, head, kStep).IgnoreError();
  }
}

void Names::Pause(absl::Duration duration) const {
  std::mutex mutex;
  std::condition_variable changed;
  const CancelWake wake(context_, mutex, changed);
  std::unique_lock lock(mutex);
  WaitUntil(
      changed, lock, context_, [] { return false; }, absl::Now() + duration);
}

absl::StatusOr<std::shared_ptr<const Index>> Names::At(const Context& context, int64_t revision) {
  {
    const CancelWake wake(context, mutex_, changed_);
    std::unique_lock lock(mutex_);
    const bool there = WaitUntil(
        changed_, lock, context, [this] { return held_.index != nullptr || !updating_; },
        absl::Now() + kPatience);
    if (!there) {
      STEELYARD_RETURN_IF_ERROR(context.Check());
      return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                       "the names are being indexed, as this replica has just started; ask again "
                       "in a moment");
    }
    if (held_.index != nullptr && held_.revision >= revision) return held_.index;
  }
  STEELYARD_RETURN_IF_ERROR(CatchUp(context, revision));
  const std::lock_guard lock(mutex_);
  return held_.index;
}

absl::Status Names::CatchUp(const Context& context, int64_t revision) {
  const CancelWake wake(context, mutex_, changed_);
  {
    std::unique_lock lock(mutex_);
    if (!WaitUntil(changed_, lock, context, [this] { return !updating_; })) return context.Check();
    if (held_.index != nullptr && held_.revision >= revision) return absl::OkStatus();
    updating_ = true;
  }
  // Also when memory runs out.
  const absl::Cleanup end = [this] {
    {
      const std::lock_guard lock(mutex_);
      updating_ = false;
    }
    changed_.notify_all();
  };
  return Update(context, revision);
}

absl::Status Names::Update(const Context& context, int64_t revision) {
  // Held: no state that the index may need goes meanwhile.
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision head,
                             ledger_.At(context, std::max(revision, ledger_.head().revision)));
  Held before;
  {
    const std::lock_guard lock(mutex_);
    before = held_;
  }
  // What was compacted away since cannot be followed: then the index is made anew.
  const absl::StatusOr<ledger::Revision> known = ledger_.At(context, before.revision);
  if (!known.ok()) {
    if (ReasonOf(known.status()) != common::v1::ERROR_REASON_SNAPSHOT_COMPACTED) {
      return known.status();
    }
    before = {};
  }
  const Index::Blocks old = before.index == nullptr ? Index::Blocks() : before.index->blocks();
  Builders builders(threads_);
  std::vector<Ended> ended;
  STEELYARD_RETURN_IF_ERROR(store_.ReadStates(
      context, before.revision, head.revision,
      [&](Company company, int64_t from, int64_t to) {
        builders.Add({.company = std::move(company), .from = from, .to = to});
      },
      ended));
  std::vector<std::shared_ptr<const Block>> more = builders.Finish();
  for (const Ended& state : ended) End(old, state);
  auto index = std::make_shared<const Index>(Append(old, std::move(more), ledger_.oldest()));
  const std::lock_guard lock(mutex_);
  held_ = {.index = std::move(index), .revision = head.revision};
  return absl::OkStatus();
}

}  // namespace steelyard::registry::match
