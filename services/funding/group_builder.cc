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

// Of an even number the mean of the middle two, half to even. Moves the amounts.
int64_t MedianOf(std::vector<int64_t>& amounts) {
  const auto middle = amounts.begin() + static_cast<std::ptrdiff_t>(amounts.size() / 2);
  std::nth_element(amounts.begin(), middle, amounts.end());
  if (amounts.size() % 2 == 1) return *middle;
  const int64_t below = *std::max_element(amounts.begin(), middle);
  return static_cast<int64_t>(DivideHalfEven(static_cast<Int128>(below) + *middle, 2));
}

}  // namespace

size_t LargestK(const AggregateQuery& query) {
  return static_cast<size_t>(query.top_k == 0 ? kDefaultTopK : query.top_k);
}

void GroupBuilder::Open(const GroupNeeds& needs, size_t largest_k, int32_t company) {
  Close(needs, largest_k);
  open_ = {.company = company, .minor_units = 0, .rounds = 0};
  is_open_ = true;
}

void GroupBuilder::Close(const GroupNeeds& needs, size_t largest_k) {
  if (!is_open_) return;
  ++companies_;
  if (has_amount_) {
    if (needs.hhi) company_sums_.push_back(static_cast<double>(open_.minor_units));
    if (needs.top) AddTop(open_, largest_k);
  }
  is_open_ = false;
  has_amount_ = false;
}

void GroupBuilder::AddLargest(int64_t amount, size_t k) {
  if (largest_.size() == k) {
    if (amount <= largest_.front()) return;
    std::pop_heap(largest_.begin(), largest_.end(), std::greater<>());
    largest_.pop_back();
  }
  largest_.push_back(amount);
  std::push_heap(largest_.begin(), largest_.end(), std::greater<>());
}

void GroupBuilder::AddTop(const CompanyTotal& total, size_t k) {
  if (top_.size() == k) {
    if (!RanksBefore(total, top_.front())) return;
    std::pop_heap(top_.begin(), top_.end(), RanksBefore);
    top_.pop_back();
  }
  top_.push_back(total);
  std::push_heap(top_.begin(), top_.end(), RanksBefore);
}

void GroupBuilder::Merge(const GroupNeeds& needs, size_t largest_k, GroupBuilder&& later) {
  Close(needs, largest_k);
  later.Close(needs, largest_k);
  cell_.Add(later.cell_);
  companies_ += later.companies_;
  amounts_.insert(amounts_.end(), later.amounts_.begin(), later.amounts_.end());
  company_sums_.insert(company_sums_.end(), later.company_sums_.begin(), later.company_sums_.end());
  for (const int64_t amount : later.largest_) AddLargest(amount, largest_k);
  for (const CompanyTotal& total : later.top_) AddTop(total, largest_k);
  later = GroupBuilder();
}

Group GroupBuilder::Finish(const AggregateQuery& query, const GroupNeeds& needs) {
  Close(needs, LargestK(query));
  Group group;
  group.rounds = cell_.rounds;
  group.undisclosed = cell_.undisclosed;
  group.unconverted = cell_.unconverted;
  group.companies = companies_;
  group.compared = cell_.compared;
  if (cell_.high > 0) {
    group.disagreement = static_cast<double>(cell_.apart) / static_cast<double>(cell_.high);
  }
  if (cell_.converted() == 0) return group;
  FinishAmounts(needs, group);
  FinishCompanies(query, needs, group);
  return group;
}

void GroupBuilder::FinishAmounts(const GroupNeeds& needs, Group& group) {
  group.sum = cell_.sum;
  group.max = cell_.max;
  group.mean = static_cast<int64_t>(DivideHalfEven(cell_.sum, cell_.converted()));
  if (needs.median) group.median = MedianOf(amounts_);
  if (!needs.without_largest) return;
  Int128 largest = 0;
  for (const int64_t amount : largest_) largest += amount;
  group.sum_without_largest = cell_.sum - largest;
}

// Companies are taken by id, so that the sums of squares are formed in the same order everywhere.
void GroupBuilder::FinishCompanies(const AggregateQuery& query, const GroupNeeds& needs,
                                   Group& group) {
  const auto sum = static_cast<double>(cell_.sum);
  if (needs.hhi && cell_.sum > 0) {
    double squares = 0;
    for (const double company : company_sums_) {
      const double share = company / sum;
      squares += share * share;
    }
    group.hhi = squares;
  }
  if (!needs.top) return;
  std::sort(top_.begin(), top_.end(), RanksBefore);
  Int128 largest = 0;
  for (const CompanyTotal& total : top_) largest += total.minor_units;
  if (cell_.sum > 0) group.concentration_ratio = static_cast<double>(largest) / sum;
  top_.resize(std::min(static_cast<size_t>(query.top_k), top_.size()));
  group.top = std::move(top_);
}

}  // namespace steelyard::funding
