#pragma once

// A part of the name index: up to 32,768 names of companies with what finds them.

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/registry/company.h"
#include "services/registry/match/keys.h"

namespace steelyard::registry::match {

// A company as it was over the revisions [from, to).
struct NamedState {
  Company company;
  int64_t from = 0;
  int64_t to = 0;
};

// What a match compares besides names.
struct Facts {
  std::string_view country;  // ISO 3166-1 alpha-2; empty: unknown, as below
  std::string city;          // folded
  std::string domain;        // of the website
  int founded_year = 0;
  std::vector<std::string> sectors;
  std::vector<std::string> identifiers;  // IdentifierKeyOf
};

// Rows are names, those of a company's state one after another, states by company and revision.
// Immutable but for the ends of states; thread-safe.
class Block {
 public:
  using Row = uint16_t;
  using StateNumber = uint16_t;
  static constexpr size_t kMostRows = 32768;

  // The states, with at most kMostRows names in all, each with one at least.
  static std::shared_ptr<const Block> Build(std::span<const NamedState> states);

  size_t rows() const { return row_state_.size(); }
  size_t states() const { return states_.size(); }
  // Memory that it takes.
  size_t bytes() const;

  StateNumber StateOf(Row row) const { return row_state_[row]; }
  std::string_view CompanyOf(StateNumber state) const;
  CompanyName NameAt(Row row) const;
  std::string_view TextAt(Row row) const;
  std::string_view FoldedAt(Row row) const;
  NameKind KindAt(Row row) const { return static_cast<NameKind>(row_kind_[row]); }
  std::string_view DisplayNameOf(StateNumber state) const;
  std::string_view CountryOf(StateNumber state) const;
  Facts FactsOf(StateNumber state) const;
  // The first row of a state; those behind it are up to the next state's.
  Row FirstRowOf(StateNumber state) const { return states_[state].first_row; }

  bool IsValid(StateNumber state, int64_t revision) const {
    const State& held = states_[state];
    return held.from <= revision && held.to.load(std::memory_order_relaxed) > revision;
  }
  // Whether all states are, without looking at each.
  bool AllValid(int64_t revision) const {
    return newest_from_ <= revision && oldest_to_.load(std::memory_order_relaxed) > revision;
  }
  // Names of the states that are.
  int64_t CountValid(int64_t revision) const;
  int64_t FromOf(StateNumber state) const { return states_[state].from; }
  int64_t ToOf(StateNumber state) const {
    return states_[state].to.load(std::memory_order_relaxed);
  }
  // Ends a state. Reads of revisions before `to` see no difference.
  void End(StateNumber state, int64_t to) const;

  // The rows with a trigram, or a term; ascending.
  std::span<const Row> With(Trigram trigram) const;
  std::span<const Row> WithTerm(Term term) const;
  // Where a word starts in the folded form of a name.
  struct WordStart {
    Row row = 0;
    uint16_t offset = 0;
  };
  // The words from which on the name goes on like this, in the order of what stands there.
  std::span<const WordStart> GoingOnLike(std::string_view folded) const;
  // Calls `take` with each of those, and with the first eight letters that stand there (LettersOf);
  // of at most eight letters.
  template <typename Take>
  void ForEachWordFrom(std::string_view folded, Take take) const {
    const auto [first, last] = RangeOf(folded);
    for (size_t i = first; i < last; ++i) take(word_letters_[i], word_starts_[i]);
  }
  // The term of a row's words written together; 0 when it has none.
  Term JoinedAt(Row row) const { return row_joined_[row]; }
  // How many distinct trigrams a row's key has.
  uint8_t TrigramCount(Row row) const { return trigram_count_[row]; }

  // What it was built of, as far as the index knows it.
  NamedState StateAt(StateNumber state) const;

 private:
  friend class BlockBuilder;
  static constexpr int kBucketShift = 20;
  static constexpr size_t kBuckets = 4096;

  // A piece of texts_.
  struct Text {
    uint32_t start = 0;
    uint32_t size = 0;
  };
  struct State {
    State() = default;
    State(const State& other);
    State& operator=(const State&) = delete;

    Text company;
    Text facts;  // city, domain, sectors and identifiers, each ended by '\n'
    int64_t from = 0;
    mutable std::atomic<int64_t> to = 0;
    Row first_row = 0;
    Row display_row = 0;
    int16_t founded_year = 0;
    char country[2] = {0, 0};
  };

  // The places of the words that go on like the first eight letters of this.
  std::pair<size_t, size_t> RangeOf(std::string_view folded) const;
  std::string_view At(Text text) const {
    return std::string_view(texts_).substr(text.start, text.size);
  }

  std::string texts_;
  std::vector<State> states_;
  int64_t newest_from_ = 0;
  mutable std::atomic<int64_t> oldest_to_ = INT64_MAX;

  // By row. A name's text and its folded form lie one behind the other.
  std::vector<StateNumber> row_state_;
  std::vector<uint32_t> row_text_;  // where it starts in texts_
  std::vector<uint16_t> row_text_size_;
  std::vector<uint16_t> row_folded_size_;
  std::vector<uint8_t> row_kind_;
  std::vector<uint16_t> row_language_;
  std::vector<uint16_t> row_source_;
  std::vector<Term> row_joined_;
  std::vector<uint8_t> trigram_count_;
  std::vector<std::string> languages_;
  std::vector<std::string> sources_;

  std::vector<WordStart> word_starts_;
  std::vector<uint64_t> word_letters_;   // LettersOf what stands there
  std::vector<uint32_t> trigram_start_;  // by trigram, and the end of the last
  std::vector<Row> trigram_rows_;
  std::vector<Term> terms_;            // ascending
  std::vector<uint32_t> term_bucket_;  // where the terms with each first twelve bits start
  std::vector<uint32_t> term_start_;   // by term, and the end of the last
  std::vector<Row> term_rows_;
};

}  // namespace steelyard::registry::match
