#include "services/funding/columns/answer.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace steelyard::funding::columns {
namespace {

// A copy's companies by number, from 0 over all of its blocks.
class CompanyFinder {
 public:
  explicit CompanyFinder(const Copy& copy) : copy_(copy) {
    int64_t first = 0;
    for (const auto& block : copy.blocks) {
      firsts_.push_back(first);
      first += static_cast<int64_t>(block->companies());
    }
  }
  std::string_view IdOf(uint64_t company) const {
    const auto [block, place] = Find(static_cast<int64_t>(company));
    return block->IdOf(place);
  }
  // What answers say of it.
  SelectedCompany Describe(uint64_t company, int64_t revision) const {
    const auto [block, place] = Find(static_cast<int64_t>(company));
    SelectedCompany described;
    described.id = block->IdOf(place);
    const CompanyVersion* version = block->VersionAt(place, static_cast<int32_t>(revision));
    described.name = version == nullptr ? described.id : std::string(block->TextAt(version->name));
    return described;
  }

 private:
  std::pair<const Block*, size_t> Find(int64_t company) const {
    const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), company);
    const auto block = static_cast<size_t>(std::distance(firsts_.begin(), after)) - 1;
    return {copy_.blocks[block].get(), static_cast<size_t>(company - firsts_[block])};
  }

  const Copy& copy_;
  std::vector<int64_t> firsts_;
};

// Groups with the texts of their keys, in the order of answers.
std::vector<std::pair<std::vector<std::string>, Grown*>> InOrder(const AggregateQuery& query,
                                                                 const Copy& copy,
                                                                 const KeyLayout& layout,
                                                                 const CompanyFinder& companies,
                                                                 std::vector<Grown>& groups) {
  std::vector<std::pair<std::vector<std::string>, Grown*>> ordered;
  ordered.reserve(groups.size());
  for (Grown& grown : groups) {
    std::vector<std::string> keys;
    for (size_t i = 0; i < query.group_by.size(); ++i) {
      keys.push_back(layout.TextOf(query, *copy.codes, i, layout.DigitOf(grown.key, i),
                                   [&](uint64_t company) { return companies.IdOf(company); }));
    }
    ordered.emplace_back(std::move(keys), &grown);
  }
  std::sort(ordered.begin(), ordered.end(), [&](const auto& a, const auto& b) {
    for (size_t i = 0; i < query.group_by.size(); ++i) {
      if (query.group_by[i] == v1::DIMENSION_REGION) {
        const uint64_t left = layout.DigitOf(a.second->key, i);
        const uint64_t right = layout.DigitOf(b.second->key, i);
        if (left != right) return left < right;
      } else if (a.first[i] != b.first[i]) {
        return a.first[i] < b.first[i];
      }
    }
    return false;
  });
  return ordered;
}

}  // namespace

Answer Finish(const Copy& copy, const Question& question, const KeyLayout& layout,
              GroupTable& table, Peers& peers,
              std::vector<std::pair<std::string, int64_t>> sources) {
  const AggregateQuery& query = question.query;
  const CompanyFinder companies(copy);
  Answer answer;
  absl::flat_hash_map<int32_t, int32_t> named;  // companies to their places in the answer
  for (auto& [keys, grown] : InOrder(query, copy, layout, companies, table.groups())) {
    Group group = grown->builder.Finish(query, question.needs);
    group.keys = std::move(keys);
    if (query.impute) group.imputed = Impute(grown->missing, peers);
    for (CompanyTotal& total : group.top) {
      const auto [place, is_new] =
          named.try_emplace(total.company, static_cast<int32_t>(answer.companies.size()));
      if (is_new) {
        answer.companies.push_back(
            companies.Describe(static_cast<uint64_t>(total.company), question.revision));
      }
      total.company = place->second;
    }
    answer.aggregation.groups.push_back(std::move(group));
  }
  answer.aggregation.sources = std::move(sources);
  return answer;
}

}  // namespace steelyard::funding::columns
