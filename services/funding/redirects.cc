#include "services/funding/redirects.h"

namespace steelyard::funding {
namespace {

// Adds the ids of `some` that do not stand for the same in `others`.
void AddMoved(const Redirects& some, const Redirects& others, std::set<std::string>& moved) {
  for (const auto& [id, company] : some) {
    if (CompanyOf(others, id) != company) moved.insert(id);
  }
}

}  // namespace

std::string_view CompanyOf(const Redirects& redirects, std::string_view id) {
  const auto found = redirects.find(id);
  return found == redirects.end() ? id : std::string_view(found->second);
}

Redirects After(Redirects redirects, const std::vector<CompanyFacts>& companies) {
  for (const CompanyFacts& company : companies) redirects.erase(company.id);
  for (const CompanyFacts& company : companies) {
    for (const std::string& merged : company.merged) redirects[merged] = company.id;
  }
  return redirects;
}

std::set<std::string> Moved(const Redirects& before, const Redirects& after) {
  std::set<std::string> moved;
  AddMoved(before, after, moved);
  AddMoved(after, before, moved);
  return moved;
}

}  // namespace steelyard::funding
