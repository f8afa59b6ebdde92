#pragma once

// Work in parts, each on a thread of its own.

#include <cstddef>
#include <thread>
#include <vector>

namespace steelyard::funding::columns {

// Calls `run(part, parts)` for each part from 0, the first on the caller's thread, and waits for
// all of them. At least one part.
template <typename Run>
void InParallel(size_t parts, Run run) {
  if (parts == 0) parts = 1;
  std::vector<std::thread> others;
  others.reserve(parts - 1);
  for (size_t part = 1; part < parts; ++part) {
    others.emplace_back([&run, part, parts] { run(part, parts); });
  }
  run(size_t{0}, parts);
  for (std::thread& other : others) other.join();
}

}  // namespace steelyard::funding::columns
