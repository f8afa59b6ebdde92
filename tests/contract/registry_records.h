#pragma once

// Records and decisions that the contract's tests write.

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/common/context/context.h"
#include "services/registry/company.h"
#include "services/registry/identity.h"
#include "services/registry/store.h"

namespace steelyard::testing::records {

using registry::Batch;
using registry::Company;
using registry::Decision;
using registry::DecisionKind;

using Ids = std::vector<std::string>;

inline Context Now() { return Context::Background(); }

inline Company Simple(std::string id, std::string name) {
  Company company{.id = std::move(id), .display_name = std::move(name)};
  Normalize(company);
  return company;
}

inline Batch Records(std::vector<Company> companies) {
  return {.companies = std::move(companies), .sources = {}, .codelists = {}};
}

inline Batch Decided(std::vector<Decision> decisions) {
  return {.companies = {}, .sources = {}, .codelists = {}, .decisions = std::move(decisions)};
}

inline Batch Merge(const std::string& company, const std::string& into) {
  return Decided({AboutMerge(DecisionKind::kMerged, company, into, "desk", "one firm")});
}

inline Batch Split(const std::string& company, const std::string& from) {
  return Decided({AboutMerge(DecisionKind::kSplit, company, from, "desk", "two firms")});
}

inline Company DeepL() {
  Company company = Simple("deepl", "DeepL");
  company.country = "DE";
  company.sources = {"press"};
  company.identifiers = {{"domain", "deepl.com", "press"}};
  return company;
}

inline Company DeepLSe() {
  Company company = Simple("cb-deepl", "DeepL SE");
  company.country = "DE";
  company.city = "Cologne";
  company.founded_on = PartialDate{.year = 2017};
  company.layers = {"FOUNDATION_MODEL"};
  company.sources = {"crunchbase", "press"};
  company.identifiers = {{"crunchbase", "deepl", "crunchbase"}};
  return company;
}

// The ids that a directory knows, and who bears which identifier, sorted.
inline Ids KnownIn(const registry::Directory& directory) {
  Ids ids;
  for (uint32_t i = 0; i < directory.known.companies().size(); ++i) {
    ids.emplace_back(directory.known.companies().At(i));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}
inline std::map<std::string, std::string> BearersIn(const registry::Directory& directory) {
  std::map<std::string, std::string> bearers;
  for (uint32_t i = 0; i < directory.known.identifiers().size(); ++i) {
    bearers[std::string(directory.known.identifiers().At(i))] =
        directory.known.companies().At(directory.known.BearerAt(i));
  }
  return bearers;
}

}  // namespace steelyard::testing::records
