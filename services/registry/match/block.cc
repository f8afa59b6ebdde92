#include "services/registry/match/block.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "services/common/text/strings.h"
#include "services/registry/match/slips.h"

namespace steelyard::registry::match {

Block::State::State(const State& other)
    : company(other.company),
      facts(other.facts),
      from(other.from),
      to(other.to.load(std::memory_order_relaxed)),
      first_row(other.first_row),
      display_row(other.display_row),
      founded_year(other.founded_year),
      country{other.country[0], other.country[1]} {}

size_t Block::bytes() const {
  const auto of = [](const auto& list) { return list.capacity() * sizeof(list[0]); };
  return sizeof(Block) + texts_.capacity() + of(states_) + of(row_state_) + of(row_text_) +
         of(row_text_size_) + of(row_folded_size_) + of(row_kind_) + of(row_language_) +
         of(row_source_) + of(row_joined_) + of(trigram_count_) + of(word_starts_) +
         of(word_letters_) + of(languages_) + of(sources_) + of(trigram_start_) +
         of(trigram_rows_) + of(terms_) + of(term_bucket_) + of(term_start_) + of(term_rows_);
}

std::string_view Block::CompanyOf(StateNumber state) const { return At(states_[state].company); }

std::string_view Block::TextAt(Row row) const {
  return At({.start = row_text_[row], .size = row_text_size_[row]});
}

std::string_view Block::FoldedAt(Row row) const {
  return At({.start = row_text_[row] + row_text_size_[row], .size = row_folded_size_[row]});
}

CompanyName Block::NameAt(Row row) const {
  return {.text = std::string(TextAt(row)),
          .language = languages_[row_language_[row]],
          .kind = KindAt(row),
          .source = sources_[row_source_[row]]};
}

std::string_view Block::DisplayNameOf(StateNumber state) const {
  return TextAt(states_[state].display_row);
}

std::string_view Block::CountryOf(StateNumber state) const {
  const State& held = states_[state];
  return {held.country, held.country[0] == 0 ? size_t{0} : size_t{2}};
}

Facts Block::FactsOf(StateNumber state) const {
  const State& held = states_[state];
  const std::vector<absl::string_view> lines = absl::StrSplit(ToAbsl(At(held.facts)), '\n');
  Facts facts{.country = CountryOf(state),
              .city = std::string(lines.at(0)),
              .domain = std::string(lines.at(1)),
              .founded_year = held.founded_year,
              .sectors = absl::StrSplit(lines.at(2), ';', absl::SkipEmpty()),
              .identifiers = {}};
  for (size_t i = 3; i < lines.size(); ++i) {
    if (!lines[i].empty()) facts.identifiers.emplace_back(lines[i]);
  }
  return facts;
}

int64_t Block::CountValid(int64_t revision) const {
  if (AllValid(revision)) return static_cast<int64_t>(rows());
  int64_t count = 0;
  for (size_t i = 0; i < states_.size(); ++i) {
    if (!IsValid(static_cast<StateNumber>(i), revision)) continue;
    const size_t end = i + 1 < states_.size() ? states_[i + 1].first_row : rows();
    count += static_cast<int64_t>(end) - states_[i].first_row;
  }
  return count;
}

void Block::End(StateNumber state, int64_t to) const {
  states_[state].to.store(to, std::memory_order_relaxed);
  if (to < oldest_to_.load(std::memory_order_relaxed)) {
    oldest_to_.store(to, std::memory_order_relaxed);
  }
}

std::span<const Block::Row> Block::With(Trigram trigram) const {
  const uint32_t start = trigram_start_[trigram];
  return {trigram_rows_.data() + start, trigram_start_[size_t{trigram} + 1] - start};
}

std::span<const Block::Row> Block::WithTerm(Term term) const {
  const size_t bucket = term >> kBucketShift;
  const auto end = terms_.begin() + term_bucket_[bucket + 1];
  const auto found = std::lower_bound(terms_.begin() + term_bucket_[bucket], end, term);
  if (found == end || *found != term) return {};
  const auto number = static_cast<size_t>(found - terms_.begin());
  return {term_rows_.data() + term_start_[number], term_start_[number + 1] - term_start_[number]};
}

std::pair<size_t, size_t> Block::RangeOf(std::string_view folded) const {
  const size_t size = std::min(folded.size(), sizeof(uint64_t));
  if (size == 0) return {0, word_starts_.size()};
  const uint64_t rest = ~uint64_t{0} >> (8 * (size - 1)) >> 8;
  const uint64_t first = LettersOf(folded) & ~rest;
  const auto begin = std::lower_bound(word_letters_.begin(), word_letters_.end(), first);
  const auto end = std::upper_bound(begin, word_letters_.end(), first | rest);
  return {begin - word_letters_.begin(), end - word_letters_.begin()};
}

std::span<const Block::WordStart> Block::GoingOnLike(std::string_view folded) const {
  const auto there = [&](const WordStart& start) {
    return FoldedAt(start.row).substr(start.offset, folded.size());
  };
  const auto [begin, end] = RangeOf(folded);
  const auto words = std::span(word_starts_).subspan(begin, end - begin);
  if (folded.size() <= sizeof(uint64_t)) return words;
  const auto first = std::partition_point(
      words.begin(), words.end(), [&](const WordStart& start) { return there(start) < folded; });
  const auto last = std::partition_point(
      first, words.end(), [&](const WordStart& start) { return there(start) == folded; });
  return {first, last};
}

NamedState Block::StateAt(StateNumber state) const {
  const Facts facts = FactsOf(state);
  NamedState built{.company = {.id = std::string(CompanyOf(state)),
                               .display_name = std::string(DisplayNameOf(state)),
                               .country = std::string(facts.country),
                               .city = facts.city,
                               .website = facts.domain,
                               .sectors = facts.sectors},
                   .from = FromOf(state),
                   .to = ToOf(state)};
  if (facts.founded_year != 0) built.company.founded_on = PartialDate{.year = facts.founded_year};
  for (const std::string& key : facts.identifiers) {
    const size_t colon = key.find(':');
    built.company.identifiers.push_back(
        {.scheme = key.substr(0, colon), .value = key.substr(colon + 1), .source = ""});
  }
  const size_t next = size_t{state} + 1;
  const size_t end = next < states_.size() ? states_[next].first_row : rows();
  for (size_t row = FirstRowOf(state); row < end; ++row) {
    built.company.names.push_back(NameAt(static_cast<Row>(row)));
  }
  return built;
}

}  // namespace steelyard::registry::match
