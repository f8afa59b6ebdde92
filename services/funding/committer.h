#pragma once

// A commit of what sources say, on its way: assertions, links, and the rounds that they resolve to.

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/assertion.h"
#include "services/funding/redirects.h"
#include "services/funding/round_changes.h"
#include "services/funding/round_writer.h"
#include "services/funding/source_policy.h"

namespace steelyard::funding {

// Begin, then any number of Put, Write and Settle, in the transaction that becomes `revision`. Not
// thread-safe.
//
// Most of what comes in bulk is a new report that no link is about. Nothing of it can be stored and
// no other report bears on its round, so that it is written as it comes, without a question to the
// store. All else waits for Settle.
class Committer {
 public:
  Committer(sql::Connection& connection, const Context& context, int64_t revision)
      : connection_(connection), context_(context), revision_(revision) {}

  // Reads all that rounds are resolved with.
  absl::Status Begin();

  LinkTable& links() { return links_; }
  const SourceTable& sources() const { return sources_; }
  const Redirects& redirects() const { return redirects_; }
  // Has the round of a report resolved anew.
  void Touch(std::string report) { touched_.insert(std::move(report)); }

  // Takes links and sources; returns how many sources are other ones now.
  absl::StatusOr<int64_t> Put(const RoundChanges& changes);
  // Writes assertions and amendments, and links reports that are new. All new reports of a company
  // must come in one call.
  absl::Status Write(RoundChanges changes);
  // Writes the links and the rounds that anything so far has touched.
  absl::Status Settle();

  // Reports of which something new is said, or that were linked, and rounds that read otherwise
  // now.
  absl::StatusOr<std::set<std::string>> Written() const;
  // How many of them there are.
  absl::StatusOr<int64_t> CountWritten() const;

 private:
  using Assertions = std::unordered_map<std::string, std::vector<Assertion>>;  // by report

  // Resolves what the reports go by, writes it, and removes rounds that nothing goes by any more.
  absl::Status SettleSome(std::set<std::string> reports);
  // Sources that are ranked otherwise now touch every round of which they say something.
  absl::StatusOr<int64_t> TakeSources(const SourceTable& sources);
  // All assertions as they are to be written, those of one name together.
  absl::StatusOr<std::vector<Assertion>> Amended(RoundChanges changes);
  // Takes out, and writes, what is said under names that are known.
  absl::Status WriteKnown(std::vector<Assertion>& assertions);
  // The rounds of reports that go by their own names, as each report alone has them.
  std::vector<DigestedRound> RoundsOf(const std::vector<Assertion>& reports) const;
  // Links new reports, of which these are the rounds, and writes those that no link is about.
  absl::Status TakeFresh(const std::vector<Assertion>& fresh, std::vector<DigestedRound> rounds);
  // Links new reports to the rounds that they are of, which were there before the commit.
  absl::Status Link(const std::vector<DigestedRound>& reports);
  // Rounds whose link to another one now means another round.
  void AddIncluded(std::set<std::string>& roots) const;
  absl::StatusOr<std::vector<Round>> ResolveAll(const std::set<std::string>& roots);

  sql::Connection& connection_;
  const Context& context_;
  const int64_t revision_;
  LinkTable links_;
  SourceTable sources_;
  Redirects redirects_;
  bool any_before_ = true;  // whether anything was said before the commit
  int64_t alone_ = 0;       // new reports that no link is about
  bool others_ = false;     // whether anything else was touched
  Assertions fresh_;  // what is said under names that are new and linked, since the last Settle
  std::set<std::string> touched_;
};

}  // namespace steelyard::funding
