#include "services/registry/convert.h"

#include "services/common/text/strings.h"
#include "services/common/time/date.h"

namespace steelyard::registry {
namespace {

// "sources/x", or nothing for nobody.
std::string SourceName(const std::string& id) { return id.empty() ? "" : StrCat(kSources, id); }

// The id of a source's name, which may be empty.
std::string TakeSource(const std::string& name, std::string path, std::vector<Fault>& faults) {
  if (name.empty()) return "";
  const std::string_view id = IdOf(name, kSources);
  if (id.empty()) faults.emplace_back(std::move(path), "\"sources/{source}\" is allowed");
  return std::string(id);
}

// The validity of a message that has one.
template <typename Message>
Validity TakeValidity(const Message& message, const std::string& path, std::vector<Fault>& faults) {
  Validity valid;
  const auto take = [&](const google::type::Date& date, std::string_view field,
                        std::optional<PartialDate>& into) {
    const absl::StatusOr<PartialDate> taken = steelyard::FromProto(date);
    if (taken.ok()) into = *taken;
    if (!taken.ok()) {
      faults.emplace_back(StrCat(path, ".", field), std::string(taken.status().message()));
    }
  };
  if (message.has_valid_from()) take(message.valid_from(), "valid_from", valid.from);
  if (message.has_valid_to()) take(message.valid_to(), "valid_to", valid.to);
  return valid;
}

template <typename Message>
void GiveValidity(const Validity& valid, Message& message) {
  if (valid.from.has_value()) *message.mutable_valid_from() = steelyard::ToProto(*valid.from);
  if (valid.to.has_value()) *message.mutable_valid_to() = steelyard::ToProto(*valid.to);
}

void TakeRelations(const v1::Company& message, Company& company, std::vector<Fault>& faults) {
  for (int i = 0; i < message.relations_size(); ++i) {
    const v1::CompanyRelation& relation = message.relations(i);
    const std::string path = StrCat("relations[", i, "]");
    if (!v1::RelationKind_IsValid(relation.kind()) ||
        relation.kind() == v1::RELATION_KIND_UNSPECIFIED) {
      faults.emplace_back(StrCat(path, ".kind"),
                          "must say PARENT, ULTIMATE_PARENT, SUCCESSOR or BRAND_OF");
    }
    const std::string_view object = IdOf(relation.object(), kCompanies);
    if (object.empty()) {
      faults.emplace_back(StrCat(path, ".object"), "\"companies/{company}\" is needed");
    }
    company.relations.push_back(
        {.kind = static_cast<RelationKind>(relation.kind()),
         .object = std::string(object),
         .valid = TakeValidity(relation, path, faults),
         .source = TakeSource(relation.source(), StrCat(path, ".source"), faults)});
  }
}

void TakeHistories(const v1::Company& message, Company& company, std::vector<Fault>& faults) {
  for (int i = 0; i < message.headquarters_size(); ++i) {
    const v1::Headquarters& place = message.headquarters(i);
    const std::string path = StrCat("headquarters[", i, "]");
    company.headquarters.push_back(
        {.country = place.country(),
         .city = place.city(),
         .valid = TakeValidity(place, path, faults),
         .source = TakeSource(place.source(), StrCat(path, ".source"), faults)});
  }
  for (int i = 0; i < message.status_history_size(); ++i) {
    const v1::StatusPeriod& period = message.status_history(i);
    const std::string path = StrCat("status_history[", i, "]");
    const bool known = v1::CompanyStatus_IsValid(period.status());
    if (!known) faults.emplace_back(path + ".status", "a value of CompanyStatus is allowed");
    company.status_history.push_back(
        {.status = known ? static_cast<CompanyStatus>(period.status()) : CompanyStatus::kUnknown,
         .valid = TakeValidity(period, path, faults),
         .source = TakeSource(period.source(), StrCat(path, ".source"), faults)});
  }
}

void GiveDetails(const Company& company, v1::Company& message) {
  for (const std::string& id : company.merged) message.add_merged(StrCat(kCompanies, id));
  for (const Relation& relation : company.relations) {
    v1::CompanyRelation& out = *message.add_relations();
    out.set_kind(static_cast<v1::RelationKind>(relation.kind));
    out.set_object(StrCat(kCompanies, relation.object));
    GiveValidity(relation.valid, out);
    out.set_source(SourceName(relation.source));
  }
  for (const Headquarters& place : company.headquarters) {
    v1::Headquarters& out = *message.add_headquarters();
    out.set_country(place.country);
    out.set_city(place.city);
    GiveValidity(place.valid, out);
    out.set_source(SourceName(place.source));
  }
  for (const StatusPeriod& period : company.status_history) {
    v1::StatusPeriod& out = *message.add_status_history();
    out.set_status(static_cast<v1::CompanyStatus>(period.status));
    GiveValidity(period.valid, out);
    out.set_source(SourceName(period.source));
  }
}

void TakeNames(const v1::Company& message, Company& company, std::vector<Fault>& faults) {
  for (int i = 0; i < message.names_size(); ++i) {
    const v1::CompanyName& name = message.names(i);
    const std::string path = StrCat("names[", i, "]");
    if (!v1::NameKind_IsValid(name.kind()) || name.kind() == v1::NAME_KIND_UNSPECIFIED) {
      faults.emplace_back(StrCat(path, ".kind"), StrCat("must say ", NameKindWords()));
    }
    company.names.push_back({.text = name.text(),
                             .language = name.language(),
                             .kind = static_cast<NameKind>(name.kind()),
                             .source = TakeSource(name.source(), StrCat(path, ".source"), faults),
                             .valid = TakeValidity(name, path, faults)});
  }
}

}  // namespace

std::string_view IdOf(std::string_view name, std::string_view collection) {
  if (!name.starts_with(collection)) return "";
  name.remove_prefix(collection.size());
  return name;
}

v1::CompanyName ToProto(const CompanyName& name) {
  v1::CompanyName message;
  message.set_text(name.text);
  message.set_language(name.language);
  message.set_kind(static_cast<v1::NameKind>(name.kind));
  message.set_source(SourceName(name.source));
  GiveValidity(name.valid, message);
  return message;
}

v1::Company ToProto(const Company& company) {
  v1::Company message;
  message.set_name(StrCat(kCompanies, company.id));
  message.set_display_name(company.display_name);
  message.set_country(company.country);
  message.set_city(company.city);
  message.set_legal_country(company.legal_country);
  if (company.founded_on.has_value()) {
    *message.mutable_founded_on() = steelyard::ToProto(*company.founded_on);
  }
  message.set_status(static_cast<v1::CompanyStatus>(company.status));
  message.set_website(company.website);
  for (const std::string& layer : company.layers) message.add_layers(layer);
  for (const std::string& sector : company.sectors) message.add_sectors(sector);
  for (const CompanyName& name : company.names) *message.add_names() = ToProto(name);
  for (const Identifier& identifier : company.identifiers) {
    v1::Identifier& out = *message.add_identifiers();
    out.set_scheme(identifier.scheme);
    out.set_value(identifier.value);
    out.set_source(SourceName(identifier.source));
  }
  for (const std::string& source : company.sources) message.add_sources(SourceName(source));
  message.set_source_category(company.source_category);
  GiveDetails(company, message);
  return message;
}

common::v1::SourceRef ToProto(const Source& source) {
  common::v1::SourceRef message;
  message.set_name(SourceName(source.id));
  message.set_publisher(source.publisher);
  message.set_title(source.title);
  message.set_uri(source.uri);
  if (source.published_on.has_value()) {
    *message.mutable_published_on() = steelyard::ToProto(*source.published_on);
  }
  message.set_kind(source.kind);
  return message;
}

v1::Codelist ToProto(const Codelist& codelist) {
  v1::Codelist message;
  message.set_name(StrCat(kCodelists, codelist.id));
  for (const Code& code : codelist.codes) {
    v1::Code& out = *message.add_codes();
    out.set_code(code.code);
    out.set_position(code.position);
    out.set_label(code.label);
    out.set_label_fr(code.label_fr);
    out.set_parent(code.parent);
  }
  return message;
}

v1::SearchHit ToProto(const match::Hit& hit) {
  v1::SearchHit message;
  message.set_company(StrCat(kCompanies, hit.company));
  message.set_display_name(hit.display_name);
  message.set_country(hit.country);
  *message.mutable_matched() = ToProto(hit.matched);
  message.set_rank(static_cast<v1::MatchRank>(hit.rank));
  return message;
}

v1::IdentityDecision ToProto(const Decision& decision) {
  v1::IdentityDecision message;
  message.set_kind(static_cast<v1::DecisionKind>(decision.kind));
  message.set_company(StrCat(kCompanies, decision.company));
  if (decision.kind != DecisionKind::kRetracted) {
    message.set_other(StrCat(kCompanies, decision.other));
  }
  message.set_source(SourceName(decision.source));
  message.set_comment(decision.comment);
  message.set_revision(decision.revision);
  return message;
}

v1::DuplicateCompanies ToProto(const Duplicate& duplicate) {
  v1::DuplicateCompanies message;
  *message.mutable_company() = ToProto(duplicate.company);
  *message.mutable_other() = ToProto(duplicate.other);
  for (const DuplicateReason& reason : duplicate.reasons) {
    v1::DuplicateReason& out = *message.add_reasons();
    out.set_kind(static_cast<v1::DuplicateReasonKind>(reason.kind));
    out.set_value(reason.value);
    out.set_score(reason.score);
  }
  return message;
}

v1::Redirect RedirectOf(const std::string& company, const std::string& into) {
  v1::Redirect message;
  message.set_company(StrCat(kCompanies, company));
  message.set_into(StrCat(kCompanies, into));
  return message;
}

Company FromProto(const v1::Company& message, std::vector<Fault>& faults) {
  Company company{.id = std::string(IdOf(message.name(), kCompanies)),
                  .display_name = message.display_name(),
                  .country = message.country(),
                  .city = message.city(),
                  .legal_country = message.legal_country(),
                  .website = message.website(),
                  .layers = {message.layers().begin(), message.layers().end()},
                  .sectors = {message.sectors().begin(), message.sectors().end()},
                  .source_category = message.source_category()};
  if (company.id.empty()) faults.emplace_back("name", "\"companies/{company}\" is needed");
  if (message.has_founded_on()) {
    const absl::StatusOr<PartialDate> date = steelyard::FromProto(message.founded_on());
    if (date.ok()) company.founded_on = *date;
    if (!date.ok()) faults.emplace_back("founded_on", std::string(date.status().message()));
  }
  if (v1::CompanyStatus_IsValid(message.status())) {
    company.status = static_cast<CompanyStatus>(message.status());
  } else {
    faults.emplace_back("status", "a value of CompanyStatus is allowed");
  }
  TakeNames(message, company, faults);
  for (int i = 0; i < message.identifiers_size(); ++i) {
    const v1::Identifier& identifier = message.identifiers(i);
    company.identifiers.push_back(
        {.scheme = identifier.scheme(),
         .value = identifier.value(),
         .source = TakeSource(identifier.source(), StrCat("identifiers[", i, "].source"), faults)});
  }
  for (int i = 0; i < message.sources_size(); ++i) {
    company.sources.push_back(TakeSource(message.sources(i), StrCat("sources[", i, "]"), faults));
  }
  TakeRelations(message, company, faults);
  TakeHistories(message, company, faults);
  return company;
}

}  // namespace steelyard::registry
