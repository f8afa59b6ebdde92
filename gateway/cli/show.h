#pragma once

// What a verb does with an answer.

#include "absl/status/status.h"
#include "gateway/cli/session.h"

namespace steelyard::cli {

// Prints the error of a call, the answer as JSON with --json, or else the page that `render` makes
// of it; gives the exit code.
template <typename Response, typename Render>
int Show(const Session& session, const absl::Status& status, const Response& response,
         const Render& render) {
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(response);
  session.out() << render(response);
  return kOk;
}

}  // namespace steelyard::cli
