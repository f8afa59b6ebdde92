#pragma once

// How a figure came to be, as an indented tree.

#include <string>

#include "gateway/cli/session.h"
#include "steelyard/funding/v1/explain.pb.h"

namespace steelyard::cli {

// Asks page by page until `limit` rounds are there, and prints the tree; gives the exit code.
int ShowExplanation(const Session& session, funding::v1::ExplainFigureRequest request, int limit);

// The node and what it follows from, a line each, two columns further in than its parent.
std::string RenderTree(const funding::v1::ExplanationNode& root);

}  // namespace steelyard::cli
