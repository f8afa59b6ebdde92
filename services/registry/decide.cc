#include "services/registry/decide.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/registry/convert.h"
#include "services/registry/find.h"
#include "services/registry/once.h"
#include "services/registry/record.h"
#include "services/registry/validate.h"

namespace steelyard::registry {
namespace {

// Of everything that a request asks for.
std::string DigestOf(const std::vector<std::string>& parts) {
  text::Sha256Stream digest;
  for (const std::string& part : parts) digest.UpdateFramed(part);
  return digest.FinishHex();
}

// COMPANY_NOT_FOUND for ids that have no record, INVALID_FIELD for a source that does not exist.
absl::Status CheckExist(const Context& context, const Store& store, int64_t revision,
                        std::vector<std::string> ids, const std::string& source) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> records,
                             store.Records(context, revision, ids));
  for (const Company& record : records) std::erase(ids, record.id);
  if (!ids.empty()) return CompaniesNotFound(ids);
  if (source.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Source> sources,
                             store.Sources(context, revision, std::vector{source}, 0, 1));
  if (!sources.empty()) return absl::OkStatus();
  FieldErrors errors;
  errors.Add("source", StrCat("sources/", source,
                              " does not exist; import it first, in the format steelyard-sources"));
  return errors.ToStatus();
}

// Whether two companies may be said to be different: they are not one.
absl::Status CheckDifferent(const Redirects& redirects, const DecisionAsked& asked) {
  const std::string survivor = redirects.SurvivorOf(asked.company);
  if (survivor != redirects.SurvivorOf(asked.other)) return absl::OkStatus();
  const std::string& merged = asked.company == survivor ? asked.other : asked.company;
  return MakeError(common::v1::ERROR_REASON_COMPANY_MERGED,
                   StrCat("companies/", asked.company, " and companies/", asked.other,
                          " are one company; split companies/", merged, " first"),
                   {{"company", merged}, {"into", survivor}});
}

// What withdraws the decision that a pair is different: nothing when that was done before.
absl::StatusOr<std::vector<Decision>> Withdraw(const std::vector<Decision>& decisions,
                                               Decision withdrawal) {
  const auto standing =
      std::find_if(decisions.begin(), decisions.end(),
                   [&](const Decision& decision) { return decision.id == withdrawal.id; });
  if (standing == decisions.end()) {
    FieldErrors errors;
    errors.Add("withdraw", StrCat("it was not decided that companies/", withdrawal.company,
                                  " and companies/", withdrawal.other, " are different"));
    return errors.ToStatus();
  }
  if (standing->kind == DecisionKind::kWithdrawn) return std::vector<Decision>();
  return std::vector{std::move(withdrawal)};
}

// Who says anything, for a message.
std::string SourcesOf(const std::vector<Company>& records) {
  constexpr size_t kMostNamed = 20;
  std::vector<std::string> sources;
  for (const Company& record : records) {
    if (record.sources.empty()) sources.emplace_back("nobody in particular");
    sources.insert(sources.end(), record.sources.begin(), record.sources.end());
  }
  if (sources.size() > kMostNamed) {
    sources.resize(kMostNamed);
    sources.emplace_back("...");
  }
  return StrJoin(sources, ", ");
}

// The decisions that withdraw what sources say; COMPANY_NOT_FOUND, LAST_ASSERTION.
absl::StatusOr<std::vector<Decision>> Retract(std::vector<Company> records,
                                              const RetractionAsked& asked,
                                              const std::string& reason) {
  if (records.empty()) return CompaniesNotFound({asked.company});
  std::vector<Company> left = records;
  std::vector<Decision> decisions;
  for (const std::string& source : asked.sources) {
    const auto said = std::find_if(records.begin(), records.end(), [&](const Company& record) {
      return std::count(record.sources.begin(), record.sources.end(), source) > 0;
    });
    if (said == records.end()) {
      return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_FOUND,
                       StrCat("sources/", source, " says nothing of companies/", asked.company,
                              ", of which speak: ", SourcesOf(records)),
                       {{"company", asked.company}, {"source", source}});
    }
    decisions.push_back(AboutWord(*said, source, reason));
    TakeOut(source, left);
  }
  if (!left.empty()) return decisions;
  return MakeError(
      common::v1::ERROR_REASON_LAST_ASSERTION,
      StrCat("nobody else says anything of companies/", asked.company,
             ", whose id is permanent; have another source say what is right by UpsertCompanies "
             "first, or merge it into the company that it is"),
      {{"company", asked.company}});
}

