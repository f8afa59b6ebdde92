#include "services/registry/validate.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/registry/convert.h"
#include "services/registry/find.h"
#include "services/registry/identifier.h"
#include "services/registry/relations.h"
#include "services/registry/rules.h"
#include "services/registry/validate_parts.h"

namespace steelyard::registry {
namespace {

constexpr int kHits = 10;
constexpr int kMostHits = 100;
constexpr int kMostBatch = 1000;
constexpr int kLongestQuery = 200;

// What of the companies' references does not exist, found in a few reads.
class References {
 public:
  References(const Context& context, const Store& store, int64_t revision)
      : context_(context), store_(store), revision_(revision) {}

  absl::Status Read(const std::vector<Company>& companies) {
    std::vector<std::string> keys;
    std::set<std::string> sources;
    for (const Company& company : companies) {
      for (const Identifier& identifier : company.identifiers) {
        keys.push_back(IdentifierKeyOf(identifier.scheme, identifier.value));
        sources.insert(identifier.source);
      }
      for (const CompanyName& name : company.names) sources.insert(name.source);
      for (const Relation& relation : company.relations) sources.insert(relation.source);
      for (const Headquarters& place : company.headquarters) sources.insert(place.source);
      for (const StatusPeriod& period : company.status_history) sources.insert(period.source);
      sources.insert(company.sources.begin(), company.sources.end());
    }
    sources.erase("");
    STEELYARD_ASSIGN_OR_RETURN(bearers_, store_.Bearers(context_, revision_, keys));
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                               store_.Decisions(context_, revision_));
    redirects_ = Redirects(decisions);
    STEELYARD_RETURN_IF_ERROR(ReadSources({sources.begin(), sources.end()}));
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Codelist> lists,
                               store_.Codelists(context_, revision_, ""));
    for (const Codelist& list : lists) {
      for (const Code& code : list.codes) codes_[list.id].insert(code.code);
    }
    for (const Company& company : companies) {
      for (const Identifier& identifier : company.identifiers) {
        // Among the companies of one request the first one has it.
        now_.emplace(IdentifierKeyOf(identifier.scheme, identifier.value), company.id);
      }
      written_.insert(company.id);
    }
    return ReadKept(companies);
  }

  void CheckCompany(const std::string& path, const Company& company, FieldErrors& errors) const {
    CheckCodes(path + ".layers", "LAYER", company.layers, errors);
    CheckCodes(path + ".sectors", "SECTOR", company.sectors, errors);
    for (size_t i = 0; i < company.names.size(); ++i) {
      CheckSource(StrCat(path, ".names[", i, "].source"), company.names[i].source, errors);
    }
    for (size_t i = 0; i < company.identifiers.size(); ++i) {
      const std::string at = StrCat(path, ".identifiers[", i, "]");
      CheckSource(at + ".source", company.identifiers[i].source, errors);
      CheckBearer(at, company.id, company.identifiers[i], errors);
    }
    for (size_t i = 0; i < company.sources.size(); ++i) {
      CheckSource(StrCat(path, ".sources[", i, "]"), company.sources[i], errors);
    }
    CheckSources(path + ".relations", company.relations, errors);
    CheckSources(path + ".headquarters", company.headquarters, errors);
    CheckSources(path + ".status_history", company.status_history, errors);
  }

 private:
  absl::Status ReadSources(const std::vector<std::string>& ids) {
    for (size_t first = 0; first < ids.size(); first += kMostBatch) {
      const std::span<const std::string> part =
          std::span(ids).subspan(first, std::min<size_t>(kMostBatch, ids.size() - first));
      STEELYARD_ASSIGN_OR_RETURN(const std::vector<Source> sources,
                                 store_.Sources(context_, revision_, part, 0, kMostBatch));
      for (const Source& source : sources) sources_.insert(source.id);
    }
    return absl::OkStatus();
  }

  // Of the identifiers that the request gives to somebody else than before, those that others say
  // belong to who had them.
  absl::Status ReadKept(const std::vector<Company>& companies) {
    std::set<std::string_view> givers;
    for (const auto& [key, bearer] : bearers_) {
      if (now_.at(key) != bearer && written_.contains(bearer)) givers.insert(bearer);
    }
    if (givers.empty()) return absl::OkStatus();
    std::vector<Company> giving;
    for (const Company& company : companies) {
      if (givers.contains(company.id)) giving.push_back(company);
    }
    STEELYARD_ASSIGN_OR_RETURN(kept_, IdentifiersBeside(context_, store_, revision_, giving));
    return absl::OkStatus();
  }

