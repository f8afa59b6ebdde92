#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/registry/identifier.h"
#include "services/registry/match/block.h"
#include "services/registry/match/slips.h"

namespace steelyard::registry::match {
namespace {

// What most names have no more of.
constexpr size_t kUsualWords = 4;
constexpr size_t kUsualTrigrams = 20;
constexpr size_t kUsualTerms = 8;

}  // namespace

// Fills a block. Trigrams and terms are gathered as pairs with their rows and sorted by counting.
class BlockBuilder {
 public:
  explicit BlockBuilder(Block& block) : block_(block) {}

  void Run(std::span<const NamedState> states) {
    block_.states_.reserve(states.size());
    // In the order of companies, so that rows are ordered like them.
    std::vector<const NamedState*> ordered;
    size_t rows = 0;
    for (const NamedState& state : states) {
      ordered.push_back(&state);
      rows += state.company.names.size();
    }
    const auto before = [](const NamedState* a, const NamedState* b) {
      return std::tie(a->company.id, a->from) < std::tie(b->company.id, b->from);
    };
    // As they mostly come.
    if (!std::is_sorted(ordered.begin(), ordered.end(), before)) {
      std::sort(ordered.begin(), ordered.end(), before);
    }
    Reserve(rows);
    for (const NamedState* state : ordered) AddState(*state);
    SortTrigrams();
    SortTerms();
    SortWords();
    block_.texts_.shrink_to_fit();
  }

 private:
  void Reserve(size_t rows) {
    block_.row_state_.reserve(rows);
    block_.row_text_.reserve(rows);
    block_.row_text_size_.reserve(rows);
    block_.row_folded_size_.reserve(rows);
    block_.row_kind_.reserve(rows);
    block_.row_language_.reserve(rows);
    block_.row_source_.reserve(rows);
    block_.row_joined_.reserve(rows);
    block_.trigram_count_.reserve(rows);
    words_.reserve(rows * kUsualWords);
    trigrams_.reserve(rows * kUsualTrigrams);
    terms_.reserve(rows * kUsualTerms);
  }

  Block::Text Add(std::string_view text) {
    const Block::Text added{.start = static_cast<uint32_t>(block_.texts_.size()),
                            .size = static_cast<uint32_t>(text.size())};
    block_.texts_ += text;
    return added;
  }

  void AddState(const NamedState& given) {
    const Company& company = given.company;
    Block::State state;
    state.company = Add(company.id);
    const std::string domain = DomainOrNone(company.website);
    state.facts = AddFacts(company, domain);
    state.from = given.from;
    state.to = given.to;
    block_.newest_from_ = std::max(block_.newest_from_, given.from);
    block_.oldest_to_ = std::min<int64_t>(block_.oldest_to_, given.to);
    state.first_row = static_cast<Block::Row>(block_.rows());
    state.display_row = state.first_row;
    if (company.founded_on.has_value()) {
      state.founded_year = static_cast<int16_t>(company.founded_on->year);
    }
    if (company.country.size() == 2) std::memcpy(state.country, company.country.data(), 2);
    for (const CompanyName& name : company.names) {
      if (name.text == company.display_name && name.kind == NameKind::kPreferred) {
        state.display_row = static_cast<Block::Row>(block_.rows());
      }
      AddName(name);
    }
    if (!domain.empty()) AddTerm(TermOf(TermKind::kDomain, domain), state.first_row);
    AddTerm(TermOf(TermKind::kCompany, company.id), state.first_row);
    for (const Identifier& identifier : company.identifiers) {
      AddTerm(TermOf(TermKind::kIdentifier, IdentifierKeyOf(identifier.scheme, identifier.value)),
              state.first_row);
    }
    block_.states_.push_back(state);
  }

  // What a check finds wrong costs more to say than all the rest of most companies.
  static std::string DomainOrNone(const std::string& website) {
    if (website.empty()) return "";
    return DomainOf(website).value_or("");
  }

  Block::Text AddFacts(const Company& company, const std::string& domain) {
    std::string facts =
        StrCat(text::Fold(company.city), "\n", domain, "\n", StrJoin(company.sectors, ";"), "\n");
    for (const Identifier& identifier : company.identifiers) {
      StrAppend(&facts, IdentifierKeyOf(identifier.scheme, identifier.value), "\n");
    }
    return Add(facts);
  }

