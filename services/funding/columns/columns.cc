#include "services/funding/columns/columns.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
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
// What is asked for again is made, as long as it was among this many that were.
constexpr size_t kRememberedWishes = 32;

bool Knows(const Question& question) {
  if (!question.selection.division.plain()) return false;
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
    if (status.ok()) status = MakeDefault();
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

absl::Status Columns::MakeDefault() {
  const std::shared_ptr<const Copy> held = copy();
  if (held == nullptr) return absl::OkStatus();
  Valuation valuation{.currency = std::string(kDefaultCurrency), .fx = {}, .deflator = {}};
  STEELYARD_ASSIGN_OR_RETURN(valuation.rates, reference_.Rates(context_, held->revision));
  return Make(context_, valuation, held->revision, /*with_cube=*/true);
}

absl::Status Columns::CatchUp(const Context& context, int64_t revision) {
  const CancelWake wake(context, mutex_, changed_);
  {
    std::unique_lock lock(mutex_);
    if (!WaitUntil(changed_, lock, context, [this] { return !updating_; })) return context.Check();
    const bool there = held_.copy != nullptr && held_.copy->revision >= revision;
    if (too_large_ || there) return absl::OkStatus();
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

absl::Status Columns::Update(const Context& context, int64_t revision) {
  // Held: no row that the copy may need goes meanwhile.
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision head,
                             ledger_.At(context, std::max(revision, ledger_.head().revision)));
  const Held before = Snapshot();
  STEELYARD_ASSIGN_OR_RETURN(const Followed followed, Newer(context, before.copy.get(), head));
  Held after{.copy = followed.copy, .prices = {}, .cubes = {}};
  STEELYARD_RETURN_IF_ERROR(FollowHeld(context, before, followed, after));
  if (after.copy == nullptr) {
    observe::Log(observe::Severity::kWarning,
                 "the rounds do not fit the analytic copy; the engine answers every aggregate",
                 {{"bytes", settings_.room.bytes}});
  }
  const std::lock_guard lock(mutex_);
  too_large_ = after.copy == nullptr;
  if (too_large_ || followed.anew) {
    ++lineage_;
    full_ = false;
    cubes_fit_ = true;
  } else {
    // Cubes stay right for the revisions that they were right for.
    after.cubes.insert(after.cubes.end(), held_.cubes.begin(), held_.cubes.end());
  }
  held_ = std::move(after);
  Settle();
  return absl::OkStatus();
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

absl::Status Columns::FollowHeld(const Context& context, const Held& before,
                                 const Followed& followed, Held& after) const {
  if (followed.copy == nullptr || followed.anew) return absl::OkStatus();
  const Copy& copy = *followed.copy;
  for (const HeldPrices& priced : before.prices) {
    STEELYARD_ASSIGN_OR_RETURN(auto next, Prices::Make(context, copy, priced.valuation,
                                                       priced.prices.get(), settings_.threads));
    after.prices.push_back({priced.valuation, next});
    const auto held =
        std::find_if(before.cubes.begin(), before.cubes.end(), [&](const HeldCube& cube) {
          return cube.to == before.copy->revision && cube.valuation == priced.valuation;
        });
    if (held == before.cubes.end()) continue;
    HeldCube cube = *held;
    cube.to = copy.revision;
    if (!followed.touched.empty()) {
      cube.from = copy.revision;
      STEELYARD_ASSIGN_OR_RETURN(
          const auto old, Prices::Make(context, *before.copy, priced.valuation, priced.prices.get(),
                                       settings_.threads));
      STEELYARD_ASSIGN_OR_RETURN(
          cube.cube,
          held->cube->Follow(context, {*before.copy, priced.valuation, *old},
                             {copy, priced.valuation, *next}, followed.touched, settings_.threads));
    }
    if (cube.cube != nullptr) after.cubes.push_back(std::move(cube));
  }
  return absl::OkStatus();
}

absl::Status Columns::Make(const Context& context, const Valuation& valuation, int64_t revision,
                           bool with_cube) {
  const Wish wish{.valuation = valuation, .revision = revision, .with_cube = with_cube};
  const CancelWake wake(context, mutex_, changed_);
  Held held;
  uint64_t lineage = 0;
  {
    std::unique_lock lock(mutex_);
    const bool free = WaitUntil(changed_, lock, context, [&] {
      return std::find(being_made_.begin(), being_made_.end(), wish) == being_made_.end();
    });
    if (!free) return context.Check();
    if (held_.copy == nullptr || held_.copy->revision < revision) return absl::OkStatus();
    if (full_ || (with_cube && !cubes_fit_) || IsThere(wish)) return absl::OkStatus();
    being_made_.push_back(wish);
    held = held_;
    lineage = lineage_;
  }
  const absl::Cleanup end = [&] {
    {
      const std::lock_guard lock(mutex_);
      being_made_.remove(wish);
    }
    changed_.notify_all();
  };
  return MakeNow(context, wish, held, lineage);
}

absl::Status Columns::MakeNow(const Context& context, const Wish& wish, const Held& held,
                              uint64_t lineage) {
  STEELYARD_ASSIGN_OR_RETURN(
      std::shared_ptr<const Prices> prices,
      Prices::Make(context, *held.copy, wish.valuation, Held(held).FindPrices(wish.valuation).get(),
                   settings_.threads));
  std::shared_ptr<const Cube> cube;
  if (wish.with_cube) {
    STEELYARD_ASSIGN_OR_RETURN(cube, Cube::Build(context, {*held.copy, wish.valuation, *prices},
                                                 wish.revision, settings_.threads));
  }
  const std::lock_guard lock(mutex_);
  if (lineage != lineage_) return absl::OkStatus();
  if (held_.copy == held.copy || held_.FindPrices(wish.valuation) == nullptr) {
    held_.Add(wish.valuation, std::move(prices));
  }
  // Keys that do not fit do so in no other cube either.
  if (wish.with_cube && cube == nullptr) cubes_fit_ = false;
  const bool made = !wish.with_cube || cube != nullptr;
  if (cube != nullptr) held_.Add({wish.valuation, std::move(cube), wish.revision, wish.revision});
  Settle();
  if (made) full_ = !IsThere(wish);
  return absl::OkStatus();
}

bool Columns::IsThere(const Wish& wish) {
  if (wish.with_cube) return held_.FindCube(wish.valuation, wish.revision) != nullptr;
  return held_.FindPrices(wish.valuation) != nullptr;
}

void Columns::MakeIfWanted(const Context& context, const Wish& wish) {
  {
    const std::lock_guard lock(mutex_);
    const auto asked = std::find(asked_once_.begin(), asked_once_.end(), wish);
    if (asked == asked_once_.end()) {
      asked_once_.push_back(wish);
      if (asked_once_.size() > kRememberedWishes) asked_once_.pop_front();
      return;
    }
    asked_once_.erase(asked);
  }
  // Whatever comes of it, the columns answer.
  Make(context, wish.valuation, wish.revision, wish.with_cube).IgnoreError();
}

void Columns::Settle() {
  held_.Trim(settings_.room.bytes);
  metrics_.AnalyticCopy(kService, held_.copy == nullptr ? 0 : held_.copy->rows, held_.bytes());
}

Held Columns::Snapshot() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

std::shared_ptr<const Copy> Columns::copy() const {
  const std::lock_guard lock(mutex_);
  return held_.copy;
}

size_t Columns::cubes() const {
  const std::lock_guard lock(mutex_);
  return held_.cubes.size();
}

int64_t Columns::bytes() const {
  const std::lock_guard lock(mutex_);
  return held_.bytes();
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
  }
  const bool adds_up = Cube::Fits(question);
  const Wish wish{.valuation = ValuationOf(question),
                  .revision = adds_up ? question.revision : 0,
                  .with_cube = adds_up};
  const auto find = [&](std::shared_ptr<const Prices>& prices, std::shared_ptr<const Cube>& cube) {
    const std::lock_guard lock(mutex_);
    held = held_.copy;
    prices = held_.FindPrices(wish.valuation);
    if (wish.with_cube) cube = held_.FindCube(wish.valuation, wish.revision);
    return wish.with_cube ? cube != nullptr : prices != nullptr;
  };
  std::shared_ptr<const Prices> prices;
  std::shared_ptr<const Cube> cube;
  if (!find(prices, cube)) {
    MakeIfWanted(context, wish);
    find(prices, cube);
  }
  if (held == nullptr || held->revision < question.revision) return std::nullopt;
  if (cube != nullptr) {
    metrics_.Aggregated(kService, "cube");
    return cube->Aggregate(*held, question);
  }
  STEELYARD_ASSIGN_OR_RETURN(std::optional<Answer> answer,
                             Scan(context, *held, prices.get(), question, settings_.threads));
  if (answer) metrics_.Aggregated(kService, "columns");
  return answer;
}

}  // namespace steelyard::funding::columns
