#pragma once

// Rounds as an aggregation needs them: small, with everything repeated held once. Tens of thousands
// are read and added up in some milliseconds.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/common/time/date.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// Texts that occur often, each held once. Not thread-safe while it grows.
class Dictionary {
 public:
  // The number of a text, from 0 in the order of first occurrence.
  int32_t Number(std::string_view text);
  // nullopt for a text that has none.
  std::optional<int32_t> Find(std::string_view text) const;
  const std::string& Text(int32_t number) const { return texts_[static_cast<size_t>(number)]; }
  size_t size() const { return texts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::vector<std::string> texts_;
  std::unordered_map<std::string, int32_t, Hash, std::equal_to<>> numbers_;
};

// The company side of a round.
struct SelectedCompany {
  std::string id;
  std::string name;             // the id when the registry does not know it
  std::string country;          // that counts, unless the round is divided; empty when unknown
  std::string layer;            // the first, most important one; empty when unclassified
  std::string sector;           // likewise
  std::string source_category;  // empty when there is none
};

// The round side.
struct SelectedRound {
  int32_t company = 0;   // index into Selection::companies
  int32_t currency = 0;  // number in Selection::currencies
  int32_t sources = 0;   // number in Selection::source_lists
  int32_t spread = -1;   // index into Selection::spreads; -1 when one source gives the amount
  int32_t id = -1;       // index into Selection::ids; -1 when the query asks for none
  Stage stage = v1::STAGE_UNKNOWN;
  PartialDate date;                    // the one that counts: announced, or closed
  std::optional<int64_t> minor_units;  // nullopt: undisclosed
  int32_t first_part = 0;              // index into Selection::parts
  int32_t parts = 0;                   // 0: it is whole
};

// One of the equal parts that a round's amount is divided into, with what tells it from others:
// numbers in Selection::texts, of "" where there is none. Several may be the same part of the
// amount, seen under another layer or sector.
struct RoundPart {
  int32_t country = 0;  // that counts
  int32_t layer = 0;
  int32_t sector = 0;
  int32_t investor = 0;
  int32_t investor_country = 0;
  int32_t investor_kind = 0;
  int32_t slot = 0;   // which part of the amount it is, from 0
  int32_t slots = 1;  // of how many; the same for all parts of a round
};

struct Selection {
  std::vector<SelectedCompany> companies;  // by id bytewise, each once
  std::vector<SelectedRound> rounds;       // by company
  Dictionary currencies;                   // ISO 4217 codes, "" for undisclosed amounts
  Dictionary source_lists;                 // ids of sources, joined by '|'
  std::vector<AmountSpread> spreads;       // of rounds of which two sources or more give the amount
  std::vector<std::string> ids;            // of rounds, when the query asks for them
  std::vector<RoundPart> parts;            // of divided rounds; each round's together, by slot
  Dictionary texts;                        // of parts

  std::span<const RoundPart> PartsOf(const SelectedRound& round) const {
    return std::span(parts).subspan(static_cast<size_t>(round.first_part),
                                    static_cast<size_t>(round.parts));
  }
};

// Brings companies and rounds, which came in any order, into the order that Selection promises.
void Order(Selection& selection);

}  // namespace steelyard::funding