  void CheckCodes(const std::string& path, const std::string& codelist,
                  const std::vector<std::string>& codes, FieldErrors& errors) const {
    const auto list = codes_.find(codelist);
    if (list == codes_.end()) return;  // without the list nobody can know
    for (const std::string& code : codes) {
      if (list->second.contains(code)) continue;
      errors.Add(path, StrCat("\"", code, "\" is not a code of codelists/", codelist,
                              "; allowed: ", StrJoin(list->second, ", ")));
    }
  }

  void CheckSource(const std::string& path, const std::string& source, FieldErrors& errors) const {
    if (source.empty() || sources_.contains(source)) return;
    errors.Add(path, StrCat("sources/", source,
                            " does not exist; import it first, in the format steelyard-sources"));
  }

  template <typename Item>
  void CheckSources(const std::string& path, const std::vector<Item>& items,
                    FieldErrors& errors) const {
    for (size_t i = 0; i < items.size(); ++i) {
      CheckSource(StrCat(path, "[", i, "].source"), items[i].source, errors);
    }
  }

  void CheckBearer(const std::string& path, const std::string& company,
                   const Identifier& identifier, FieldErrors& errors) const {
    const std::string key = IdentifierKeyOf(identifier.scheme, identifier.value);
    std::string bearer = now_.at(key);
    const auto stored = bearers_.find(key);
    // A company that this request rewrites may give its identifier away, unless others say that it
    // is its own.
    const bool kept = kept_.contains(key);
    if (stored != bearers_.end() && (kept || !written_.contains(stored->second))) {
      bearer = stored->second;
    }
    // An id that is part of the same company keeps it.
    if (redirects_.SurvivorOf(bearer) == redirects_.SurvivorOf(company) &&
        (kept || !written_.contains(bearer))) {
      return;
    }
    if (bearer == company) return;
    errors.Add(path, StrCat(key, " belongs to companies/", bearer,
                            "; an identifier belongs to one company"));
  }

