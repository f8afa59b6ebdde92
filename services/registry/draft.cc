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

Draft::Draft(Directory directory, const std::vector<Codelist>& codelists, std::string source,
             DraftEntries entries)
    : source_(std::move(source)),
      known_(std::move(directory.known)),
      stored_sources_(directory.sources.begin(), directory.sources.end()),
      entries_(std::move(entries)),
      parents_(directory) {
  for (const Codelist& list : codelists) {
    for (const Code& code : list.codes) codes_[list.id].insert(code.code);
  }
}

DraftEntry* Draft::FindEntry(std::string_view company) {
  const uint32_t number = NumberOf(company);
  return number == IdTable::kNone ? nullptr : entries_.Find(number);
}

bool Draft::HasSource(std::string_view id) const {
  return id == source_ || stored_sources_.contains(id) || sources_.contains(id);
}

bool Draft::HasCompany(std::string_view id) const { return NumberOf(id) != IdTable::kNone; }

bool Draft::HasCompanyRow(std::string_view id) {
  const DraftEntry* entry = FindEntry(id);
  return entry != nullptr && entry->has_row;
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
  const std::vector<Identifier> identifiers = std::exchange(company.identifiers, {});
  DraftEntry& entry = EntryOf(id);
  entry.row_names = std::exchange(company.names, std::move(entry.values.names));
  company.identifiers = std::move(entry.values.identifiers);
  company.relations = std::move(entry.values.relations);
  company.headquarters = std::move(entry.values.headquarters);
  company.status_history = std::move(entry.values.status_history);
  entry.values = std::move(company);
  entry.fields = fields;
  entry.has_row = true;
  Verdict verdict;
  for (const Identifier& identifier : identifiers) {
    Verdict one = AddIdentifier(id, identifier);
    if (verdict.bearer == Bearer::kNobody) verdict = std::move(one);
  }
  return verdict;
}

Draft::Filled Draft::FillRow(const std::string& company, const Company& values, unsigned fields) {
  Filled filled;
  DraftEntry* entry = FindEntry(company);
  if (entry == nullptr || !entry->has_row || (entry->fields & kOfList) == 0) return filled;
  const auto fill = [&](unsigned field, auto member) {
    if ((fields & field) == 0) return;
    if ((entry->fields & field) != 0) {
      filled.differs = filled.differs || entry->values.*member != values.*member;
      return;
    }
    entry->values.*member = values.*member;
    entry->fields |= field;
    filled.any = true;
  };
  ForEachField(fill);
  return filled;
}

size_t Draft::NameCount(std::string_view company) {
  const DraftEntry* entry = FindEntry(company);
  return entry == nullptr ? 0 : entry->values.names.size() + entry->mentions.size();
}

size_t Draft::IdentifierCount(std::string_view company) {
  const DraftEntry* entry = FindEntry(company);
  return entry == nullptr ? 0 : entry->values.identifiers.size();
}

bool Draft::AddName(const std::string& company, CompanyName name) {
  std::vector<CompanyName>& names = EntryOf(company).values.names;
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
  std::vector<CompanyName>& mentions = EntryOf(company).mentions;
  const bool known = std::any_of(mentions.begin(), mentions.end(),
                                 [&](const CompanyName& other) { return Same(name, other); });
  if (!known) mentions.push_back(std::move(name));
  return !known;
}

Draft::Added Draft::AddRelation(const std::string& company, Relation relation) {
  const Relation copy = relation;
  const Added added =
      AddPeriod(std::move(relation), kMostRelations, EntryOf(company).values.relations);
  if (added == Added::kNew) parents_.Add(company, copy);
  return added;
}

void Draft::Keep(const std::string& company, const Relation& relation) {
  KeepPeriod(relation, kMostRelations, EntryOf(company).kept.relations);
  parents_.Keep(company, relation);
}

void Draft::Keep(const std::string& company, const Headquarters& headquarters) {
  KeepPeriod(headquarters, kMostPeriods, EntryOf(company).kept.headquarters);
}

void Draft::Keep(const std::string& company, const StatusPeriod& period) {
  KeepPeriod(period, kMostPeriods, EntryOf(company).kept.status_history);
}

Draft::Added Draft::AddHeadquarters(const std::string& company, Headquarters headquarters) {
  return AddPeriod(std::move(headquarters), kMostPeriods, EntryOf(company).values.headquarters);
}

Draft::Added Draft::AddStatusPeriod(const std::string& company, StatusPeriod period) {
  return AddPeriod(std::move(period), kMostPeriods, EntryOf(company).values.status_history);
}

std::string Draft::BearerOf(std::string_view scheme, std::string_view value) const {
  const uint32_t bearer = known_.BearerOf(IdentifierKeyOf(scheme, value));
  return bearer == IdTable::kNone ? "" : std::string(known_.companies().At(bearer));
}

bool Draft::HasGiven(std::string_view scheme, std::string_view value) const {
  const uint32_t identifier = known_.identifiers().Find(IdentifierKeyOf(scheme, value));
  return identifier < given_.size() && given_[identifier];
}

bool Draft::Bears(uint32_t company, const std::string& scheme) {
  if (scheme.empty()) return false;
  const auto [bearing, is_new] = bearing_.try_emplace(scheme);
  if (is_new) {
    const std::string prefix = StrCat(scheme, ":");
    for (uint32_t identifier = 0; identifier < known_.identifiers().size(); ++identifier) {
      if (!known_.identifiers().At(identifier).starts_with(prefix)) continue;
      bearing->second.insert(known_.BearerAt(identifier));
    }
  }
  return bearing->second.contains(company);
}

void Draft::AgreeOnCountry(std::string_view company, std::string_view country) {
  DraftEntry* entry = FindEntry(company);
  if (entry == nullptr || (entry->fields & kOfList) == 0) return;
  if (entry->values.country != country) entry->values.country.clear();
}

Draft::Verdict Draft::AddIdentifier(const std::string& company, Identifier identifier) {
  const std::string key = IdentifierKeyOf(identifier.scheme, identifier.value);
  const uint32_t number = known_.AddCompany(company);
  const uint32_t bearer = known_.BearerOf(key);
  if (bearer != IdTable::kNone && bearer != number) {
    return {.bearer = Bearer::kOther, .company = std::string(known_.companies().At(bearer))};
  }
  const uint32_t given = known_.Give(key, number);
  if (given >= given_.size()) given_.resize(given + size_t{1});
  if (given_[given]) return {.bearer = Bearer::kSelf, .company = company};
  given_[given] = true;
  if (const auto bearing = bearing_.find(identifier.scheme); bearing != bearing_.end()) {
    bearing->second.insert(number);
  }
  entries_.At(number).values.identifiers.push_back(std::move(identifier));
  return {};
}

std::vector<uint32_t> Draft::Companies() const {
  std::vector<uint32_t> companies = entries_.Companies();
  std::sort(companies.begin(), companies.end(),
            [&](uint32_t a, uint32_t b) { return IdOf(a) < IdOf(b); });
  return companies;
}

}  // namespace steelyard::registry
