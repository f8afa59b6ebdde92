#pragma once

// A group while it grows, whatever its rounds come from: selected rows, columns or a cube's cells.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "services/funding/aggregate.h"
#include "services/funding/amount_list.h"

namespace steelyard::funding {

// What of a group a question needs besides counts, sum and largest; the rest is left unset.
struct GroupNeeds {
  bool companies = true;  // their number
  bool median = true;
  bool without_largest = true;
  bool mega_rounds = true;
  bool hhi = true;
  bool top = true;  // the largest companies: top list and concentration ratio

  bool by_company() const { return companies || hhi || top; }
  bool any() const { return by_company() || median || without_largest || mega_rounds; }
};

// Additive parts of a group.
struct GroupCell {
  int64_t rounds = 0;
  int64_t undisclosed = 0;
  int64_t unconverted = 0;
  int64_t compared = 0;
  int64_t max = INT64_MIN;
  Int128 sum = 0;
  Int128 high = 0;   // of the amounts that several sources give: the largest
  Int128 apart = 0;  // and how far the smallest is below it

  int64_t converted() const { return rounds - undisclosed - unconverted; }
  void Add(const GroupCell& other) {
    rounds += other.rounds;
    undisclosed += other.undisclosed;
    unconverted += other.unconverted;
    compared += other.compared;
    max = other.max > max ? other.max : max;
    sum += other.sum;
    high += other.high;
    apart += other.apart;
  }
  // Counts a round; `amount` is read only of disclosed ones.
  void AddRound(bool disclosed, const std::optional<int64_t>& amount) {
    ++rounds;
    if (!disclosed) {
      ++undisclosed;
    } else if (!amount) {
      ++unconverted;
    } else {
      sum += *amount;
      max = *amount > max ? *amount : max;
    }
  }
  void AddSpread(int64_t low, int64_t highest) {
    ++compared;
    high += highest;
    apart += static_cast<Int128>(highest) - low;
  }
};

// What tells large amounts from others.
struct Cutoffs {
  size_t largest_k = kDefaultTopK;    // the k of what is about the largest
  int64_t mega_round = kNoMegaRound;  // least minor units of a mega-round

  static constexpr int64_t kNoMegaRound = INT64_MAX;
};

// Those of a question. In a currency that is not known no round is a mega-round; no amount converts
// into it either.
Cutoffs CutoffsOf(const AggregateQuery& query);

// Rounds come by company, companies by id.
class GroupBuilder {
 public:
  // `amount` is the converted one.
  void AddRound(const GroupNeeds& needs, const Cutoffs& cutoffs, int32_t company, bool disclosed,
                const std::optional<int64_t>& amount) {
    AddPart(needs, cutoffs, company, disclosed, amount, amount);
  }
  // Counts a round with the part of its amount that counts here; `whole` is there when that is.
  void AddPart(const GroupNeeds& needs, const Cutoffs& cutoffs, int32_t company, bool disclosed,
               const std::optional<int64_t>& amount, const std::optional<int64_t>& whole) {
    cell_.AddRound(disclosed, amount);
    if (!needs.any()) return;
    if (details_ == nullptr) MakeDetails();
    Details& details = *details_;
    if (needs.by_company()) details.AddRound(needs, cutoffs.largest_k, company, amount);
    if (!amount) return;
    if (needs.median) details.amounts.Add(*amount);
    if (needs.without_largest) details.AddLargest(*amount, cutoffs.largest_k);
    if (needs.mega_rounds && *whole >= cutoffs.mega_round) details.mega_rounds += *amount;
  }
  void AddSpread(int64_t low, int64_t high) { cell_.AddSpread(low, high); }
  void AddCell(const GroupCell& cell) { cell_.Add(cell); }
  // Takes over what another one saw after this one, of companies that this one has not.
  void Merge(const GroupNeeds& needs, const Cutoffs& cutoffs, GroupBuilder&& later);
  // All but the keys, the estimate and the members.
  Group Finish(const AggregateQuery& query, const GroupNeeds& needs);

 private:
  // What does not add up.
  struct Details {
    int64_t companies = 0;  // closed ones
    CompanyTotal open;      // the company at hand
    bool is_open = false;
    bool has_amount = false;           // of the company at hand
    AmountList amounts;                // with needs.median
    std::vector<int64_t> largest;      // the k largest, a heap with the smallest on top
    Int128 mega_rounds = 0;            // with needs.mega_rounds; their sum
    std::vector<double> company_sums;  // with needs.hhi; of companies with an amount, by id
    std::vector<CompanyTotal> top;     // the k largest companies, a heap with the last on top

    // Counts a round for its company.
    void AddRound(const GroupNeeds& needs, size_t largest_k, int32_t company,
                  const std::optional<int64_t>& amount) {
      if (company != open.company || !is_open) Open(needs, largest_k, company);
      ++open.rounds;
      if (!amount) return;
      open.minor_units += *amount;
      has_amount = true;
    }
    // Begins another company.
    void Open(const GroupNeeds& needs, size_t largest_k, int32_t company);
    void Close(const GroupNeeds& needs, size_t largest_k);
    void AddLargest(int64_t amount, size_t k);
    void AddTop(const CompanyTotal& total, size_t k);
  };
  // Out of line, so that a round is added within its caller's loop.
  void MakeDetails();
  void FinishAmounts(const GroupNeeds& needs, Details& details, Group& group) const;
  void FinishCompanies(const AggregateQuery& query, const GroupNeeds& needs, Details& details,
                       Group& group) const;

  GroupCell cell_;
  std::unique_ptr<Details> details_;  // null until a round comes for which they are needed
};

}  // namespace steelyard::funding
