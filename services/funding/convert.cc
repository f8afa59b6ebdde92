#include "services/funding/convert.h"

#include "services/common/text/strings.h"
#include "services/funding/reference/convert.h"

namespace steelyard::funding {

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
  return message;
}

CompanyFacts FactsOf(const registry::v1::Company& company) {
  return {.id = WithoutPrefix(company.name(), kCompanyPrefix),
          .display_name = company.display_name(),
          .country = company.country(),
          .layers = {company.layers().begin(), company.layers().end()},
          .sectors = {company.sectors().begin(), company.sectors().end()},
          .source_category = company.source_category()};
}

}  // namespace steelyard::funding
