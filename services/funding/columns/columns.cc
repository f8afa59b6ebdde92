#include "services/funding/columns/columns.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "services/common/context/wait.h"
#include "services/common/observe/log.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/definition.h"

namespace steelyard::funding::columns {
namespace {

constexpr std::string_view kService = "funding";
// Between attempts while the store does not answer.
constexpr absl::Duration kPause = absl::Seconds(1);
// A step of waiting for the next commit.
constexpr absl::Duration kStep = absl::Hours(1);
// A valuation gets its cube when it is asked for again while this many others were.
constexpr size_t kRememberedValuations = 16;

bool Knows(const Question& question) {
  const SelectionQuery& selection = question.selection;
  return selection.policy.IsDefault() && !selection.with_ids && !question.query.trace;
}

}  // namespace

Columns::Columns(sql::Pool& pool, const ledger::Ledger& ledger, const ReferenceStore& reference,
                 observe::Metrics& metrics, Settings settings)
    : pool_(pool), ledger_(ledger), reference_(reference), metrics_(metrics), settings_(settings) {}

Columns::~Columns() {
  context_.Cancel();
  if (thread_.joinable()) thread_.join();
}

void Columns::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Columns::Run() {
  while (!context_.cancelled()) {
    const int64_t head = ledger_.head().revision;
    absl::Status status = CatchUp(context_, head);
    if (status.ok()) status = BuildDefault();
    if (context_.cancelled()) return;
    if (!status.ok()) {
      observe::Log(observe::Severity::kWarning, "the analytic copy cannot follow",
                   {{"reason", std::string(ToStd(status.message()))}});
      Pause(kPause);
      continue;
    }
    if (copy() == nullptr) return;  // no room
    ledger_.WaitPast(context_, head, kStep).IgnoreError();
  }
}

void Columns::Pause(absl::Duration duration) const {
  std::mutex mutex;
  std::condition_variable changed;
  const CancelWake wake(context_, mutex, changed);
  std::unique_lock lock(mutex);
  WaitUntil(
      changed, lock, context_, [] { return false; }, absl::Now() + duration);
}

absl::Status Columns::BuildDefault() {
  const std::shared_ptr<const Copy> held = copy();
  if (held == nullptr) return absl::OkStatus();
  Valuation valuation{.currency = std::string(kDefaultCurrency), .fx = {}, .deflator = {}};
  STEELYARD_ASSIGN_OR_RETURN(valuation.rates, reference_.Rates(context_, held->revision));
  return Build(context_, valuation);
}

absl::Status Columns::InTurn(const Context& context, const std::function<bool(const State&)>& done,
                             const std::function<absl::Status()>& update) {
  const CancelWake wake(context, mutex_, updated_);
  {
    std::unique_lock lock(mutex_);
    if (!WaitUntil(updated_, lock, context, [this] { return !updating_; })) return context.Check();
    if (done(state_)) return absl::OkStatus();
    updating_ = true;
  }
  absl::Status updated = update();
  {
    const std::lock_guard lock(mutex_);
    updating_ = false;
  }
  updated_.notify_all();
  return updated;
}

absl::Status Columns::CatchUp(const Context& context, int64_t revision) {
  return InTurn(
      context,
      [&](const State& state) {
        return too_large_ || (state.copy != nullptr && state.copy->revision >= revision);
      },
      [&] { return Update(context, revision); });
}

absl::Status Columns::Build(const Context& context, const Valuation& valuation) {
  return InTurn(
      context,
      [&](const State& state) {
        return state.copy == nullptr ||
               std::any_of(state.cubes.begin(), state.cubes.end(), [&](const HeldCube& held) {
                 return held.cube->valuation() == valuation;
               });
      },
      [&]() -> absl::Status {
        State state = [this] {
          const std::lock_guard lock(mutex_);
          return state_;
        }();
        STEELYARD_ASSIGN_OR_RETURN(std::shared_ptr<const Cube> cube,
                                   Cube::Build(context, *state.copy, valuation, settings_.threads));
        if (cube == nullptr) return absl::OkStatus();
        // One with other rates was right before they changed, and is not asked for any more.
        std::erase_if(state.cubes, [&](const HeldCube& held) {
          Valuation other = held.cube->valuation();
          other.rates = valuation.rates;
          return other == valuation;
        });
        const int64_t revision = state.copy->revision;
        state.cubes.insert(state.cubes.begin(), {std::move(cube), revision, revision});
        Publish(std::move(state));
        return absl::OkStatus();
      });
}

absl::Status Columns::Update(const Context& context, int64_t revision) {
  // Held: no row that the copy may need goes meanwhile.
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision head,
                             ledger_.At(context, std::max(revision, ledger_.head().revision)));
  const std::shared_ptr<const Copy> before = copy();
  STEELYARD_ASSIGN_OR_RETURN(Followed followed, Newer(context, before.get(), head));
  STEELYARD_ASSIGN_OR_RETURN(std::vector<HeldCube> cubes, FollowCubes(context, followed));
  Publish({.copy = std::move(followed.copy), .cubes = std::move(cubes)});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Columns::HeldCube>> Columns::FollowCubes(const Context& context,
                                                                    const Followed& followed) {
  const State before = [this] {
    const std::lock_guard lock(mutex_);
    return state_;
  }();
  std::vector<HeldCube> cubes;
  if (followed.copy == nullptr || followed.anew) return cubes;
  const int64_t revision = followed.copy->revision;
  for (HeldCube held : before.cubes) {
    if (!followed.touched.empty()) {
      STEELYARD_ASSIGN_OR_RETURN(held.cube, held.cube->Follow(context, *before.copy, *followed.copy,
                                                              followed.touched, settings_.threads));
      held.from = revision;
    }
    held.to = revision;
    if (held.cube != nullptr) cubes.push_back(std::move(held));
  }
  return cubes;
}

absl::StatusOr<Followed> Columns::Newer(const Context& context, const Copy* copy,
                                        const ledger::Revision& head) {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
  if (copy != nullptr && copy->revision > 0) {
    // What was compacted away since the copy cannot be followed.
    const absl::StatusOr<ledger::Revision> held = ledger_.At(context, copy->revision);
    if (held.ok()) {
      absl::StatusOr<Followed> followed =
          Follow(*session, context, *copy, head.revision, settings_.room);
      if (followed.ok() || followed.status().code() != absl::StatusCode::kInternal) return followed;
      observe::Log(observe::Severity::kError, "the analytic copy is made anew",
                   {{"reason", std::string(ToStd(followed.status().message()))}});
    } else if (ReasonOf(held.status()) != common::v1::ERROR_REASON_SNAPSHOT_COMPACTED) {
      return held.status();
    }
  }
  Followed loaded{.copy = nullptr, .anew = true, .touched = {}};
  STEELYARD_ASSIGN_OR_RETURN(loaded.copy, Load(*session, context, head.revision, settings_.room));
  return loaded;
}

void Columns::Publish(State state) {
  int64_t bytes = 0;
  if (state.copy == nullptr) {
    observe::Log(observe::Severity::kWarning,
                 "the rounds do not fit the analytic copy; the engine answers every aggregate",
                 {{"bytes", settings_.room.bytes}});
  } else {
    bytes = state.copy->bytes;
    auto fits = state.cubes.begin();
    while (fits != state.cubes.end() && bytes + fits->cube->bytes() <= settings_.room.bytes) {
      bytes += fits->cube->bytes();
      ++fits;
    }
    state.cubes.erase(fits, state.cubes.end());
  }
  metrics_.AnalyticCopy(kService, state.copy == nullptr ? 0 : state.copy->rows, bytes);
  const std::lock_guard lock(mutex_);
  too_large_ = state.copy == nullptr;
  state_ = std::move(state);
}

std::shared_ptr<const Copy> Columns::copy() const {
  const std::lock_guard lock(mutex_);
  return state_.copy;
}

size_t Columns::cubes() const {
  const std::lock_guard lock(mutex_);
  return state_.cubes.size();
}

std::shared_ptr<const Cube> Columns::Find(const Question& question) {
  const Valuation valuation = ValuationOf(question);
  const std::lock_guard lock(mutex_);
  for (auto held = state_.cubes.begin(); held != state_.cubes.end(); ++held) {
    if (held->cube->valuation() != valuation) continue;
    if (question.revision < held->from || held->to < question.revision) return nullptr;
    std::rotate(state_.cubes.begin(), held, std::next(held));
    return state_.cubes.front().cube;
  }
  return nullptr;
}

void Columns::BuildIfWanted(const Context& context, const Question& question) {
  const Valuation valuation = ValuationOf(question);
  {
    const std::lock_guard lock(mutex_);
    if (updating_ || state_.copy == nullptr || state_.copy->revision != question.revision) return;
    const auto asked = std::find(asked_once_.begin(), asked_once_.end(), valuation);
    if (asked == asked_once_.end()) {
      asked_once_.push_back(valuation);
      if (asked_once_.size() > kRememberedValuations) asked_once_.pop_front();
      return;
    }
    asked_once_.erase(asked);
  }
  // Whatever comes of it, the columns answer.
  Build(context, valuation).IgnoreError();
}

absl::StatusOr<std::optional<Answer>> Columns::Aggregate(const Context& context,
                                                         const Question& question) {
  STEELYARD_ASSIGN_OR_RETURN(std::optional<Answer> answer, Try(context, question));
  if (!answer) metrics_.Aggregated(kService, "engine");
  return answer;
}

absl::StatusOr<std::optional<Answer>> Columns::Try(const Context& context,
                                                   const Question& question) {
  if (!Knows(question)) return std::nullopt;
  std::shared_ptr<const Copy> held = copy();
  if (held == nullptr) return std::nullopt;
  if (held->revision < question.revision) {
    // A copy that cannot follow is no reason to refuse: the store answers, or says why not.
    if (!CatchUp(context, question.revision).ok()) {
      STEELYARD_RETURN_IF_ERROR(context.Check());
      return std::nullopt;
    }
    held = copy();
    if (held == nullptr || held->revision < question.revision) return std::nullopt;
  }
  if (Cube::Fits(question)) {
    std::shared_ptr<const Cube> cube = Find(question);
    if (cube == nullptr) {
      BuildIfWanted(context, question);
      cube = Find(question);
    }
    if (cube != nullptr) {
      metrics_.Aggregated(kService, "cube");
      return cube->Aggregate(*held, question);
    }
  }
  STEELYARD_ASSIGN_OR_RETURN(std::optional<Answer> answer,
                             Scan(context, *held, question, settings_.threads));
  if (answer) metrics_.Aggregated(kService, "columns");
  return answer;
}

}  // namespace steelyard::funding::columns
