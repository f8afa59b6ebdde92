#include "services/registry/match/complete.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include "absl/strings/str_split.h"
#include "services/common/text/strings.h"
#include "services/registry/match/keys.h"
#include "services/registry/match/latin.h"
#include "services/registry/match/similarity.h"
#include "services/registry/match/slips.h"

namespace steelyard::registry::match {
namespace {

constexpr size_t kLeastTrigrams = kMostSlipped + 1;  // letters from which on trigrams tell
constexpr size_t kTrigramsOfSlip = 4;                // that a slip changes at most
constexpr size_t kMostCompared = 512;                // names that are looked at for slips

// A name that was found, and how well.
struct Offer {
  const Block* block = nullptr;
  Block::Row row = 0;
  MatchRank rank = MatchRank::kExact;

  std::string_view company() const { return block->CompanyOf(block->StateOf(row)); }
  bool preferred() const { return block->KindAt(row) == NameKind::kPreferred; }
};

// Whether a company's name is a better one than another of its names.
bool IsBetterName(const Offer& a, const Offer& b) {
  if (a.rank != b.rank) return a.rank < b.rank;
  const NameKind kind = a.block->KindAt(a.row);
  if (kind != b.block->KindAt(b.row)) return kind < b.block->KindAt(b.row);
  const CompanyName one = a.block->NameAt(a.row);
  const CompanyName other = b.block->NameAt(b.row);
  return std::tie(one.language, one.text) < std::tie(other.language, other.text);
}

bool ComesFirst(const Offer& a, const Offer& b) {
  if (a.rank != b.rank) return a.rank < b.rank;
  if (a.preferred() != b.preferred()) return a.preferred();
  return a.company() < b.company();
}

// The first companies of those that are offered. A company whose better name comes later is put in
// anew if it was pushed out before, so no offer is lost.
class FirstCompanies {
 public:
  explicit FirstCompanies(size_t limit) : limit_(limit) {}

  bool full() const { return offers_.size() == limit_; }

  // False when the company comes after all of those, and so does every one behind it.
  bool Add(const Offer& offer) {
    if (full()) {
      const Offer& last = offers_.back();
      if (offer.rank > last.rank) return false;
      if (offer.rank == last.rank && offer.preferred() < last.preferred()) return false;
      if (offer.rank == last.rank && offer.preferred() == last.preferred() &&
          offer.company() > last.company()) {
        return false;
      }
    }
    const auto same = std::find_if(offers_.begin(), offers_.end(),
                                   [&](const Offer& other) { return IsSame(offer, other); });
    if (same != offers_.end()) {
      if (!IsBetterName(offer, *same)) return true;
      offers_.erase(same);
    } else if (full()) {
      offers_.pop_back();
    }
    offers_.insert(std::upper_bound(offers_.begin(), offers_.end(), offer, ComesFirst), offer);
    return true;
  }

  const std::vector<Offer>& offers() const { return offers_; }

 private:
  static bool IsSame(const Offer& a, const Offer& b) { return a.company() == b.company(); }

  const size_t limit_;
  std::vector<Offer> offers_;  // in order
};

std::string LatinOf(std::string_view folded) {
  std::vector<std::string> words;
  for (const absl::string_view word : absl::StrSplit(ToAbsl(folded), ' ', absl::SkipEmpty())) {
    words.push_back(ToLatin(ToStd(word)));
  }
  return StrJoin(words, " ");
}

// The first row of a block, by rank and whether its name is preferred, from which on no company can
// be among the first: rows are ordered like companies.
class Cutoffs {
 public:
  bool IsOut(const Offer& offer) const { return offer.row >= Of(offer); }
  void Set(const Offer& offer) {
    rows_[Place(offer)] = std::min<size_t>(rows_[Place(offer)], offer.row);
  }

 private:
  static size_t Place(const Offer& offer) {
    return static_cast<size_t>(offer.rank) * 2 + (offer.preferred() ? 1 : 0);
  }
  size_t Of(const Offer& offer) const { return rows_[Place(offer)]; }

