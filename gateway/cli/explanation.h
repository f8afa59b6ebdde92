#pragma once

// How a figure came to be, as an indented tree.

#include "gateway/cli/session.h"
#include "steelyard/funding/v1/explain.pb.h"

namespace steelyard::cli {

// Asks page by page until `limit` rounds are there, and prints the tree; gives the exit code.
int ShowExplanation(const Session& session, funding::v1::ExplainFigureRequest request, int limit);

}  // namespace steelyard::cli
