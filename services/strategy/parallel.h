#pragma once

// Loops on several threads whose results do not depend on the threads: every task writes only what
// is its own, and what is drawn at random is drawn by the task's number (random/philox.h).

#include <cstdint>
#include <functional>

namespace steelyard::strategy {

// Calls task(i) once for every i in [0, tasks), in any order, on at most `threads` threads, of
// which the calling one is one. threads <= 0: as many as the machine runs at once, at most 4.
// Returns when all of them are done; what the tasks wrote is then visible to the caller.
//
// `stop` is asked before each run of a few tasks, from any of the threads, and must be thread-safe;
// an empty function never stops. Once it says yes no further run begins. Returns false if a task
// was left out for that; which ones were, is then not defined. tasks <= 0: true, and nothing is
// asked.
//
// What a task or `stop` throws is thrown again here, after all threads have ended; the first of
// them if several do. Where the machine gives fewer threads than asked for, the others do the work.
// Thread-safe.
bool ParallelFor(int64_t tasks, int threads, const std::function<bool()>& stop,
                 const std::function<void(int64_t)>& task);

}  // namespace steelyard::strategy
