#include "services/registry/relations.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "services/common/text/strings.h"
#include "services/registry/find.h"
#include "services/registry/parents.h"

namespace steelyard::registry {
namespace {

constexpr size_t kMostFollowed = 10000;

using Ids = std::set<std::string>;

// Who owns whom: companies by the ids that they lead to.
class Owners {
 public:
  explicit Owners(Redirects redirects) : redirects_(std::move(redirects)) {}

  void Add(const Company& record) {
    known_.insert(record.id);
    const std::string company = redirects_.SurvivorOf(record.id);
    Ask(company);
    for (const Relation& relation : record.relations) {
      if (!IsParent(relation)) continue;
      const std::string parent = redirects_.SurvivorOf(relation.object);
      parents_[company].insert(parent);
      Ask(parent);
    }
  }
  // The ids whose records say more; each once.
  std::vector<std::string> TakeAsked() {
    std::vector<std::string> ids;
    for (const std::string& id : std::exchange(asked_, {})) {
      if (known_.insert(id).second) ids.push_back(id);
    }
    return ids;
  }
  size_t followed() const { return known_.size(); }

  std::map<std::string, size_t> Circles() const { return CirclesOf(parents_); }
  std::string SurvivorOf(const std::string& id) const { return redirects_.SurvivorOf(id); }

 private:
  void Ask(const std::string& survivor) {
    for (std::string& id : redirects_.MembersOf(survivor)) asked_.insert(std::move(id));
  }

  Redirects redirects_;
  Parents parents_;
  Ids known_;
  Ids asked_;
};

// Parents that records have already, as pairs of record and parent.
absl::StatusOr<std::set<CompanyPair>> Stored(const Context& context, const Store& store,
                                             int64_t revision,
                                             const std::vector<Company>& companies) {
  std::vector<std::string> ids;
  for (const Company& company : companies) ids.push_back(company.id);
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> records,
                             store.Records(context, revision, ids));
  std::set<CompanyPair> stored;
  for (const Company& record : records) {
    for (const Relation& relation : record.relations) {
      if (IsParent(relation)) stored.emplace(record.id, relation.object);
    }
  }
  return stored;
}

absl::Status CheckParents(const Context& context, const Store& store, int64_t revision,
                          const std::vector<Company>& companies, FieldErrors& errors) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                             store.Decisions(context, revision));
  Owners owners((Redirects(decisions)));
  for (const Company& company : companies) owners.Add(company);
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> beside,
                             RecordsBeside(context, store, revision, companies));
  for (const Company& record : beside) owners.Add(record);
  for (std::vector<std::string> ids = owners.TakeAsked();
       !ids.empty() && owners.followed() <= kMostFollowed; ids = owners.TakeAsked()) {
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> records,
                               store.Records(context, revision, ids));
    for (const Company& record : records) owners.Add(record);
  }
  // What was allowed stays so: merges can close a circle, and a record is no less right for it.
  STEELYARD_ASSIGN_OR_RETURN(const std::set<CompanyPair> stored,
                             Stored(context, store, revision, companies));
  const std::map<std::string, size_t> circles = owners.Circles();
  for (size_t i = 0; i < companies.size(); ++i) {
    const Company& company = companies[i];
    const std::string survivor = owners.SurvivorOf(company.id);
    for (size_t j = 0; j < company.relations.size(); ++j) {
      const Relation& relation = company.relations[j];
      if (!IsParent(relation) || stored.contains({company.id, relation.object}) ||
          circles.at(survivor) != circles.at(owners.SurvivorOf(relation.object))) {
        continue;
      }
      errors.Add(StrCat("companies[", i, "].relations[", j, "].object"),
                 StrCat("companies/", company.id,
                        " would be its own parent; a company that it does "
                        "not own itself is allowed"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRelations(const Context& context, const Store& store, int64_t revision,
                            const std::vector<Company>& companies, FieldErrors& errors) {
  Ids objects;
  bool parents = false;
  for (const Company& company : companies) {
    for (const Relation& relation : company.relations) {
      objects.insert(relation.object);
      parents = parents || IsParent(relation);
    }
  }
  if (objects.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(
      const std::vector<Company> records,
      store.Records(context, revision, std::vector<std::string>(objects.begin(), objects.end())));
  for (const Company& record : records) objects.erase(record.id);
  for (const Company& company : companies) objects.erase(company.id);
  for (size_t i = 0; i < companies.size(); ++i) {
    for (size_t j = 0; j < companies[i].relations.size(); ++j) {
      const std::string& object = companies[i].relations[j].object;
      if (!objects.contains(object)) continue;
      errors.Add(
          StrCat("companies[", i, "].relations[", j, "].object"),
          StrCat("companies/", object, " does not exist; write it first or in the same call"));
    }
  }
  return parents ? CheckParents(context, store, revision, companies, errors) : absl::OkStatus();
}

absl::Status FollowRelations(const Context& context, const Store& store, int64_t revision,
                             std::vector<Company>& companies) {
  const bool any = std::any_of(companies.begin(), companies.end(),
                               [](const Company& company) { return !company.relations.empty(); });
  if (!any) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                             store.Decisions(context, revision));
  const Redirects redirects(decisions);
  if (redirects.empty()) return absl::OkStatus();
  for (Company& company : companies) {
    for (Relation& relation : company.relations) {
      relation.object = redirects.SurvivorOf(relation.object);
    }
    std::erase_if(company.relations,
                  [&](const Relation& relation) { return relation.object == company.id; });
    Normalize(company);
  }
  return absl::OkStatus();
}

}  // namespace steelyard::registry
