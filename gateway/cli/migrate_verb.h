#pragma once

// `steelyard migrate` works on databases, of which a client of the gateway knows nothing: it is the
// program steelyard-migrate, which lies beside the client.

#include <ostream>

namespace steelyard::cli {

// Whether the command line asks for it. The client's other flags are not for it, so it comes first.
bool IsMigrate(int argc, char** argv);
// Becomes steelyard-migrate, with the words that follow the verb; returns, with an exit code, only
// when that cannot be started.
int Migrate(char** argv, std::ostream& err);

}  // namespace steelyard::cli
