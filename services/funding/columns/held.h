#pragma once

// What the analytic copy holds at one moment, within its budget of bytes.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "services/funding/columns/block.h"
#include "services/funding/columns/cube.h"
#include "services/funding/columns/prices.h"

namespace steelyard::funding::columns {

struct HeldPrices {
  Valuation valuation;
  std::shared_ptr<const Prices> prices;
};
// A cube with the revisions that it is right for, both included.
struct HeldCube {
  Valuation valuation;
  std::shared_ptr<const Cube> cube;
  int64_t from = 0;
  int64_t to = 0;
};

// Prices and cubes are of the copy or of one that it followed; those used last come first. Not
// thread-safe.
struct Held {
  std::shared_ptr<const Copy> copy;  // null before the first
  std::vector<HeldPrices> prices;
  std::vector<HeldCube> cubes;

  // Those of a valuation; null without any.
  std::shared_ptr<const Prices> FindPrices(const Valuation& valuation);
  // The cube of a valuation that is right at a revision; null without one.
  std::shared_ptr<const Cube> FindCube(const Valuation& valuation, int64_t revision);
  // Takes new ones in. Prices of the same valuation but for its rates go: those rates were right
  // before they changed, and commits need not follow them.
  void Add(const Valuation& valuation, std::shared_ptr<const Prices> made);
  void Add(HeldCube cube) { cubes.insert(cubes.begin(), std::move(cube)); }
  // Drops what there is no room for beside the copy: cubes used long ago first.
  void Trim(int64_t budget);
  int64_t bytes() const;
};

}  // namespace steelyard::funding::columns
