#include "services/registry/draft.h"

#include <algorithm>
#include <utility>

#include "services/common/text/strings.h"
#include "services/registry/draft_fields.h"
#include "services/registry/identifier.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

// A company has no more of them to keep.
template <typename Period>
void KeepPeriod(const Period& period, size_t most, std::vector<Period>& kept) {
  const bool known = std::any_of(kept.begin(), kept.end(), [&](const Period& other) {
    return Same(period, other) && period.source == other.source;
  });
  if (!known && kept.size() < most) kept.push_back(period);
}

// Adds what was not given in this import, while there is room.
template <typename Period>
Draft::Added AddPeriod(Period period, size_t most, std::vector<Period>& periods) {
  const bool given = std::any_of(periods.begin(), periods.end(), [&](const Period& other) {
    return Same(period, other) && period.valid == other.valid && period.source == other.source;
  });
  if (given) return Draft::Added::kGiven;
  if (periods.size() >= most) return Draft::Added::kFull;
  periods.push_back(std::move(period));
  return Draft::Added::kNew;
}

}  // namespace

Draft::Draft(const Directory& directory, const std::vector<Codelist>& codelists, std::string source)
    : source_(std::move(source)),
      stored_companies_(directory.companies.begin(), directory.companies.end()),
      stored_sources_(directory.sources.begin(), directory.sources.end()),
      bearers_(directory.bearers),
      parents_(directory) {
  for (const Codelist& list : codelists) {
    for (const Code& code : list.codes) codes_[list.id].insert(code.code);
  }
}

bool Draft::HasSource(std::string_view id) const {
  return id == source_ || stored_sources_.contains(id) || sources_.contains(id);
}

bool Draft::HasCompany(std::string_view id) const {
  return stored_companies_.contains(id) || companies_.contains(id);
}

bool Draft::HasCompanyRow(std::string_view id) const {
  const auto entry = companies_.find(id);
  return entry != companies_.end() && entry->second.has_row;
}

bool Draft::HasCode(std::string_view codelist, std::string_view code) const {
  const auto list = codes_.find(codelist);
  return list == codes_.end() || list->second.contains(code);
}

bool Draft::AddSource(Source source) {
  const std::string id = source.id;
  return sources_.emplace(id, std::move(source)).second;
}

bool Draft::AddCode(const std::string& codelist, Code code) {
  const auto [list, is_new] = codelists_.emplace(codelist, Codelist{codelist, {}});
  // The import's list replaces the stored one, of which nothing may be used from here on.
  if (is_new) codes_[codelist].clear();
  std::vector<Code>& codes = list->second.codes;
  const bool known = std::any_of(codes.begin(), codes.end(), [&](const Code& other) {
    return other.code == code.code || other.position == code.position;
  });
  if (known) return false;
  codes_[codelist].insert(code.code);
  codes.push_back(std::move(code));
  return true;
}

Draft::Verdict Draft::AddCompany(Company company, unsigned fields) {
  const std::string id = company.id;
  std::vector<CompanyName> names = std::move(company.names);
  std::vector<Identifier> identifiers = std::move(company.identifiers);
  company.names.clear();
  company.identifiers.clear();
  Entry& entry = companies_[id];
  company.names = std::move(entry.values.names);
  company.identifiers = std::move(entry.values.identifiers);
  company.relations = std::move(entry.values.relations);
  company.headquarters = std::move(entry.values.headquarters);
  company.status_history = std::move(entry.values.status_history);
  entry = {.values = std::move(company),
           .row_names = std::move(names),
           .mentions = std::move(entry.mentions),
           .fields = fields,
           .has_row = true,
           .kept = std::move(entry.kept)};
  Verdict verdict;
  for (Identifier& identifier : identifiers) {
    Verdict one = AddIdentifier(id, std::move(identifier));
    if (verdict.bearer == Bearer::kNobody) verdict = std::move(one);
  }
  return verdict;
}

Draft::Filled Draft::FillRow(const std::string& company, const Company& values, unsigned fields) {
  Filled filled;
  const auto found = companies_.find(company);
  if (found == companies_.end() || !found->second.has_row) return filled;
  Entry& entry = found->second;
  if ((entry.fields & kOfList) == 0) return filled;
  const auto fill = [&](unsigned field, auto member) {
    if ((fields & field) == 0) return;
    if ((entry.fields & field) != 0) {
      filled.differs = filled.differs || entry.values.*member != values.*member;
      return;
    }
    entry.values.*member = values.*member;
    entry.fields |= field;
    filled.any = true;
  };
  ForEachField(fill);
  return filled;
}

