#pragma once

// What the benchmark runs on, and how much memory processes have.

#include <cstdint>
#include <string>

#include <sys/types.h>

#include "absl/time/time.h"

namespace steelyard::bench {

// "2 x AMD EPYC, 23 GiB, Linux 6.1.0".
std::string Machine();

// Bytes that a process has in memory now; 0 when it cannot be told.
int64_t ResidentMemory(pid_t process);
// The most that this process had in memory since ForgetPeakMemory, or its start.
int64_t PeakMemory();
void ForgetPeakMemory();

// Processor time that this process has used so far, over all its threads.
absl::Duration ProcessorTime();
// How many processes wanted a processor over the last one, five and fifteen minutes: "1.86 1.20
// 0.72".
std::string Load();

}  // namespace steelyard::bench
