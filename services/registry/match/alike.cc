#include "services/registry/match/alike.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "services/common/status/status.h"
#include "services/registry/match/matcher.h"

namespace steelyard::registry::match {
namespace {

constexpr size_t kMostNames = 32;
constexpr size_t kCheckEvery = 64;

// A name with the words that it is written of.
struct Worded {
  Term words = 0;
  Found name;
};

// Two names with the same words, of different companies.
struct Pair {
  size_t sharing = 0;  // companies with these words
  Found company;       // its id comes first
  Found other;

  auto Key() const { return std::make_tuple(sharing, company.company(), other.company()); }
};

bool ComesBefore(const Pair& a, const Pair& b) { return a.Key() < b.Key(); }

Query QueryOf(const Found& name) {
  const Facts facts = name.block->FactsOf(name.state());
  return {.name = std::string(name.block->TextAt(name.row)),
          .country = std::string(facts.country),
          .city = facts.city,
          .domain = facts.domain,
          .identifiers = facts.identifiers,
          .sectors = facts.sectors,
          .founded_year = facts.founded_year};
}

std::vector<Worded> WordedNames(const Index& index, int64_t revision) {
  std::vector<Worded> names;
  for (const auto& block : index.blocks()) {
    for (size_t i = 0; i < block->rows(); ++i) {
      const auto row = static_cast<Block::Row>(i);
      if (block->JoinedAt(row) == 0 || !block->IsValid(block->StateOf(row), revision)) continue;
      names.push_back({.words = block->JoinedAt(row), .name = {.block = block.get(), .row = row}});
    }
  }
  std::sort(names.begin(), names.end(),
            [](const Worded& a, const Worded& b) { return a.words < b.words; });
  return names;
}

// One name of each company, by company.
std::vector<Found> OnePerCompany(std::span<const Worded> same) {
  std::map<std::string_view, Found> names;
  for (const Worded& worded : same) {
    const auto [found, is_new] = names.emplace(worded.name.company(), worded.name);
    const auto text = [](const Found& name) { return name.block->TextAt(name.row); };
    if (!is_new && text(worded.name) < text(found->second)) found->second = worded.name;
  }
  std::vector<Found> list;
  for (const auto& [company, name] : names) list.push_back(name);
  return list;
}

// The first pairs, as a heap with the last one in front.
class FirstPairs {
 public:
  explicit FirstPairs(size_t most) : most_(most) {}

  void Offer(const Pair& pair) {
    if (pairs_.size() == most_) {
      if (most_ == 0 || !ComesBefore(pair, pairs_.front())) return;
      std::pop_heap(pairs_.begin(), pairs_.end(), ComesBefore);
      pairs_.pop_back();
    }
    pairs_.push_back(pair);
    std::push_heap(pairs_.begin(), pairs_.end(), ComesBefore);
  }
  const std::vector<Pair>& pairs() const { return pairs_; }

 private:
  const size_t most_;
  std::vector<Pair> pairs_;
};

using ByPair = std::map<std::pair<std::string, std::string>, Alike>;

void Keep(Alike alike, ByPair& found) {
  const auto [place, is_new] = found.emplace(std::make_pair(alike.company, alike.other), alike);
  if (!is_new && alike.score > place->second.score) place->second = std::move(alike);
}

void Take(const Found& name, const Answer& answer, ByPair& found) {
  const std::string company(name.company());
  for (const Candidate& candidate : answer.candidates) {
    if (candidate.decision == Decision::kNoMatch || candidate.company == company) continue;
    Keep({.company = company,
          .other = candidate.company,
          .name = std::string(name.block->TextAt(name.row)),
          .other_name = candidate.matched.has_value() ? candidate.matched->text : "",
          .score = candidate.score},
         found);
  }
}

std::vector<Alike> ListOf(const ByPair& found) {
  std::vector<Alike> list;
  for (const auto& [pair, alike] : found) list.push_back(alike);
  return list;
}

}  // namespace

absl::StatusOr<std::vector<Alike>> FindAlike(const Context& context, const Index& index,
                                             int64_t revision, const Method& method, size_t most) {
  const std::vector<Worded> names = WordedNames(index, revision);
  STEELYARD_RETURN_IF_ERROR(context.Check());
  FirstPairs first(most);
  for (size_t begin = 0; begin < names.size();) {
    size_t end = begin + 1;
    while (end < names.size() && names[end].words == names[begin].words) ++end;
    const std::vector<Found> sharing =
        end - begin == 1 ? std::vector<Found>()
                         : OnePerCompany(std::span(names).subspan(begin, end - begin));
    for (size_t i = 0; sharing.size() <= kMostOfSameWords && i < sharing.size(); ++i) {
      for (size_t j = i + 1; j < sharing.size(); ++j) {
        first.Offer({.sharing = sharing.size(), .company = sharing[i], .other = sharing[j]});
      }
    }
    begin = end;
  }
  ByPair found;
  size_t done = 0;
  for (const Pair& pair : first.pairs()) {
    if (done++ % kCheckEvery == 0) STEELYARD_RETURN_IF_ERROR(context.Check());
    STEELYARD_ASSIGN_OR_RETURN(
        const Answer answer,
        MatchAmong(context, index, revision, QueryOf(pair.company), method, {pair.other}, 1));
    Take(pair.company, answer, found);
  }
  return ListOf(found);
}

absl::StatusOr<std::vector<Alike>> FindAlikeTo(const Context& context, const Index& index,
                                               int64_t revision, const Method& method,
                                               const std::string& company, size_t most) {
  ByPair found;
  for (const Found& first : index.Exactly(TermOf(TermKind::kCompany, company), revision)) {
    if (first.company() != company) continue;  // another one of the same hash
    Found name = first;
    for (size_t i = 0; i < kMostNames; ++i) {
      name.row = static_cast<Block::Row>(first.row + i);
      if (name.row >= name.block->rows() || name.state() != first.state()) break;
      // The company itself is found as well.
      STEELYARD_ASSIGN_OR_RETURN(const Answer answer,
                                 Match(context, index, revision, QueryOf(name), method, most + 1));
      Take(name, answer, found);
    }
  }
  return ListOf(found);
}

}  // namespace steelyard::registry::match
