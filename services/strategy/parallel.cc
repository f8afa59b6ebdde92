#include "services/strategy/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace steelyard::strategy {
namespace {

constexpr int kMostByDefault = 4;
// Runs for each thread, so that a thread with dear tasks does not keep the others waiting; and the
// most tasks of a run, so that a request which was cancelled soon ends.
constexpr int64_t kRunsPerThread = 16;
constexpr int64_t kLongestRun = 64;

// The loop, as all of its threads see it.
class Loop {
 public:
  Loop(int64_t tasks, int64_t run, const std::function<bool()>& stop,
       const std::function<void(int64_t)>& task)
      : tasks_(tasks), run_(run), stop_(stop), task_(task) {}

  // What each thread does until nothing is left.
  void Work() noexcept {
    try {
      for (int64_t begin = Take(); begin < tasks_; begin = Take()) {
        const int64_t end = std::min(tasks_, begin + run_);
        for (int64_t i = begin; i < end; ++i) task_(i);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!thrown_) thrown_ = std::current_exception();
      over_ = true;
    }
  }

  // After all threads have ended: whether all tasks ran.
  bool Result() const {
    if (thrown_) std::rethrow_exception(thrown_);
    return !left_out_;
  }

 private:
  // The first task of the next run, tasks_ if there is none.
  int64_t Take() {
    if (next_ >= tasks_ || over_) return tasks_;
    const bool stopped = stop_ && stop_();
    if (!stopped) return std::min(tasks_, next_.fetch_add(run_));
    // Nothing is taken after this, so that a task is left out exactly if one was left now.
    if (next_.exchange(tasks_) < tasks_) left_out_ = true;
    over_ = true;
    return tasks_;
  }

  const int64_t tasks_;
  const int64_t run_;
  const std::function<bool()>& stop_;
  const std::function<void(int64_t)>& task_;
  std::atomic<int64_t> next_ = 0;
  std::atomic<bool> over_ = false;
  std::atomic<bool> left_out_ = false;
  std::mutex mutex_;
  std::exception_ptr thrown_;
};

int64_t ThreadsFor(int64_t tasks, int threads) {
  if (threads <= 0) {
    // 0 where the machine does not say.
    const auto machine = static_cast<int>(std::thread::hardware_concurrency());
    threads = std::clamp(machine, 1, kMostByDefault);
  }
  return std::min<int64_t>(threads, tasks);
}

}  // namespace

bool ParallelFor(int64_t tasks, int threads, const std::function<bool()>& stop,
                 const std::function<void(int64_t)>& task) {
  if (tasks <= 0) return true;
  const int64_t workers = ThreadsFor(tasks, threads);
  const int64_t run = std::clamp<int64_t>(tasks / (workers * kRunsPerThread), 1, kLongestRun);
  Loop loop(tasks, run, stop, task);
  {
    std::vector<std::jthread> others;
    others.reserve(static_cast<size_t>(workers - 1));
    try {
      while (static_cast<int64_t>(others.size()) < workers - 1) {
        others.emplace_back([&loop] { loop.Work(); });
      }
    } catch (const std::system_error&) {
      // The machine has no thread to give: those that started, and this one, do all of it.
    }
    loop.Work();
  }
  return loop.Result();
}

}  // namespace steelyard::strategy
