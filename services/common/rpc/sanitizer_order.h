#pragma once

// gRPC orders what happens on its two sides: what a caller did before a call happened before the
// handler, and the handler before what the caller does with the reply. The thread sanitizer cannot
// see that, because the library that does it is not instrumented. For the files of this directory,
// and for servers of tests that have no edge.

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#include <atomic>
#define STEELYARD_THREAD_SANITIZER 1
#endif
#endif

namespace steelyard::rpc {

// Marks a place where gRPC hands something over or takes it up: everything before an earlier such
// place happened before everything after this one. Does nothing in other builds.
inline void SanitizerOrder() {
#ifdef STEELYARD_THREAD_SANITIZER
  static std::atomic<unsigned> order = 0;
  order.fetch_add(1, std::memory_order_acq_rel);
#endif
}

}  // namespace steelyard::rpc
