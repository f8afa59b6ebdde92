#include "services/funding/commit_companies.h"

#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "services/common/status/status.h"
#include "services/funding/assertion_rows.h"
#include "services/funding/candidate_rows.h"
#include "services/funding/committer.h"
#include "services/funding/moved_rounds.h"
#include "services/funding/redirect_rows.h"
#include "services/funding/round_writer.h"

namespace steelyard::funding {
namespace {

// Moves the rounds of reports whose companies stand for other ones than before.
class Mover {
 public:
  Mover(sql::Connection& connection, const Context& context, int64_t revision,
        const Redirects& before)
      : connection_(connection),
        context_(context),
        revision_(revision),
        before_(before),
        committer_(connection, context, revision) {}

  absl::Status Move(const std::vector<std::string>& reports) {
    STEELYARD_RETURN_IF_ERROR(committer_.Begin());
    STEELYARD_RETURN_IF_ERROR(ReadRoundsOfReports(reports));
    Parted parted = Part({.reports = reports_,
                          .said = said_,
                          .sources = committer_.sources(),
                          .before = before_,
                          .after = committer_.redirects()},
                         committer_.links());
    STEELYARD_RETURN_IF_ERROR(Link(std::move(parted)));
    for (const std::string& report : reports_) committer_.Touch(report);
    return committer_.Settle();
  }

 private:
  // What is said of every round that one of the reports is of.
  absl::Status ReadRoundsOfReports(const std::vector<std::string>& reports) {
    for (const std::string& report : reports) {
      for (std::string& member : committer_.links().MembersOf(committer_.links().RootOf(report))) {
        reports_.insert(std::move(member));
      }
    }
    STEELYARD_ASSIGN_OR_RETURN(
        const std::vector<Assertion> assertions,
        ReadStanding(connection_, context_,
                     std::vector<std::string>(reports_.begin(), reports_.end())));
    for (const Assertion& assertion : assertions) said_[assertion.round].push_back(assertion);
    return absl::OkStatus();
  }

  absl::Status Link(Parted parted) {
    std::set<std::string> companies;
    std::vector<Round> rounds;
    for (const Arrival& each : parted.arrived) {
      companies.insert(each.round.company);
      rounds.push_back(each.round);
    }
    if (rounds.empty()) return absl::OkStatus();
    STEELYARD_ASSIGN_OR_RETURN(
        std::vector<Round> there,
        ReadRoundsOf(connection_, context_, revision_ - 1,
                     std::vector<std::string>(companies.begin(), companies.end())));
    std::erase_if(there, [this](const Round& round) { return reports_.contains(round.id); });
    there.insert(there.end(), parted.stayed.begin(), parted.stayed.end());
    STEELYARD_ASSIGN_OR_RETURN(const RateTable rates,
                               ReadRatesFor(connection_, context_, revision_, rounds, there));
    LinkArrived(parted.arrived, std::move(there), rates, committer_.links());
    return absl::OkStatus();
  }

  sql::Connection& connection_;
  const Context& context_;
  const int64_t revision_;
  const Redirects& before_;
  Committer committer_;
  std::set<std::string> reports_;  // of the rounds that are concerned
  std::unordered_map<std::string, std::vector<Assertion>> said_;
};

}  // namespace

absl::Status CommitCompanies(sql::Connection& connection, const Context& context, int64_t revision,
                             const std::vector<CompanyFacts>& companies) {
  STEELYARD_RETURN_IF_ERROR(WriteCompanies(connection, context, revision, companies).status());
  STEELYARD_ASSIGN_OR_RETURN(const Redirects before, ReadRedirects(connection, context, revision));
  const Redirects after = After(before, companies);
  const std::set<std::string> moved = Moved(before, after);
  if (moved.empty()) return absl::OkStatus();
  STEELYARD_RETURN_IF_ERROR(WriteRedirects(connection, context, revision, before, after));
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> reports,
                             ReportsWith(connection, context, AssertedKey::kCompany,
                                         std::vector<std::string>(moved.begin(), moved.end())));
  if (reports.empty()) return absl::OkStatus();
  return Mover(connection, context, revision, before).Move(reports);
}

}  // namespace steelyard::funding