// Writes what `edit` decides, once for a request_id, and answers with what changed, if the call
// says so, and with the snapshot. `parts`: all that the request asks for.
template <typename Request, typename Response>
absl::Status DecideOnce(const Context& context, Store& store, const ledger::Ledger& ledger,
                        const Request& request, const std::vector<std::string>& parts,
                        const Store::EditOnce& edit, Response& response) {
  const WriteRequest once{.id = request.request_id(),
                          .digest = DigestOf(parts),
                          .validate_only = request.validate_only()};
  const auto fill = [&](const Written& written) {
    if constexpr (requires { response.add_changed(""); }) {
      for (const std::string& id : written.changed_companies) {
        response.add_changed(StrCat(kCompanies, id));
      }
    }
    if (!once.validate_only) *response.mutable_snapshot() = ledger.Describe(written.revision);
  };
  return WriteOnce(context, store, ledger, once, edit, fill, response);
}

Batch Decided(std::vector<Decision> decisions) {
  return {.companies = {}, .sources = {}, .codelists = {}, .decisions = std::move(decisions)};
}

}  // namespace

absl::Status MergeCompanies(const Context& context, Store& store, const ledger::Ledger& ledger,
                            const v1::MergeCompaniesRequest& request,
                            v1::MergeCompaniesResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const MergeAsked asked, Validate(request));
  std::vector<std::string> parts = {"merge", asked.into, asked.source, request.comment()};
  parts.insert(parts.end(), asked.from.begin(), asked.from.end());
  const auto edit = [&](int64_t newest) -> absl::StatusOr<Batch> {
    std::vector<std::string> ids = asked.from;
    ids.push_back(asked.into);
    STEELYARD_RETURN_IF_ERROR(CheckExist(context, store, newest, std::move(ids), asked.source));
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                               store.Decisions(context, newest));
    STEELYARD_RETURN_IF_ERROR(CheckMerge(decisions, asked.into, asked.from));
    std::vector<Decision> merges;
    for (const std::string& company : asked.from) {
      merges.push_back(
          AboutMerge(DecisionKind::kMerged, company, asked.into, asked.source, request.comment()));
    }
    return Decided(std::move(merges));
  };
  return DecideOnce(context, store, ledger, request, parts, edit, response);
}

absl::Status SplitCompany(const Context& context, Store& store, const ledger::Ledger& ledger,
                          const v1::SplitCompanyRequest& request,
                          v1::SplitCompanyResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const DecisionAsked asked, Validate(request));
  const auto edit = [&](int64_t newest) -> absl::StatusOr<Batch> {
    STEELYARD_RETURN_IF_ERROR(CheckExist(context, store, newest, {asked.company}, asked.source));
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                               store.Decisions(context, newest));
    const Redirects redirects(decisions);
    const std::string* into = redirects.IntoOf(asked.company);
    if (into == nullptr) {
      return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_MERGED,
                       StrCat(request.name(),
                              " is a company of its own; one that was merged into "
                              "another is allowed"),
                       {{"company", asked.company}});
    }
    return Decided(
        {AboutMerge(DecisionKind::kSplit, asked.company, *into, asked.source, request.comment())});
  };
  return DecideOnce(context, store, ledger, request,
                    {"split", asked.company, asked.source, request.comment()}, edit, response);
}

absl::Status DistinguishCompanies(const Context& context, Store& store,
                                  const ledger::Ledger& ledger,
                                  const v1::DistinguishCompaniesRequest& request,
                                  v1::DistinguishCompaniesResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const DecisionAsked asked, Validate(request));
  const DecisionKind kind = request.withdraw() ? DecisionKind::kWithdrawn : DecisionKind::kDistinct;
  Decision decision = AboutPair(kind, asked.company, asked.other, asked.source, request.comment());
  const auto edit = [&](int64_t newest) -> absl::StatusOr<Batch> {
    STEELYARD_RETURN_IF_ERROR(
        CheckExist(context, store, newest, {asked.company, asked.other}, asked.source));
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                               store.Decisions(context, newest));
    if (request.withdraw()) {
      STEELYARD_ASSIGN_OR_RETURN(std::vector<Decision> withdrawn, Withdraw(decisions, decision));
      return Decided(std::move(withdrawn));
    }
    STEELYARD_RETURN_IF_ERROR(CheckDifferent(Redirects(decisions), asked));
    return Decided({decision});
  };
  return DecideOnce(context, store, ledger, request, {"distinguish", Canonical(decision)}, edit,
                    response);
}

absl::Status RetractCompany(const Context& context, Store& store, const ledger::Ledger& ledger,
                            const v1::RetractCompanyRequest& request,
                            v1::RetractCompanyResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const RetractionAsked asked, Validate(request));
  std::vector<std::string> parts = {"retract", asked.company, request.reason()};
  parts.insert(parts.end(), asked.sources.begin(), asked.sources.end());
  const auto edit = [&](int64_t newest) -> absl::StatusOr<Batch> {
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> records,
                               store.Records(context, newest, std::vector{asked.company}));
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Decision> decisions,
                               Retract(std::move(records), asked, request.reason()));
    return Decided(std::move(decisions));
  };
  return DecideOnce(context, store, ledger, request, parts, edit, response);
}

}  // namespace steelyard::registry