size_t Draft::NameCount(std::string_view company) const {
  const auto entry = companies_.find(company);
  if (entry == companies_.end()) return 0;
  return entry->second.values.names.size() + entry->second.mentions.size();
}

size_t Draft::IdentifierCount(std::string_view company) const {
  const auto entry = companies_.find(company);
  return entry == companies_.end() ? 0 : entry->second.values.identifiers.size();
}

bool Draft::AddName(const std::string& company, CompanyName name) {
  std::vector<CompanyName>& names = companies_[company].values.names;
  const auto known = std::find_if(names.begin(), names.end(),
                                  [&](const CompanyName& other) { return Same(name, other); });
  if (known == names.end()) {
    names.push_back(std::move(name));
    return true;
  }
  if (known->valid != Validity() || name.valid == Validity()) return false;
  *known = std::move(name);
  return true;
}

bool Draft::AddMention(const std::string& company, CompanyName name) {
  std::vector<CompanyName>& mentions = companies_[company].mentions;
  const bool known = std::any_of(mentions.begin(), mentions.end(),
                                 [&](const CompanyName& other) { return Same(name, other); });
  if (!known) mentions.push_back(std::move(name));
  return !known;
}

Draft::Added Draft::AddRelation(const std::string& company, Relation relation) {
  const Relation copy = relation;
  const Added added =
      AddPeriod(std::move(relation), kMostRelations, companies_[company].values.relations);
  if (added == Added::kNew) parents_.Add(company, copy);
  return added;
}

void Draft::Keep(const std::string& company, const Relation& relation) {
  KeepPeriod(relation, kMostRelations, companies_[company].kept.relations);
  parents_.Keep(company, relation);
}

void Draft::Keep(const std::string& company, const Headquarters& headquarters) {
  KeepPeriod(headquarters, kMostPeriods, companies_[company].kept.headquarters);
}

void Draft::Keep(const std::string& company, const StatusPeriod& period) {
  KeepPeriod(period, kMostPeriods, companies_[company].kept.status_history);
}

Draft::Added Draft::AddHeadquarters(const std::string& company, Headquarters headquarters) {
  return AddPeriod(std::move(headquarters), kMostPeriods, companies_[company].values.headquarters);
}

Draft::Added Draft::AddStatusPeriod(const std::string& company, StatusPeriod period) {
  return AddPeriod(std::move(period), kMostPeriods, companies_[company].values.status_history);
}

std::string Draft::BearerOf(std::string_view scheme, std::string_view value) const {
  const auto bearer = bearers_.find(IdentifierKeyOf(scheme, value));
  return bearer == bearers_.end() ? "" : bearer->second;
}

bool Draft::HasGiven(std::string_view scheme, std::string_view value) const {
  return identifiers_.contains(IdentifierKeyOf(scheme, value));
}

std::unordered_set<std::string> Draft::BearersOf(std::string_view scheme) const {
  std::unordered_set<std::string> companies;
  const std::string prefix = StrCat(scheme, ":");
  for (auto at = bearers_.lower_bound(prefix); at != bearers_.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    companies.insert(at->second);
  }
  return companies;
}

void Draft::AgreeOnCountry(std::string_view company, std::string_view country) {
  const auto entry = companies_.find(company);
  if (entry == companies_.end() || (entry->second.fields & kOfList) == 0) return;
  if (entry->second.values.country == country) return;
  entry->second.values.country.clear();
}

Draft::Verdict Draft::AddIdentifier(const std::string& company, Identifier identifier) {
  const std::string key = IdentifierKeyOf(identifier.scheme, identifier.value);
  const auto bearer = bearers_.find(key);
  if (bearer != bearers_.end() && bearer->second != company) {
    return {.bearer = Bearer::kOther, .company = bearer->second};
  }
  if (!identifiers_.emplace(key, company).second) {
    return {.bearer = Bearer::kSelf, .company = company};
  }
  bearers_.emplace(key, company);
  companies_[company].values.identifiers.push_back(std::move(identifier));
  return {};
}

std::vector<std::string> Draft::CompanyIds() const {
  std::vector<std::string> ids;
  for (const auto& [id, entry] : companies_) ids.push_back(id);
  return ids;
}

std::vector<std::string> Draft::IdentifierKeys() const {
  std::vector<std::string> keys;
  for (const auto& [key, company] : identifiers_) keys.push_back(key);
  return keys;
}

std::string Draft::Conflict(const std::map<std::string, std::string>& bearers) const {
  for (const auto& [key, company] : identifiers_) {
    const auto bearer = bearers.find(key);
    if (bearer != bearers.end() && bearer->second != company) return key;
  }
  return "";
}

}  // namespace steelyard::registry