  void AddName(const CompanyName& name) {
    const auto row = static_cast<Block::Row>(block_.rows());
    block_.row_state_.push_back(static_cast<Block::StateNumber>(block_.states_.size()));
    block_.row_text_.push_back(Add(name.text).start);
    block_.row_text_size_.push_back(static_cast<uint16_t>(name.text.size()));
    folded_ = Add(text::Fold(name.text));
    block_.row_folded_size_.push_back(static_cast<uint16_t>(folded_.size));
    block_.row_kind_.push_back(static_cast<uint8_t>(name.kind));
    block_.row_language_.push_back(Intern(name.language, languages_, block_.languages_));
    block_.row_source_.push_back(Intern(name.source, sources_, block_.sources_));
    AddWords(row);
    const ParsedName parsed = Parse(name.text);
    const bool symbol = name.kind == NameKind::kTicker;
    block_.row_joined_.push_back(
        symbol || parsed.joined.empty() ? Term{0} : TermOf(TermKind::kJoined, parsed.joined));
    // A stock exchange's symbol is found as it is, not by what looks like it.
    const std::vector<Trigram> trigrams =
        symbol ? std::vector<Trigram>() : TrigramsOf(KeyOf(parsed));
    block_.trigram_count_.push_back(static_cast<uint8_t>(trigrams.size()));
    for (const Trigram trigram : trigrams) trigrams_.emplace_back(trigram, row);
    for (const Term term : TermsOf(parsed)) AddTerm(term, row);
  }

  // Offsets of words beyond what they can hold find nobody.
  void AddWords(Block::Row row) {
    const std::string_view folded = block_.At(folded_);
    for (size_t at = 0; at < folded.size() && at <= std::numeric_limits<uint16_t>::max();) {
      words_.push_back({LettersOf(folded.substr(at)), {row, static_cast<uint16_t>(at)}});
      const size_t space = folded.find(' ', at);
      if (space == std::string_view::npos) return;
      at = space + 1;
    }
  }

  static uint16_t Intern(const std::string& text, absl::flat_hash_map<std::string, uint16_t>& known,
                         std::vector<std::string>& texts) {
    const auto [found, is_new] = known.emplace(text, static_cast<uint16_t>(texts.size()));
    if (is_new) texts.push_back(text);
    return found->second;
  }

  void AddTerm(Term term, Block::Row row) { terms_.push_back((uint64_t{term} << 16) | row); }

  // Rows came in ascending order, and stay so within a trigram.
  void SortTrigrams() {
    std::vector<uint32_t>& start = block_.trigram_start_;
    start.assign(kTrigrams + 1, 0);
    for (const auto& [trigram, row] : trigrams_) ++start[size_t{trigram} + 1];
    for (size_t i = 0; i < kTrigrams; ++i) start[i + 1] += start[i];
    std::vector<uint32_t> next(start.begin(), start.end() - 1);
    block_.trigram_rows_.resize(trigrams_.size());
    for (const auto& [trigram, row] : trigrams_) block_.trigram_rows_[next[trigram]++] = row;
  }

  void SortTerms() {
    std::sort(terms_.begin(), terms_.end());
    terms_.erase(std::unique(terms_.begin(), terms_.end()), terms_.end());
    block_.term_rows_.reserve(terms_.size());
    for (const uint64_t pair : terms_) {
      const auto term = static_cast<Term>(pair >> 16);
      if (block_.terms_.empty() || block_.terms_.back() != term) {
        block_.terms_.push_back(term);
        block_.term_start_.push_back(static_cast<uint32_t>(block_.term_rows_.size()));
      }
      block_.term_rows_.push_back(static_cast<Block::Row>(pair));
    }
    block_.term_start_.push_back(static_cast<uint32_t>(block_.term_rows_.size()));
    block_.terms_.shrink_to_fit();
    block_.term_bucket_.assign(Block::kBuckets + 1, 0);
    for (const Term term : block_.terms_) ++block_.term_bucket_[(term >> Block::kBucketShift) + 1];
    for (size_t i = 0; i < Block::kBuckets; ++i) {
      block_.term_bucket_[i + 1] += block_.term_bucket_[i];
    }
    block_.term_start_.shrink_to_fit();
  }

  void SortWords() {
    const auto rest = [&](const Block::WordStart& start) {
      const std::string_view text = block_.FoldedAt(start.row).substr(start.offset);
      return text.substr(std::min<size_t>(8, text.size()));
    };
    std::sort(words_.begin(), words_.end(), [&](const auto& a, const auto& b) {
      if (a.first != b.first) return a.first < b.first;
      const int order = rest(a.second).compare(rest(b.second));
      return order != 0 ? order < 0 : a.second.row < b.second.row;
    });
    block_.word_starts_.reserve(words_.size());
    block_.word_letters_.reserve(words_.size());
    for (const auto& [letters, start] : words_) {
      block_.word_starts_.push_back(start);
      block_.word_letters_.push_back(letters);
    }
  }

  Block& block_;
  Block::Text folded_;  // of the name that was added last
  std::vector<std::pair<uint64_t, Block::WordStart>> words_;
  std::vector<std::pair<Trigram, Block::Row>> trigrams_;
  std::vector<uint64_t> terms_;
  absl::flat_hash_map<std::string, uint16_t> languages_;
  absl::flat_hash_map<std::string, uint16_t> sources_;
};

std::shared_ptr<const Block> Block::Build(std::span<const NamedState> states) {
  const auto block = std::make_shared<Block>();
  BlockBuilder(*block).Run(states);
  return block;
}

}  // namespace steelyard::registry::match
