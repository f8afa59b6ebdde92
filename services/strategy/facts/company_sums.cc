#include "services/strategy/facts/company_sums.h"

#include <set>
#include <vector>

namespace steelyard::strategy {

std::optional<CompanySum> CompanySumOf(const Table& table,
                                       std::initializer_list<std::string_view> values) {
  const auto sum = NanosOf(table.Find(values, funding::v1::MEASURE_SUM));
  const Figure* companies = table.Find(values, funding::v1::MEASURE_COMPANY_COUNT);
  const Figure* hhi = table.Find(values, funding::v1::MEASURE_HHI);
  if (!sum || companies == nullptr || hhi == nullptr) return std::nullopt;
  if (*sum != 0 && hhi->status() != common::v1::VALUE_STATUS_OK) return std::nullopt;
  return CompanySum{.total = static_cast<double>(*sum) / 1e9,
                    .hhi = *sum == 0 ? 0 : hhi->number(),
                    .companies = companies->count()};
}

std::optional<CompanySum> JoinLayers(const Evidence& evidence, const std::string& term,
                                     std::span<const std::string_view> codes) {
  if (!evidence.CompaniesHaveOneSlice()) return std::nullopt;
  std::vector<CompanySum> sums;
  for (const std::string_view code : codes) {
    if (!NanosOf(evidence.layers.Find({term, code}, funding::v1::MEASURE_SUM))) continue;
    const auto sum = CompanySumOf(evidence.layers, {term, code});
    if (!sum) return std::nullopt;
    sums.push_back(*sum);
  }
  return Join(sums);
}

std::optional<CompanySum> SliceSumOf(const Evidence& evidence, const Table& table,
                                     std::initializer_list<std::string_view> values) {
  return evidence.CompaniesHaveOneSlice() ? CompanySumOf(table, values) : std::nullopt;
}

bool AreDisjoint(const funding::v1::ResolvedRegion& left,
                 const funding::v1::ResolvedRegion& right) {
  if (left.members().empty() || right.members().empty()) return false;  // the world names none
  const std::set<std::string_view> members(left.members().begin(), left.members().end());
  for (const std::string& member : right.members()) {
    if (members.contains(member)) return false;
  }
  return true;
}

}  // namespace steelyard::strategy
