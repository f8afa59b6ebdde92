#include "services/funding/explain_formula.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "services/common/text/strings.h"
#include "services/funding/convert.h"
#include "services/funding/explain_nodes.h"
#include "services/funding/group_builder.h"

namespace steelyard::funding {
namespace {

using v1::ExplanationNode;
using Nodes = std::vector<ExplanationNode>;
using Members = std::vector<const GroupMember*>;

ExplanationNode CountOperand(std::string id, std::string title, int64_t count) {
  ExplanationNode node = MakeNode(std::move(id), v1::EXPLANATION_KIND_OPERAND, std::move(title));
  node.set_count(count);
  return node;
}

ExplanationNode MoneyOperand(std::string id, std::string title, Int128 minor_units,
                             const std::string& currency) {
  ExplanationNode node = MakeNode(std::move(id), v1::EXPLANATION_KIND_OPERAND, std::move(title));
  SetAmount(minor_units, currency, node);
  return node;
}

// Forms the operands of one measure.
class Operands {
 public:
  Operands(const AggregateQuery& query, const Selection& selection, const Group& group,
           const Members& members)
      : query_(query), selection_(selection), group_(group), members_(members) {}

  Nodes Of(v1::Measure measure) {
    AddCounts();
    switch (measure) {
      case v1::MEASURE_MEDIAN:
        AddMiddle();
        break;
      case v1::MEASURE_MAX:
        AddLargest(1);
        break;
      case v1::MEASURE_MEAN:
        AddSum();
        break;
      case v1::MEASURE_COMPANY_COUNT:
      case v1::MEASURE_HHI:
      case v1::MEASURE_CONCENTRATION_RATIO:
        AddSum();
        AddCompanies(measure);
        break;
      case v1::MEASURE_IMPUTED_SUM:
        AddSum();
        AddEstimates();
        break;
      case v1::MEASURE_SUM_WITHOUT_LARGEST:
        AddSum();
        AddLargest(LargestK());
        break;
      case v1::MEASURE_DISAGREEMENT:
        AddDisagreement();
        break;
      case v1::MEASURE_MEGA_ROUND_SUM:
        AddMegaRounds();
        break;
      default:
        break;
    }
    return std::move(nodes_);
  }

 private:
  size_t LargestK() const { return CutoffsOf(query_).largest_k; }

  void AddCounts() {
    nodes_.push_back(CountOperand("count", "rounds in the group", group_.rounds));
    nodes_.push_back(
        CountOperand("amounts", "of these with an amount that counts", group_.converted()));
    if (group_.undisclosed > 0) {
      nodes_.push_back(CountOperand("undisclosed", "of these whose amount is not disclosed",
                                    group_.undisclosed));
    }
    if (group_.unconverted > 0) {
      nodes_.push_back(CountOperand(
          "unconverted",
          StrCat("of these whose amount has no rate or price index into ", query_.currency),
          group_.unconverted));
    }
  }

  void AddSum() {
    if (!group_.sum) return;
    nodes_.push_back(
        MoneyOperand("sum", "sum of the disclosed amounts", *group_.sum, query_.currency));
  }

  ExplanationNode MemberNode(const GroupMember& member, std::string title) const {
    const SelectedRound& round = selection_.rounds[member.round];
    return MoneyOperand(StrCat(kRoundPrefix, selection_.ids[static_cast<size_t>(round.id)]),
                        std::move(title), *member.amount, query_.currency);
  }

  void AddMember(const GroupMember& member, std::string_view title) {
    nodes_.push_back(MemberNode(member, std::string(title)));
  }

  void AddMiddle() {
    const auto amounts = static_cast<size_t>(group_.converted());
    if (amounts == 0) return;
    if (amounts % 2 == 1) return AddMember(*members_[amounts / 2], "the amount in the middle");
    AddMember(*members_[amounts / 2 - 1], "the larger amount in the middle");
    AddMember(*members_[amounts / 2], "the smaller amount in the middle");
  }

  void AddLargest(size_t most) {
    const size_t amounts = std::min(static_cast<size_t>(group_.converted()), most);
    for (size_t i = 0; i < amounts; ++i) {
      AddMember(*members_[i], StrCat("largest amount, number ", i + 1));
    }
  }

  // A round whose amount is divided is one by its whole amount.
  void AddMegaRounds() {
    const int64_t least = CutoffsOf(query_).mega_round;
    int64_t count = 0;
    ExplanationNode list = CountOperand(
        "mega_rounds",
        StrCat("of these of at least ", kMegaRound, " ", query_.currency,
               selection_.parts.empty() ? "" : ", whole; their parts in the group are shown"),
        0);
    for (const GroupMember* member : members_) {
      if (!member->whole || *member->whole < least) continue;
      if (++count > kMostMegaRoundsNamed) continue;
      *list.add_children() = MemberNode(*member, StrCat("mega-round, number ", count));
    }
    list.set_count(count);
    if (count > kMostMegaRoundsNamed) list.set_total_children(count);
    nodes_.push_back(std::move(list));
  }

