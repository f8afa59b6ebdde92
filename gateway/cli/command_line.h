#pragma once

// The client as a whole: from arguments to an exit code.

#include <ostream>

namespace steelyard::cli {

// Runs one command; what it prints goes to `out`, errors and progress to `err`. Returns an
// ExitCode.
int Main(int argc, char** argv, std::ostream& out, std::ostream& err);

}  // namespace steelyard::cli
