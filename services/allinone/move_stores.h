#pragma once

// Moving the suite's stores from where one configuration has them to where another has them.

#include <iosfwd>
#include <string>

#include "absl/status/status.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::allinone {

// Moves the stores of registry and funding that are at `from` (ledger::MoveStore); of a directory
// those of which there is a file. `only`, unless empty, names the one to move. Both are as
// config_file::ApplyDefaults leaves them. Says on `out` what it does.
//
// INVALID_FIELD when there is nothing to move. A store that is moved stays moved when the next one
// fails, and is then refused as the target; `only` names the rest.
absl::Status MoveStores(const config::v1::Storage& from, const config::v1::Storage& to,
                        const std::string& only, std::ostream& out);

}  // namespace steelyard::allinone
