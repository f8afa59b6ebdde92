#pragma once

// Reading versions of rounds and of companies' facts from the store as a copy keeps them.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/common/sql/statement.h"
#include "services/funding/columns/block.h"

namespace steelyard::funding::columns {

// A version of a round as it was read. Views hold until the next one.
struct ReadRow {
  std::string_view company;
  std::string_view id;  // only of those that were asked for by ReadChangedRows
  Row row;
};
// A version of a company's facts, without the place of its name.
struct ReadVersion {
  std::string_view company;
  std::string_view name;
  CompanyVersion facts;
};

// Gives what is read its numbers, which grow. More than 65,535 countries, layers, sectors or
// currencies cannot be told apart: `overflow` is set.
struct Numbers {
  Codes& codes;
  Wholes& wholes;
  bool overflow = false;
};

// What a copy of `known` (0: nothing) lacks to be one of `revision`: every version that began or
// ended after the one and by the other. What ended after `revision` is open, what began after it is
// left out.
absl::Status ReadRows(sql::Connection& connection, const Context& context, int64_t known,
                      int64_t revision, Numbers& numbers,
                      const std::function<void(const ReadRow&)>& take);
absl::Status ReadVersions(sql::Connection& connection, const Context& context, int64_t known,
                          int64_t revision, Numbers& numbers,
                          const std::function<void(const ReadVersion&)>& take);
// Sets when the rounds with these ids, numbers in `wholes`, existed up to `revision`.
absl::Status ReadLives(sql::Connection& connection, const Context& context, int64_t revision,
                       const std::vector<int32_t>& which, Wholes& wholes);

}  // namespace steelyard::funding::columns