  struct Company {
    Int128 sum = 0;
    int64_t rounds = 0;
    bool known = false;
  };

  // The companies, largest first, ties by id. Indices of companies are in the order of their ids.
  std::vector<std::pair<int32_t, Company>> Ranked() const {
    std::map<int32_t, Company> companies;
    for (const GroupMember* member : members_) {
      Company& company = companies[selection_.rounds[member->round].company];
      ++company.rounds;
      if (!member->amount) continue;
      company.sum += *member->amount;
      company.known = true;
    }
    std::vector<std::pair<int32_t, Company>> ranked(companies.begin(), companies.end());
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second.known, a.second.sum) > std::pair(b.second.known, b.second.sum);
    });
    return ranked;
  }

  void AddCompanies(v1::Measure measure) {
    const auto ranked = Ranked();
    const bool ratio = measure == v1::MEASURE_CONCENTRATION_RATIO;
    ExplanationNode list =
        CountOperand("companies", ratio ? "companies, of which the largest count" : "companies",
                     static_cast<int64_t>(ranked.size()));
    int64_t named = kMostCompaniesNamed;
    if (ratio) named = std::min(named, static_cast<int64_t>(LargestK()));
    for (const auto& [index, company] : ranked) {
      if (list.children_size() == named) break;
      const SelectedCompany& facts = selection_.companies[static_cast<size_t>(index)];
      ExplanationNode& node = *list.add_children();
      node = MakeNode(StrCat(kCompanyPrefix, facts.id), v1::EXPLANATION_KIND_COMPANY,
                      StrCat(facts.name, ": ", Counted(company.rounds, "round", "rounds")));
      if (!company.known) continue;
      SetAmount(company.sum, query_.currency, node);
      if (*group_.sum > 0) {
        StrAppend(node.mutable_title(), ", share ",
                  static_cast<double>(company.sum) / static_cast<double>(*group_.sum));
      }
    }
    if (list.children_size() < static_cast<int64_t>(ranked.size())) {
      list.set_total_children(static_cast<int64_t>(ranked.size()));
    }
    nodes_.push_back(std::move(list));
  }

  // What was estimated at each level; together with the sum they are the central value.
  void AddEstimates() {
    std::map<PeerLevel, std::pair<int64_t, Int128>> levels;
    for (const GroupMember* member : members_) {
      if (!member->peers) continue;
      auto& [rounds, sum] = levels[member->peers->level];
      ++rounds;
      sum += member->peers->median;
    }
    if (!group_.imputed) return;
    for (const auto& [level, estimated] : levels) {
      ExplanationNode node =
          MakeNode(StrCat("estimates/", NameOf(level)), v1::EXPLANATION_KIND_ESTIMATE,
                   StrCat(Counted(estimated.first, "round", "rounds"),
                          " estimated by the median of their peers (", NameOf(level), ")"));
      node.set_formula(std::string(kImputationMethod));
      SetAmount(estimated.second, query_.currency, node);
      nodes_.push_back(std::move(node));
    }
  }

  void AddDisagreement() {
    Int128 high = 0;
    Int128 apart = 0;
    for (const GroupMember* member : members_) {
      if (!member->apart) continue;
      high += member->apart->second;
      apart += static_cast<Int128>(member->apart->second) - member->apart->first;
    }
    nodes_.push_back(
        CountOperand("compared", "rounds of which two sources give the amount", group_.compared));
    nodes_.push_back(MoneyOperand("apart", "sum of the largest amounts less the smallest", apart,
                                  query_.currency));
    nodes_.push_back(MoneyOperand("largest", "sum of the largest amounts", high, query_.currency));
  }

  const AggregateQuery& query_;
  const Selection& selection_;
  const Group& group_;
  const Members& members_;
  Nodes nodes_;
};

}  // namespace

std::vector<const GroupMember*> MembersInOrder(const Selection& selection, const Group& group) {
  Members members;
  members.reserve(group.members.size());
  for (const GroupMember& member : group.members) members.push_back(&member);
  // Amounts are not negative, so their complement puts the largest first.
  const auto key = [&](const GroupMember& member) {
    const SelectedRound& round = selection.rounds[member.round];
    return std::tuple<bool, bool, int64_t, std::string_view>(
        !member.amount, !round.minor_units, member.amount ? -*member.amount : 0,
        selection.ids[static_cast<size_t>(round.id)]);
  };
  std::sort(members.begin(), members.end(),
            [&](const GroupMember* a, const GroupMember* b) { return key(*a) < key(*b); });
  return members;
}

std::vector<ExplanationNode> OperandsOf(v1::Measure measure, const AggregateQuery& query,
                                        const Selection& selection, const Group& group,
                                        const Members& members) {
  return Operands(query, selection, group, members).Of(measure);
}

}  // namespace steelyard::funding