  const Context& context_;
  const Store& store_;
  const int64_t revision_;
  std::map<std::string, std::string> bearers_;  // stored
  std::map<std::string, std::string> now_;      // in this request
  std::set<std::string> kept_;                  // see ReadKept
  Redirects redirects_;
  std::set<std::string> written_;
  std::set<std::string> sources_;
  std::map<std::string, std::set<std::string>> codes_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> Validate(const v1::GetCompanyRequest& request) {
  FieldErrors errors;
  std::vector<std::string> ids = {
      TakeId(request.name(), kCompanies, "name", CheckCompanyId, errors)};
  if (!v1::CompanyView_IsValid(request.view())) {
    errors.Add("view", "BASIC or RESOLUTION is allowed");
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return ids;
}

absl::StatusOr<std::vector<std::string>> Validate(const v1::BatchGetCompaniesRequest& request) {
  FieldErrors errors;
  if (request.names().empty() || request.names_size() > kMostBatch) {
    errors.Add("names", StrCat("1 to ", kMostBatch, " names are allowed"));
    return errors.ToStatus();
  }
  std::vector<std::string> ids;
  for (int i = 0; i < request.names_size(); ++i) {
    ids.push_back(
        TakeId(request.names(i), kCompanies, StrCat("names[", i, "]"), CheckCompanyId, errors));
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return ids;
}

absl::StatusOr<Listing> Validate(const v1::ListCompaniesRequest& request) {
  Listing listing;
  listing.digest = Framed(
      {"companies", request.filter(), request.order_by(), request.read().SerializeAsString()});
  listing.query.filter = request.filter();
  STEELYARD_ASSIGN_OR_RETURN(
      listing.query.order,
      filter::ParseOrderBy(request.order_by(), {"id", "display_name", "founded_year"}));
  STEELYARD_RETURN_IF_ERROR(
      TakePage(request.page_size(), request.page_token(), request.read(), listing));
  return listing;
}

absl::StatusOr<Listing> Validate(const v1::ListSourcesRequest& request) {
  Listing listing;
  FieldErrors errors;
  if (request.names_size() > kMostBatch) {
    errors.Add("names", StrCat("at most ", kMostBatch, " names are allowed"));
    return errors.ToStatus();
  }
  std::set<std::string> ids;
  for (int i = 0; i < request.names_size(); ++i) {
    ids.insert(TakeId(request.names(i), kSources, StrCat("names[", i, "]"), CheckSourceId, errors));
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  listing.ids.assign(ids.begin(), ids.end());
  listing.digest =
      Framed({"sources", StrJoin(listing.ids, ";"), request.read().SerializeAsString()});
  STEELYARD_RETURN_IF_ERROR(
      TakePage(request.page_size(), request.page_token(), request.read(), listing));
  return listing;
}

absl::StatusOr<std::string> Validate(const v1::LookupCompanyRequest& request) {
  FieldErrors errors;
  if (const std::string fault = CheckScheme(request.scheme()); !fault.empty()) {
    errors.Add("scheme", fault);
  }
  if (const std::string fault = CheckIdentifierValue(request.scheme(), request.value());
      !fault.empty()) {
    errors.Add("value", fault);
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return IdentifierKeyOf(request.scheme(), request.value());
}

absl::StatusOr<SearchQuery> Validate(const v1::SearchCompaniesRequest& request) {
  FieldErrors errors;
  const std::string& query = request.query();
  if (query.empty() || text::Truncate(query, kLongestQuery).size() < query.size()) {
    errors.Add("query", StrCat("1 to ", kLongestQuery, " characters are allowed"));
    return errors.ToStatus();
  }
  STEELYARD_ASSIGN_OR_RETURN(const int limit,
                             filter::PageSize(request.page_size(), kHits, kMostHits));
  return SearchQuery{.folded = text::Fold(query), .limit = limit};
}

absl::StatusOr<std::vector<Company>> Validate(const v1::UpsertCompaniesRequest& request) {
  FieldErrors errors;
  if (request.companies().empty() || request.companies_size() > kMostBatch) {
    errors.Add("companies", StrCat("1 to ", kMostBatch, " companies are allowed"));
  }
  CheckRequestId(request.request_id(), errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());

  std::vector<Company> companies;
  std::set<std::string> ids;
  for (int i = 0; i < request.companies_size(); ++i) {
    std::vector<Fault> faults;
    Company company = FromProto(request.companies(i), faults);
    // What could not be read has been reported; the hole that it left is no second fault.
    for (Fault& fault : Check(company)) {
      const bool known = std::any_of(faults.begin(), faults.end(), [&](const Fault& other) {
        return other.first == fault.first;
      });
      if (!known) faults.push_back(std::move(fault));
    }
    if (!company.id.empty() && !ids.insert(company.id).second) {
      faults.emplace_back("name", "repeats an earlier company; each occurs once");
    }
    for (const auto& [path, fault] : faults) {
      errors.Add(StrCat("companies[", i, "].", path), fault);
    }
    companies.push_back(std::move(company));
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return companies;
}

absl::Status CheckReferences(const Context& context, const Store& store, int64_t revision,
                             const std::vector<Company>& companies) {
  References references(context, store, revision);
  STEELYARD_RETURN_IF_ERROR(references.Read(companies));
  FieldErrors errors;
  for (size_t i = 0; i < companies.size(); ++i) {
    references.CheckCompany(StrCat("companies[", i, "]"), companies[i], errors);
  }
  STEELYARD_RETURN_IF_ERROR(CheckRelations(context, store, revision, companies, errors));
  return errors.ToStatus();
}

absl::StatusOr<std::string> Validate(const v1::GetSourceRequest& request) {
  FieldErrors errors;
  std::string id = TakeId(request.name(), kSources, "name", CheckSourceId, errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return id;
}

absl::StatusOr<std::string> Validate(const v1::GetCodelistRequest& request) {
  FieldErrors errors;
  std::string id = TakeId(request.name(), kCodelists, "name", CheckCode, errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return id;
}

absl::Status Validate(const v1::WatchCompaniesRequest& request, int64_t head) {
  const int64_t after = request.after_revision();
  if (after < 0) {
    FieldErrors errors;
    errors.Add("after_revision", "0 or a revision of this registry is allowed");
    return errors.ToStatus();
  }
  if (after > head) {
    return MakeError(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE,
                     StrCat("after_revision ", after, " lies ahead of the registry, which is at ",
                            head, "; is this another registry?"),
                     {{"after_revision", StrCat(after)}, {"head", StrCat(head)}});
  }
  return absl::OkStatus();
}

}  // namespace steelyard::registry
