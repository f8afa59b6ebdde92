#include "services/funding/policy_view.h"

#include <set>
#include <unordered_map>
#include <utility>

#include "services/common/status/status.h"
#include "services/funding/assertion_rows.h"
#include "services/funding/redirect_rows.h"
#include "services/funding/resolve.h"
#include "services/funding/round_writer.h"

namespace steelyard::funding {
namespace {

// No stored row begins at it, so that participations find the rows of their own kind.
constexpr int64_t kPolicyRevision = -1;

constexpr std::string_view kCreateTables[] = {
    "CREATE TEMP TABLE IF NOT EXISTS policy_rounds AS SELECT * FROM rounds LIMIT 0",
    "CREATE TEMP TABLE IF NOT EXISTS policy_participations AS SELECT * FROM participations LIMIT "
    "0"};
constexpr std::string_view kClearTables[] = {"DELETE FROM policy_rounds",
                                             "DELETE FROM policy_participations"};

const RoundTables kViewTables = {
    .rounds =
        "(SELECT * FROM rounds WHERE id NOT IN (SELECT id FROM policy_rounds) UNION ALL "
        "SELECT * FROM policy_rounds)",
    .participations =
        "(SELECT * FROM participations UNION ALL SELECT * FROM policy_participations)"};

// Names of the rounds that more than one assertion makes.
absl::StatusOr<std::set<std::string>> ContestedRoots(sql::Connection& connection,
                                                     const Context& context, int64_t revision,
                                                     const LinkTable& links) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> contested,
                             ContestedReports(connection, context, revision));
  std::set<std::string> roots;
  for (const std::string& report : contested) roots.insert(links.RootOf(report));
  for (const std::string& report : links.Aliases()) roots.insert(links.RootOf(report));
  return roots;
}

absl::StatusOr<std::vector<Round>> ResolveContested(sql::Connection& connection,
                                                    const Context& context, int64_t revision,
                                                    const SourcePolicy& policy) {
  STEELYARD_ASSIGN_OR_RETURN(const LinkTable links, ReadLinks(connection, context, revision));
  STEELYARD_ASSIGN_OR_RETURN(const SourceTable sources, ReadSources(connection, context, revision));
  STEELYARD_ASSIGN_OR_RETURN(const Redirects redirects,
                             ReadRedirects(connection, context, revision));
  STEELYARD_ASSIGN_OR_RETURN(const std::set<std::string> roots,
                             ContestedRoots(connection, context, revision, links));
  std::vector<std::string> reports;
  for (const std::string& root : roots) {
    for (std::string& member : links.MembersOf(root)) reports.push_back(std::move(member));
  }
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Assertion> assertions,
                             ReadAssertions(connection, context, revision, reports));
  std::unordered_map<std::string, std::vector<Assertion>> by_report;
  for (const Assertion& assertion : assertions) by_report[assertion.round].push_back(assertion);
  return ResolveRoots({roots.begin(), roots.end()}, by_report, links, policy, sources, redirects);
}

absl::Status Fill(sql::Connection& connection, const Context& context,
                  const std::vector<Round>& rounds) {
  // The tables are made outside of the transaction that fills them: an appender does not find the
  // columns of a table that is as young as its transaction.
  for (const std::string_view create : kCreateTables) {
    STEELYARD_RETURN_IF_ERROR(connection.Execute(context, create).status());
  }
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(connection));
  for (const std::string_view clear : kClearTables) {
    STEELYARD_RETURN_IF_ERROR(connection.Execute(context, clear).status());
  }
  STEELYARD_ASSIGN_OR_RETURN(const auto parents, connection.Append("policy_rounds"));
  STEELYARD_ASSIGN_OR_RETURN(const auto children, connection.Append("policy_participations"));
  for (const Round& round : rounds) {
    STEELYARD_RETURN_IF_ERROR(AppendRound(round, "", kPolicyRevision, *parents, *children));
  }
  STEELYARD_RETURN_IF_ERROR(parents->Close());
  STEELYARD_RETURN_IF_ERROR(children->Close());
  return transaction.Commit();
}

}  // namespace

absl::StatusOr<PolicyView> OpenPolicyView(sql::Connection& connection, const Context& context,
                                          int64_t revision, const SourcePolicy& policy) {
  if (policy.IsDefault()) return PolicyView();
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Round> rounds,
                             ResolveContested(connection, context, revision, policy));
  STEELYARD_RETURN_IF_ERROR(Fill(connection, context, rounds));
  PolicyView view{.tables = kViewTables, .resolved = {}};
  for (Round& round : rounds) {
    std::string id = round.id;
    view.resolved.emplace(std::move(id), std::move(round));
  }
  return view;
}

absl::Status OverlayParticipations(sql::Connection& connection, const Context& context,
                                   int64_t revision, const PolicyView& view,
                                   std::vector<Round>& rounds) {
  std::vector<Round*> overlaid;
  std::set<std::string> names;
  for (Round& round : rounds) {
    const auto resolved = view.resolved.find(round.id);
    if (resolved == view.resolved.end()) continue;
    round.participations = resolved->second.participations;
    for (const Participation& part : round.participations) names.insert(part.investor);
    overlaid.push_back(&round);
  }
  STEELYARD_ASSIGN_OR_RETURN(const auto investors, ReadInvestors(connection, context, revision,
                                                                 {names.begin(), names.end()}));
  for (Round* round : overlaid) {
    for (Participation& part : round->participations) {
      const auto facts = investors.find(part.investor);
      if (facts == investors.end()) continue;
      part.country = facts->second.country;
      part.investor_kind = facts->second.kind;
    }
  }
  return absl::OkStatus();
}

}  // namespace steelyard::funding