  std::array<size_t, 12> rows_ = [] {
    std::array<size_t, 12> rows{};
    rows.fill(Block::kMostRows);
    return rows;
  }();
};

void AddStarts(const Index& index, int64_t revision, std::string_view folded,
               FirstCompanies& first) {
  for (const auto& block : index.blocks()) {
    Cutoffs cutoffs;
    for (const Block::WordStart& start : block->GoingOnLike(folded)) {
      const bool whole = start.offset == 0 && block->FoldedAt(start.row).size() == folded.size();
      const Offer offer{.block = block.get(),
                        .row = start.row,
                        .rank = whole               ? MatchRank::kExact
                                : start.offset == 0 ? MatchRank::kPrefix
                                                    : MatchRank::kWordPrefix};
      if (cutoffs.IsOut(offer) || !block->IsValid(block->StateOf(start.row), revision)) continue;
      if (!first.Add(offer)) cutoffs.Set(offer);
    }
  }
}

void AddSubstrings(const Index& index, int64_t revision, std::string_view folded,
                   std::string_view latin, FirstCompanies& first) {
  // Those of the letters alone: the query may stand within a word.
  std::vector<Trigram> within;
  for (size_t i = 0; i + 3 <= latin.size(); ++i) {
    const std::string_view letters = latin.substr(i, 3);
    // Names' words are apart where stop words and legal forms were.
    if (letters.find(' ') == std::string_view::npos) within.push_back(TrigramOf(letters));
  }
  std::sort(within.begin(), within.end());
  within.erase(std::unique(within.begin(), within.end()), within.end());
  if (within.empty()) return;
  index.Scan(within, revision, within.size(), [&](const Block& block, Block::Row row, size_t) {
    if (block.FoldedAt(row).find(folded) == std::string_view::npos) return;
    first.Add({.block = &block, .row = row, .rank = MatchRank::kSubstring});
  });
}

// Whether the text starts with the query but for a slip.
bool StartsAlmost(std::string_view text, std::string_view query) {
  for (const size_t size : {query.size() + 1, query.size(), query.size() - 1}) {
    if (size <= text.size() && Edits(text.substr(0, size), query) <= 1) return true;
  }
  return false;
}

bool HasAlmost(std::string_view text, std::string_view query) {
  for (size_t at = 0; at != std::string_view::npos;) {
    if (StartsAlmost(text.substr(at), query)) return true;
    at = text.find(' ', at);
    if (at != std::string_view::npos) ++at;
  }
  return false;
}

void AddShortSlips(const Index& index, int64_t revision, std::string_view query,
                   FirstCompanies& first) {
  const OneSlip slip(query, OneSlip::End::kOpen);
  for (const auto& block : index.blocks()) {
    Cutoffs cutoffs;
    for (const std::string& letters : slip.starts()) {
      block->ForEachWordFrom(letters, [&](uint64_t there, const Block::WordStart& start) {
        if (!slip(there)) return;
        const Offer offer{.block = block.get(), .row = start.row, .rank = MatchRank::kSimilar};
        if (cutoffs.IsOut(offer) || !block->IsValid(block->StateOf(start.row), revision)) return;
        if (!first.Add(offer)) cutoffs.Set(offer);
      });
    }
  }
}

void AddLongSlips(const Index& index, int64_t revision, std::string_view latin,
                  FirstCompanies& first) {
  const std::vector<Trigram> trigrams = TrigramsOf(latin, /*complete=*/false);
  if (trigrams.size() <= kTrigramsOfSlip) return;  // the same ones over and over
  std::vector<std::pair<size_t, Offer>> likely;
  index.Scan(trigrams, revision, trigrams.size() - kTrigramsOfSlip,
             [&](const Block& block, Block::Row row, size_t common) {
               likely.emplace_back(common,
                                   Offer{.block = &block, .row = row, .rank = MatchRank::kSimilar});
             });
  const auto closer = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : ComesFirst(a.second, b.second);
  };
  const size_t compared = std::min(kMostCompared, likely.size());
  std::partial_sort(likely.begin(), likely.begin() + static_cast<int64_t>(compared), likely.end(),
                    closer);
  likely.resize(compared);
  for (const auto& [common, offer] : likely) {
    if (HasAlmost(LatinOf(offer.block->FoldedAt(offer.row)), latin)) first.Add(offer);
  }
}

// Scripts whose words are not spaced have no slips of letters.
void AddSlips(const Index& index, int64_t revision, std::string_view folded, std::string_view latin,
              FirstCompanies& first) {
  if (latin.size() >= kLeastTrigrams) {
    AddLongSlips(index, revision, latin, first);
  } else if (folded == latin && latin.size() >= kLeastSlipped) {
    AddShortSlips(index, revision, latin, first);
  }
}

}  // namespace

std::vector<Hit> Complete(const Index& index, int64_t revision, std::string_view folded,
                          size_t limit) {
  FirstCompanies first(limit);
  if (!folded.empty() && limit > 0) {
    AddStarts(index, revision, folded, first);
    const std::string latin = LatinOf(folded);
    if (!first.full()) AddSubstrings(index, revision, folded, latin, first);
    if (!first.full()) AddSlips(index, revision, folded, latin, first);
  }
  std::vector<Hit> hits;
  for (const Offer& offer : first.offers()) {
    const Block::StateNumber state = offer.block->StateOf(offer.row);
    hits.push_back({.company = std::string(offer.company()),
                    .display_name = std::string(offer.block->DisplayNameOf(state)),
                    .country = std::string(offer.block->CountryOf(state)),
                    .matched = offer.block->NameAt(offer.row),
                    .rank = offer.rank});
  }
  return hits;
}

}  // namespace steelyard::registry::match
