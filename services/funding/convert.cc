#include "services/funding/convert.h"

#include "services/common/ledger/ledger.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/convert.h"

namespace steelyard::funding {
namespace {

// The country of the oldest headquarters that has one, else the present one. They come oldest
// first, but for those of which nobody knows when.
std::string FoundingCountryOf(const registry::v1::Company& company) {
  std::string founding = company.country();
  bool undated = false;
  for (const registry::v1::Headquarters& place : company.headquarters()) {
    if (place.country().empty()) continue;
    if (place.has_valid_from() || place.has_valid_to()) return place.country();
    if (!undated) founding = place.country();
    undated = true;
  }
  return founding;
}

}  // namespace

v1::Round MessageOf(const Round& round) {
  v1::Round message;
  message.set_name(StrCat(kRoundPrefix, round.id));
  message.set_company(StrCat(kCompanyPrefix, round.company));
  message.set_company_display_name(round.company_name);
  *message.mutable_announced_on() = ToProto(round.announced);
  message.set_label(round.label);
  message.set_stage(round.stage);
  message.set_kind(round.kind);
  if (round.amount) *message.mutable_amount() = ToProto(*round.amount);
  if (round.post_money) *message.mutable_post_money() = ToProto(*round.post_money);
  for (const Participation& participation : round.participations) {
    v1::Participation& part = *message.add_participations();
    part.set_investor(participation.investor);
    part.set_role(participation.role);
    part.set_country(participation.country);
    part.set_investor_kind(participation.investor_kind);
  }
  for (const std::string& source : round.sources) {
    message.add_sources(StrCat(kSourcePrefix, source));
  }
  if (!round.included_in.empty()) message.set_included_in(StrCat(kRoundPrefix, round.included_in));
  message.set_note(round.note);
  if (round.closed) *message.mutable_closed_on() = ToProto(*round.closed);
  for (const std::string& alias : round.aliases) {
    message.add_aliases(StrCat(kRoundPrefix, alias));
  }
  return message;
}

v1::Assertion MessageOf(const StoredAssertion& stored) {
  const Assertion& assertion = stored.assertion;
  v1::Assertion message;
  message.set_name(StrCat(kRoundPrefix, KeyOf(assertion)));
  message.set_source(StrCat(kSourcePrefix, assertion.source));
  message.set_position(assertion.position);
  v1::Round& said = *message.mutable_round();
  if (!assertion.company.empty()) said.set_company(StrCat(kCompanyPrefix, assertion.company));
  if (assertion.announced) *said.mutable_announced_on() = ToProto(*assertion.announced);
  if (assertion.closed) *said.mutable_closed_on() = ToProto(*assertion.closed);
  said.set_label(assertion.label);
  said.set_stage(assertion.stage);
  said.set_kind(assertion.kind);
  if (assertion.amount) *said.mutable_amount() = ToProto(*assertion.amount);
  if (assertion.post_money) *said.mutable_post_money() = ToProto(*assertion.post_money);
  for (const Participation& participation : assertion.participations) {
    v1::Participation& part = *said.add_participations();
    part.set_investor(participation.investor);
    part.set_role(participation.role);
  }
  said.set_note(assertion.note);
  message.set_retracted(assertion.retracted);
  message.set_reason(assertion.reason);
  message.set_from_revision(stored.from_revision);
  if (stored.to_revision != ledger::kOpenRevision) message.set_to_revision(stored.to_revision);
  return message;
}

v1::RoundLink MessageOf(const RoundLink& link) {
  v1::RoundLink message;
  message.set_round(StrCat(kRoundPrefix, link.round));
  message.set_related(StrCat(kRoundPrefix, link.related));
  message.set_relation(link.relation);
  message.set_holds(link.holds);
  message.set_origin(link.origin);
  message.set_reason(link.reason);
  return message;
}

CompanyFacts FactsOf(const registry::v1::Company& company) {
  CompanyFacts facts{.id = WithoutPrefix(company.name(), kCompanyPrefix),
                     .display_name = company.display_name(),
                     .country = company.country(),
                     .legal_country = company.legal_country(),
                     .founding_country = FoundingCountryOf(company),
                     .layers = {company.layers().begin(), company.layers().end()},
                     .sectors = {company.sectors().begin(), company.sectors().end()},
                     .source_category = company.source_category(),
                     .merged = {}};
  for (const std::string& merged : company.merged()) {
    facts.merged.push_back(WithoutPrefix(merged, kCompanyPrefix));
  }
  return facts;
}

}  // namespace steelyard::funding
