#pragma once

// How a figure came to be, as an indented tree.

#include <string>
#include <utility>

#include "gateway/cli/session.h"
#include "steelyard/funding/v1/explain.pb.h"
#include "steelyard/strategy/v1/explain.pb.h"

namespace steelyard::cli {

// Asks page by page until `limit` rounds are there, and prints the tree; gives the exit code.
int ShowExplanation(const Session& session, funding::v1::ExplainFigureRequest request, int limit);

// Asks how one figure of a question's answer came to be, at the question's state. `field` is where
// such questions stand.
template <typename Question>
strategy::v1::ExplainFigureRequest AskWithin(
    const std::string& figure, Question question,
    Question* (strategy::v1::ExplainFigureRequest::*field)()) {
  strategy::v1::ExplainFigureRequest request;
  request.set_figure(figure);
  *request.mutable_read() = question.read();
  question.clear_read();
  *(request.*field)() = std::move(question);
  return request;
}

// Asks the strategy service, and prints its steps and what funding says of each figure in them.
int ShowDerivation(const Session& session, const strategy::v1::ExplainFigureRequest& request);

// The node and what it follows from, a line each, two columns further in than its parent.
std::string RenderTree(const funding::v1::ExplanationNode& root);

}  // namespace steelyard::cli
