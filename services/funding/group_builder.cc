#include "services/funding/group_builder.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace steelyard::funding {
namespace {

// Largest first, ties by id.
bool RanksBefore(const CompanyTotal& a, const CompanyTotal& b) {
  if (a.minor_units != b.minor_units) return a.minor_units > b.minor_units;
  return a.company < b.company;
}

}  // namespace

Cutoffs CutoffsOf(const AggregateQuery& query) {
  Cutoffs cutoffs;
  if (query.top_k > 0) cutoffs.largest_k = static_cast<size_t>(query.top_k);
  if (const absl::StatusOr<int> digits = MinorDigits(query.currency); digits.ok()) {
    cutoffs.mega_round = kMegaRound;
    for (int i = 0; i < *digits; ++i) cutoffs.mega_round *= 10;
  }
  return cutoffs;
}

void GroupBuilder::MakeDetails() { details_ = std::make_unique<Details>(); }

void GroupBuilder::Details::Open(const GroupNeeds& needs, size_t largest_k, int32_t company) {
  Close(needs, largest_k);
  open = {.company = company, .minor_units = 0, .rounds = 0};
  is_open = true;
}

void GroupBuilder::Details::Close(const GroupNeeds& needs, size_t largest_k) {
  if (!is_open) return;
  ++companies;
  if (has_amount) {
    if (needs.hhi) company_sums.push_back(static_cast<double>(open.minor_units));
    if (needs.top) AddTop(open, largest_k);
  }
  is_open = false;
  has_amount = false;
}

void GroupBuilder::Details::AddLargest(int64_t amount, size_t k) {
  if (largest.size() == k) {
    if (amount <= largest.front()) return;
    std::pop_heap(largest.begin(), largest.end(), std::greater<>());
    largest.pop_back();
  }
  largest.push_back(amount);
  std::push_heap(largest.begin(), largest.end(), std::greater<>());
}

void GroupBuilder::Details::AddTop(const CompanyTotal& total, size_t k) {
  if (top.size() == k) {
    if (!RanksBefore(total, top.front())) return;
    std::pop_heap(top.begin(), top.end(), RanksBefore);
    top.pop_back();
  }
  top.push_back(total);
  std::push_heap(top.begin(), top.end(), RanksBefore);
}

void GroupBuilder::Merge(const GroupNeeds& needs, const Cutoffs& cutoffs, GroupBuilder&& later) {
  const size_t largest_k = cutoffs.largest_k;
  cell_.Add(later.cell_);
  if (later.details_ == nullptr) return;
  if (details_ == nullptr) {
    details_ = std::move(later.details_);
    return;
  }
  Details& details = *details_;
  Details& more = *later.details_;
  details.Close(needs, largest_k);
  more.Close(needs, largest_k);
  details.companies += more.companies;
  details.amounts.Append(more.amounts);
  details.company_sums.insert(details.company_sums.end(), more.company_sums.begin(),
                              more.company_sums.end());
  details.mega_rounds += more.mega_rounds;
  for (const int64_t amount : more.largest) details.AddLargest(amount, largest_k);
  for (const CompanyTotal& total : more.top) details.AddTop(total, largest_k);
  later.details_.reset();
}

Group GroupBuilder::Finish(const AggregateQuery& query, const GroupNeeds& needs) {
  Group group;
  group.rounds = cell_.rounds;
  group.undisclosed = cell_.undisclosed;
  group.unconverted = cell_.unconverted;
  group.compared = cell_.compared;
  if (cell_.high > 0) {
    group.disagreement = static_cast<double>(cell_.apart) / static_cast<double>(cell_.high);
  }
  if (details_ != nullptr) {
    details_->Close(needs, CutoffsOf(query).largest_k);
    group.companies = details_->companies;
  }
  if (cell_.converted() == 0) return group;
  group.sum = cell_.sum;
  group.max = cell_.max;
  group.mean = static_cast<int64_t>(DivideHalfEven(cell_.sum, cell_.converted()));
  if (details_ != nullptr) {
    FinishAmounts(needs, *details_, group);
    FinishCompanies(query, needs, *details_, group);
  }
  return group;
}

void GroupBuilder::FinishAmounts(const GroupNeeds& needs, Details& details, Group& group) const {
  if (needs.median) group.median = details.amounts.Median();
  if (needs.mega_rounds) group.mega_round_sum = details.mega_rounds;
  if (!needs.without_largest) return;
  Int128 largest = 0;
  for (const int64_t amount : details.largest) largest += amount;
  group.sum_without_largest = cell_.sum - largest;
}

// Companies are taken by id, so that the sums of squares are formed in the same order everywhere.
void GroupBuilder::FinishCompanies(const AggregateQuery& query, const GroupNeeds& needs,
                                   Details& details, Group& group) const {
  const auto sum = static_cast<double>(cell_.sum);
  if (needs.hhi && cell_.sum > 0) {
    double squares = 0;
    for (const double company : details.company_sums) {
      const double share = company / sum;
      squares += share * share;
    }
    group.hhi = squares;
  }
  if (!needs.top) return;
  std::sort(details.top.begin(), details.top.end(), RanksBefore);
  Int128 largest = 0;
  for (const CompanyTotal& total : details.top) largest += total.minor_units;
  if (cell_.sum > 0) group.concentration_ratio = static_cast<double>(largest) / sum;
  details.top.resize(std::min(static_cast<size_t>(query.top_k), details.top.size()));
  group.top = std::move(details.top);
}

}  // namespace steelyard::funding
