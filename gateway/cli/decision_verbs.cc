// Decisions that people make: links of rounds, retractions, and what there is to decide.

#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::RoundRelation;

constexpr std::string_view kCompanies = "companies/";

absl::StatusOr<RoundRelation> ToRelation(const std::string& word) {
  if (word == "same-as") return funding::v1::ROUND_RELATION_SAME_AS;
  if (word == "included-in") return funding::v1::ROUND_RELATION_INCLUDED_IN;
  FieldErrors errors;
  errors.Add("--relation", StrCat("'", word, "' is neither same-as nor included-in"));
  return errors.ToStatus();
}

template <typename Request, typename Response, typename Call>
int Decide(const Session& session, const DecisionOptions& options, std::string_view says,
           Call call) {
  const auto relation = ToRelation(options.relation);
  if (!relation.ok()) return session.WrongUsage(relation.status());
  Request request;
  request.set_name(RoundName(options.round));
  request.set_related(RoundName(options.related));
  request.set_relation(*relation);
  request.set_reason(options.reason);
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  Response answer;
  const absl::Status status =
      Session::ToStatus(call(*stub, session.NewContext().get(), request, &answer));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(answer);
  session.out() << answer.link().round() << ' ' << says << ' ' << options.relation << ' '
                << answer.link().related() << "\nsnapshot  " << Describe(answer.snapshot()) << '\n';
  return kOk;
}

int RetractOfRound(const Session& session, const RetractOptions& options) {
  funding::v1::RetractRoundRequest request;
  request.set_name(RoundName(options.subject));
  for (const std::string& source : options.sources) {
    request.add_sources(StrCat("sources/", source));
  }
  request.set_reason(options.reason);
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  funding::v1::RetractRoundResponse answer;
  const absl::Status status =
      Session::ToStatus(stub->RetractRound(session.NewContext().get(), request, &answer));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(answer);
  for (const std::string& name : answer.retracted()) {
    session.out() << "retracted " << name << '\n';
  }
  session.out() << "snapshot  " << Describe(answer.snapshot()) << '\n';
  return kOk;
}

}  // namespace

std::string RoundName(const std::string& word) {
  return word.starts_with("rounds/") ? word : StrCat("rounds/", word);
}

int Link(const Session& session, const DecisionOptions& options) {
  return Decide<funding::v1::LinkRoundsRequest, funding::v1::LinkRoundsResponse>(
      session, options, "is", [](auto& stub, auto* context, const auto& request, auto* answer) {
        return stub.LinkRounds(context, request, answer);
      });
}

int Unlink(const Session& session, const DecisionOptions& options) {
  return Decide<funding::v1::UnlinkRoundsRequest, funding::v1::UnlinkRoundsResponse>(
      session, options, "is not", [](auto& stub, auto* context, const auto& request, auto* answer) {
        return stub.UnlinkRounds(context, request, answer);
      });
}

int Retract(const Session& session, const RetractOptions& options) {
  return options.subject.starts_with(kCompanies) ? RetractOfCompany(session, options)
                                                 : RetractOfRound(session, options);
}

int Duplicates(const Session& session, const DuplicatesOptions& options) {
  funding::v1::ListDuplicateRoundsRequest request;
  request.set_page_size(options.limit);
  if (!options.company.empty()) request.set_company(StrCat("companies/", options.company));
  auto read = session.Read();
  if (!read.ok()) return session.WrongUsage(read.status());
  *request.mutable_read() = *read;
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  funding::v1::ListDuplicateRoundsResponse answer;
  const absl::Status status =
      Session::ToStatus(stub->ListDuplicateRounds(session.NewContext().get(), request, &answer));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(answer);
  Table table({"score", "round", "other", "why"},
              {Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft});
  for (const funding::v1::DuplicatePair& pair : answer.pairs()) {
    table.AddRow({Number(pair.score()), pair.round().name().substr(7),
                  pair.other().name().substr(7), StrJoin(pair.reasons(), ", ")});
  }
  session.out() << (table.empty() ? "no pair of rounds looks like one\n" : table.Render());
  if (!answer.next_page_token().empty()) session.out() << "there are more; --limit N shows them\n";
  session.out() << "\nsteelyard link ROUND OTHER, or unlink, decides\nsnapshot  "
                << Describe(answer.snapshot()) << '\n';
  return kOk;
}

}  // namespace steelyard::cli
