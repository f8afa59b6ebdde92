#include "services/funding/columns/answer.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/funding/columns/in_parallel.h"

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

// The groups that a question wants, in the order of answers.
std::vector<Grown*> Wanted(const Question& question, const KeyOrder& order, int64_t skipped,
                           std::vector<Grown>& groups, bool& more) {
  struct Placed {
    uint64_t rank;
    Grown* grown;
    bool operator<(const Placed& other) const { return rank < other.rank; }
  };
  std::vector<Placed> placed;
  placed.reserve(groups.size());
  for (Grown& grown : groups) placed.push_back({order.RankOf(grown.key), &grown});
  const auto all = static_cast<int64_t>(placed.size());
  const int64_t begin = std::clamp<int64_t>(question.offset - skipped, 0, all);
  const int64_t end = begin + std::min(question.limit, all - begin);
  more = end < all;
  // Nobody wants the others in order.
  if (end < all) std::nth_element(placed.begin(), placed.begin() + end, placed.end());
  if (begin > 0 && begin < end) {
    std::nth_element(placed.begin(), placed.begin() + begin, placed.begin() + end);
  }
  std::sort(placed.begin() + begin, placed.begin() + end);
  std::vector<Grown*> wanted;
  for (int64_t i = begin; i < end; ++i) wanted.push_back(placed[static_cast<size_t>(i)].grown);
  return wanted;
}

// Medians are looked for among all amounts of a group, which is worth a thread.
std::vector<Group> FinishAll(const Question& question, const std::vector<Grown*>& wanted,
                             size_t threads) {
  std::vector<Group> groups(wanted.size());
  const size_t parts = question.needs.median ? std::min(threads, wanted.size()) : 1;
  InParallel(parts, [&](size_t part, size_t all) {
    for (size_t i = part; i < wanted.size(); i += all) {
      groups[i] = wanted[i]->builder.Finish(question.query, question.needs);
    }
  });
  return groups;
}

}  // namespace

Answer Finish(const Copy& copy, const Question& question, const KeyLayout& layout,
              GroupTable& table, Peers& peers, std::vector<std::pair<std::string, int64_t>> sources,
              int64_t skipped, size_t threads) {
  const AggregateQuery& query = question.query;
  const CompanyFinder companies(copy);
  const auto id_of = [&](uint64_t company) { return companies.IdOf(company); };
  const KeyOrder order(query, layout, *copy.codes);
  Answer answer;
  absl::flat_hash_map<int32_t, int32_t> named;  // companies to their places in the answer
  static const auto& none = *new std::map<PeerKey, int64_t>();
  const std::vector<Grown*> wanted = Wanted(question, order, skipped, table.groups(), answer.more);
  answer.aggregation.groups = FinishAll(question, wanted, threads);
  for (size_t place = 0; place < wanted.size(); ++place) {
    const Grown* const grown = wanted[place];
    Group& group = answer.aggregation.groups[place];
    group.keys.reserve(query.group_by.size());
    for (size_t i = 0; i < query.group_by.size(); ++i) {
      group.keys.push_back(
          layout.TextOf(query, *copy.codes, i, layout.DigitOf(grown->key, i), id_of));
    }
    if (query.impute) {
      group.imputed = Impute(grown->missing == nullptr ? none : *grown->missing, peers);
    }
    for (CompanyTotal& total : group.top) {
      const auto [named_at, is_new] =
          named.try_emplace(total.company, static_cast<int32_t>(answer.companies.size()));
      if (is_new) {
        answer.companies.push_back(
            companies.Describe(static_cast<uint64_t>(total.company), question.revision));
      }
      total.company = named_at->second;
    }
  }
  answer.aggregation.sources = std::move(sources);
  return answer;
}

}  // namespace steelyard::funding::columns
