#pragma once

// Rounds as columns: a copy of every stored version of them in memory, in immutable blocks of whole
// companies, companies by id bytewise. A commit makes new blocks of those it changes and shares the
// others, so that whoever reads an older copy reads on undisturbed.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/time/date.h"
#include "services/funding/selection.h"

namespace steelyard::funding::columns {

// The end of what is still valid.
inline constexpr int32_t kOpen = INT32_MAX;
// An amount that is not disclosed.
inline constexpr int64_t kUndisclosed = INT64_MIN;

// A date in 32 bits, ordered as PartialDate; 0 is none. Year, month and day are digits of it.
inline constexpr int kYearShift = 9;
inline constexpr int kMonthShift = 5;
inline int32_t Pack(const PartialDate& date) {
  return (date.year << kYearShift) | (date.month << kMonthShift) | date.day;
}
inline PartialDate Unpack(int32_t date) {
  return {.year = date >> kYearShift,
          .month = (date >> kMonthShift) & 15,
          .day = date & ((1 << kMonthShift) - 1)};
}

// A version of a company's facts: numbers in Codes.
struct CompanyVersion {
  int32_t from = 0;
  int32_t to = kOpen;
  uint16_t country = 0;
  uint16_t layer = 0;
  uint16_t sector = 0;
  uint32_t category = 0;
  uint32_t name = 0;  // where its text begins

  bool HoldsAt(int32_t revision) const { return from <= revision && revision < to; }
};

// A version of a round.
struct Row {
  int32_t from = 0;
  int32_t to = kOpen;
  int32_t announced = 0;
  int32_t closed = 0;  // 0: not known
  uint8_t stage = 0;
  uint8_t kind = 0;
  uint16_t currency = 0;
  int32_t sources = 0;  // number of the list
  int32_t whole = -1;   // number in Wholes of the round that has its amount
  int64_t amount = kUndisclosed;
  bool compared = false;  // whether low and high say something
  int64_t low = 0;
  int64_t high = 0;

  bool operator==(const Row&) const = default;
};

// A company with all of its versions, to be changed.
struct Company {
  std::string id;
  struct Version {
    CompanyVersion facts;  // without the place of its name
    std::string name;
  };
  std::vector<Version> versions;
  std::vector<Row> rows;
};

// Immutable once built.
struct Block {
  // Where a company's parts begin; the one past the last company ends them.
  struct Place {
    uint32_t id = 0;
    uint32_t version = 0;
    uint32_t row = 0;
  };
  struct Spread {
    uint32_t row = 0;
    int64_t low = 0;
    int64_t high = 0;
  };
  struct Part {
    uint32_t row = 0;
    int32_t whole = 0;
  };
  // What `flags` says of a row.
  static constexpr uint8_t kHasSpread = 1;
  static constexpr uint8_t kIsPart = 2;

  std::string texts;  // each with its length in four bytes before it
  std::vector<Place> places;
  std::vector<CompanyVersion> versions;
  std::vector<int32_t> from;
  std::vector<int32_t> to;
  std::vector<int32_t> announced;
  std::vector<int32_t> closed;  // empty when none is known
  std::vector<int32_t> sources;
  std::vector<int64_t> amount;
  std::vector<uint16_t> currency;
  std::vector<uint8_t> stage;
  std::vector<uint8_t> kind;
  std::vector<uint8_t> flags;
  std::vector<Spread> spreads;     // by row
  std::vector<Part> parts;         // by row
  int32_t first_year = INT32_MAX;  // of all dates
  int32_t last_year = 0;

  size_t companies() const { return places.size() - 1; }
  size_t rows() const { return from.size(); }
  std::string_view TextAt(uint32_t place) const;
  std::string_view IdOf(size_t company) const { return TextAt(places[company].id); }
  // The version that holds; null when nothing is known of the company.
  const CompanyVersion* VersionAt(size_t company, int32_t revision) const;
  const Spread& SpreadOf(uint32_t row) const;
  int32_t WholeOf(uint32_t row) const;
  int64_t bytes() const;

  // Its companies, to be changed.
  std::vector<Company> Thaw() const;
};

// Companies by id as a block.
std::shared_ptr<const Block> Freeze(const std::vector<Company>& companies, size_t begin,
                                    size_t end);

// Codes of what repeats; "" has number 0 everywhere.
struct Codes {
  Codes();
  Dictionary countries, layers, sectors, categories, currencies, sources;
};

// Rounds that have another's amount in theirs, and when they exist.
struct Wholes {
  struct Life {
    int32_t from = 0;
    int32_t to = kOpen;
  };
  Dictionary ids;
  std::vector<std::vector<Life>> lives;

  bool ExistsAt(int32_t whole, int32_t revision) const;
};

// All of it, up to a revision. Immutable.
struct Copy {
  int32_t revision = 0;
  std::vector<std::shared_ptr<const Block>> blocks;
  std::shared_ptr<const Codes> codes = std::make_shared<Codes>();
  std::shared_ptr<const Wholes> wholes = std::make_shared<Wholes>();
  int64_t bytes = 0;
  int64_t rows = 0;

  // Sums up what its blocks hold.
  void Measure();
};

}  // namespace steelyard::funding::columns
