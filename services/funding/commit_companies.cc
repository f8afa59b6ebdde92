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
#include "services/funding/resolve.h"
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

  absl::Status Move(const std::set<std::string>& reports) {
    STEELYARD_RETURN_IF_ERROR(committer_.Begin());
    const std::vector<RoundLink> matches = MatchesOf(committer_.links(), reports);
    STEELYARD_RETURN_IF_ERROR(ReadConcerned(reports, matches));
    EndMatches(
        matches, [this](const std::string& report) { return CompanyNow(report); },
        committer_.links());
    STEELYARD_RETURN_IF_ERROR(Link(MovedRounds()));
    for (const std::string& name : names_) committer_.Touch(name);
    return committer_.Settle();
  }

 private:
  // What is said of every round that one of the reports, or of those matched with them, is of.
  absl::Status ReadConcerned(const std::set<std::string>& reports,
                             const std::vector<RoundLink>& matches) {
    std::set<std::string> roots;
    for (const std::string& report : reports) roots.insert(committer_.links().RootOf(report));
    for (const RoundLink& match : matches) roots.insert(committer_.links().RootOf(match.round));
    for (const std::string& root : roots) {
      for (std::string& member : committer_.links().MembersOf(root)) {
        names_.insert(std::move(member));
      }
    }
    STEELYARD_ASSIGN_OR_RETURN(
        const std::vector<Assertion> assertions,
        ReadStanding(connection_, context_,
                     std::vector<std::string>(names_.begin(), names_.end())));
    for (const Assertion& assertion : assertions) said_[assertion.round].push_back(assertion);
    return absl::OkStatus();
  }

  std::string CompanyNow(const std::string& report) const {
    const auto said = said_.find(report);
    if (said == said_.end()) return "";
    const std::optional<Round> round =
        Resolve(report, said->second, SourcePolicy(), committer_.sources(), committer_.redirects());
    return round ? round->company : "";
  }

  std::vector<MovedRound> MovedRounds() {
    std::set<std::string> roots;
    for (const std::string& name : names_) roots.insert(committer_.links().RootOf(name));
    std::vector<MovedRound> moved;
    for (Round& round : ResolveRoots({roots.begin(), roots.end()}, said_, committer_.links(),
                                     SourcePolicy(), committer_.sources(), Redirects())) {
      std::string from(CompanyOf(before_, round.company));
      round.company = std::string(CompanyOf(committer_.redirects(), round.company));
      if (from != round.company) moved.push_back({.round = std::move(round), .from = from});
    }
    return moved;
  }

  absl::Status Link(const std::vector<MovedRound>& moved) {
    std::set<std::string> companies;
    std::vector<Round> rounds;
    for (const MovedRound& each : moved) {
      companies.insert(each.round.company);
      rounds.push_back(each.round);
    }
    STEELYARD_ASSIGN_OR_RETURN(
        std::vector<Round> there,
        ReadRoundsOf(connection_, context_, revision_ - 1,
                     std::vector<std::string>(companies.begin(), companies.end())));
    std::erase_if(there, [this](const Round& round) { return names_.contains(round.id); });
    STEELYARD_ASSIGN_OR_RETURN(const RateTable rates,
                               ReadRatesFor(connection_, context_, revision_, rounds, there));
    LinkMoved(moved, std::move(there), rates, committer_.links());
    return absl::OkStatus();
  }

  sql::Connection& connection_;
  const Context& context_;
  const int64_t revision_;
  const Redirects& before_;
  Committer committer_;
  std::set<std::string> names_;  // reports that are concerned
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
  return Mover(connection, context, revision, before).Move({reports.begin(), reports.end()});
}

}  // namespace steelyard::funding
