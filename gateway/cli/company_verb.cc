#include "gateway/cli/format.h"
#include "gateway/cli/round_table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/gateway/v1/gateway.grpc.pb.h"

namespace steelyard::cli {
namespace {

constexpr size_t kNameKindPrefix = sizeof("NAME_KIND_") - 1;
constexpr size_t kStatusPrefix = sizeof("COMPANY_STATUS_") - 1;
constexpr size_t kRelationPrefix = sizeof("RELATION_KIND_") - 1;

std::string Codes(const google::protobuf::RepeatedPtrField<std::string>& codes) {
  std::string text;
  for (const std::string& code : codes) StrAppend(&text, text.empty() ? "" : ", ", Words(code));
  return text;
}

void Line(std::string& text, const std::string& label, const std::string& value) {
  if (value.empty()) return;
  std::string padded = label;
  padded.resize(12, ' ');
  StrAppend(&text, padded, value, "\n");
}

// " since 2020", " until 2015", " 2010 to 2015"; nothing when no end is known.
template <typename Message>
std::string Time(const Message& message) {
  const std::string from = message.has_valid_from() ? Date(message.valid_from()) : "";
  const std::string to = message.has_valid_to() ? Date(message.valid_to()) : "";
  if (!from.empty() && !to.empty()) return StrCat(" ", from, " to ", to);
  if (!from.empty()) return StrCat(" since ", from);
  return to.empty() ? "" : StrCat(" until ", to);
}

// "Cologne, DE".
template <typename Message>
std::string Place(const Message& message) {
  return StrCat(message.city(), message.city().empty() ? "" : ", ", message.country());
}

std::string StatusWords(registry::v1::CompanyStatus status) {
  return Words(registry::v1::CompanyStatus_Name(status).substr(kStatusPrefix));
}

// What held of it, and who else it is.
std::string Histories(const registry::v1::Company& company) {
  std::string text;
  std::string places;
  for (const registry::v1::Headquarters& place : company.headquarters()) {
    StrAppend(&places, places.empty() ? "" : "; ", Place(place), Time(place));
  }
  Line(text, "was in", places);
  std::string statuses;
  for (const registry::v1::StatusPeriod& period : company.status_history()) {
    StrAppend(&statuses, statuses.empty() ? "" : "; ", StatusWords(period.status()), Time(period));
  }
  Line(text, "was", statuses);
  std::string relations;
  for (const registry::v1::CompanyRelation& relation : company.relations()) {
    StrAppend(&relations, relations.empty() ? "" : "; ",
              Words(registry::v1::RelationKind_Name(relation.kind()).substr(kRelationPrefix)), " ",
              relation.object(), Time(relation));
  }
  Line(text, "relations", relations);
  Line(text, "joins", StrJoin(company.merged(), ", "));
  return text;
}

std::string Facts(const registry::v1::Company& company) {
  std::string text;
  Line(text, "based in", Place(company));
  if (!company.legal_country().empty()) {
    Line(text, "legally", StrCat("incorporated in ", company.legal_country()));
  }
  Line(text, "founded", Date(company.founded_on()));
  if (company.status() != registry::v1::COMPANY_STATUS_UNSPECIFIED) {
    Line(text, "status", StatusWords(company.status()));
  }
  Line(text, "layers", Codes(company.layers()));
  Line(text, "sectors", Codes(company.sectors()));
  Line(text, "website", company.website());
  std::string names;
  for (const registry::v1::CompanyName& name : company.names()) {
    if (name.text() == company.display_name()) continue;
    StrAppend(&names, names.empty() ? "" : "; ", name.text(), " (",
              Words(registry::v1::NameKind_Name(name.kind()).substr(kNameKindPrefix)),
              name.language() == "und" ? "" : ", ", name.language() == "und" ? "" : name.language(),
              Time(name).empty() ? "" : ",", Time(name), ")");
  }
  Line(text, "also", names);
  std::string identifiers;
  for (const registry::v1::Identifier& identifier : company.identifiers()) {
    StrAppend(&identifiers, identifiers.empty() ? "" : ", ", identifier.scheme(), ":",
              identifier.value());
  }
  Line(text, "identifiers", identifiers);
  return text + Histories(company);
}

std::string Heading(const registry::v1::Company& company) {
  return StrCat(company.display_name(), "  (", company.name(), ")\n");
}

// Under which name it was found, when that is not the one shown.
std::string FoundAs(const gateway::v1::GetCompanyProfileResponse& response) {
  std::string text;
  if (!response.has_matched() || response.matched().text() == response.company().display_name()) {
    return text;
  }
  Line(text, "found as",
       StrCat(response.matched().text(), " (",
              Words(registry::v1::NameKind_Name(response.matched().kind()).substr(kNameKindPrefix)),
              ")"));
  return text;
}

// Who else bears the name.
std::string Others(const gateway::v1::GetCompanyProfileResponse& response) {
  std::string text;
  for (const registry::v1::SearchHit& other : response.alternatives()) {
    Line(text, "not",
         StrCat(other.display_name(), " (", other.company(), ", ", other.country(), ")"));
  }
  return text;
}

std::string Render(const gateway::v1::GetCompanyProfileResponse& response) {
  const registry::v1::Company& company = response.company();
  std::string text = Heading(company) + Facts(company);
  text += FoundAs(response);
  if (response.has_round_count()) {
    Line(text, "raised",
         StrCat(response.total().has_money() ? ShortMoney(response.total().money()) : "undisclosed",
                " in ", Show(response.round_count()), " rounds (", Describe(response.definition()),
                ")"));
  }
  text += Others(response);
  if (!response.rounds().empty()) {
    StrAppend(&text, "\n", RenderRounds(response.rounds(), /*with_company=*/false));
  }
  StrAppend(&text, "\n");
  Line(text, "snapshot", Describe(response.snapshot()));
  for (const std::string& service : response.unreachable()) {
    Line(text, "incomplete", StrCat(service, " did not answer"));
  }
  return text;
}

}  // namespace

int Company(const Session& session, const CompanyOptions& options) {
  gateway::v1::GetCompanyProfileRequest request;
  request.set_query(StrJoin(options.words, " "));
  const auto definition = ToDefinition(options.definition);
  if (!definition.ok()) return session.WrongUsage(definition.status());
  *request.mutable_definition() = *definition;
  const auto read = session.Read();
  if (!read.ok()) return session.WrongUsage(read.status());
  *request.mutable_read() = *read;
  gateway::v1::GetCompanyProfileResponse response;
  const auto stub = gateway::v1::GatewayService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->GetCompanyProfile(session.NewContext().get(), request, &response));
  if (!status.ok()) return session.Fail(status);
  if (options.assertions) {
    if (!session.json()) {
      session.out() << Heading(response.company()) << FoundAs(response) << Others(response) << '\n';
    }
    return CompanyAssertions(session, response.company().name(), response.snapshot().token());
  }
  if (session.json()) return session.PrintJson(response);
  session.out() << Render(response);
  return kOk;
}

}  // namespace steelyard::cli
