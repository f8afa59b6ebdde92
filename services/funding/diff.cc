#include "services/funding/diff.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/funding/aggregate_rounds.h"
#include "services/funding/convert.h"
#include "services/funding/lead_companies.h"
#include "services/funding/validate.h"

namespace steelyard::funding {
namespace {

using common::v1::Figure;

constexpr int kPage = 100;
constexpr int kMostPage = 1000;
constexpr int kMostAssertions = 10;

// A request, checked.
struct DiffAsked {
  AggregateAsked question;
  ledger::Revision from;
  ledger::Revision to;
  int64_t offset = 0;
  int limit = 0;
  std::string digest;
};

// The question's answer at one state.
struct Side {
  AggregatePlan plan;
  Selection selection;
  Aggregation aggregation;
};

absl::Status CheckFields(const v1::DiffRoundsRequest& request) {
  FieldErrors errors;
  if (request.from().empty()) errors.Add("from", "is required: the token of the earlier state");
  if (request.to().empty()) errors.Add("to", "is required: the token of the later state");
  if (request.question().page_size() != 0) errors.Add("question.page_size", "must be unset");
  if (!request.question().page_token().empty()) errors.Add("question.page_token", "must be unset");
  if (request.question().has_read()) errors.Add("question.read", "must be unset");
  return errors.ToStatus();
}

absl::StatusOr<ledger::Revision> ResolveToken(const Context& context, const ledger::Ledger& ledger,
                                              const std::string& token) {
  common::v1::ReadOptions read;
  read.set_snapshot(token);
  return ledger.Resolve(context, read);
}

absl::Status Unsupported(std::string_view field, std::string_view allowed) {
  return MakeError(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED,
                   StrCat(field, ": differences are offered for ", allowed, " alone"),
                   {{"field", std::string(field)}, {"allowed", std::string(allowed)}});
}

// What a difference of two states is not offered for.
absl::Status CheckOffered(const AggregateAsked& question) {
  // A session sees one state under another policy, not two.
  if (!question.selection.policy.IsDefault()) {
    return Unsupported("question.definition.source_policy", kListedOrder);
  }
  // Stored states of rounds are compared, which hold them whole.
  const Division& division = question.selection.division;
  if (division.attribution != common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS) {
    return Unsupported("question.definition.attribution", "ATTRIBUTION_RECIPIENT_HEADQUARTERS");
  }
  if (division.by_investor) {
    return Unsupported("question.group_by", "dimensions of whole rounds, not of their investors");
  }
  if (division.divides()) {
    return Unsupported("question.definition.layer_attribution", "LAYER_ATTRIBUTION_PRIMARY");
  }
  return absl::OkStatus();
}

absl::StatusOr<DiffAsked> Check(const Context& context, const ledger::Ledger& ledger,
                                const v1::DiffRoundsRequest& request) {
  STEELYARD_RETURN_IF_ERROR(CheckFields(request));
  DiffAsked asked;
  STEELYARD_ASSIGN_OR_RETURN(asked.question, Validate(request.question()));
  STEELYARD_RETURN_IF_ERROR(CheckOffered(asked.question));
  STEELYARD_ASSIGN_OR_RETURN(asked.limit, filter::PageSize(request.page_size(), kPage, kMostPage));
  v1::DiffRoundsRequest common = request;
  common.clear_page_size();
  common.clear_page_token();
  asked.digest = text::Sha256Hex(StrCat("diff\n", common.SerializeAsString()));
  if (!request.page_token().empty()) {
    STEELYARD_ASSIGN_OR_RETURN(const filter::Page page,
                               filter::DecodePage(request.page_token(), asked.digest));
    asked.offset = page.offset;
  }
  STEELYARD_ASSIGN_OR_RETURN(asked.from, ResolveToken(context, ledger, request.from()));
  STEELYARD_ASSIGN_OR_RETURN(asked.to, ResolveToken(context, ledger, request.to()));
  if (asked.from.revision <= asked.to.revision) return asked;
  return MakeError(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE,
                   StrCat("`to` is revision ", asked.to.revision, ", which lies before `from`, ",
                          asked.from.revision),
                   {{"from", StrCat(asked.from.revision)}, {"to", StrCat(asked.to.revision)}});
}

absl::StatusOr<Side> Answer(const Context& context, const RoundStore& rounds,
                            const ReferenceStore& reference, int64_t revision,
                            const AggregateAsked& question) {
  Side side;
  STEELYARD_ASSIGN_OR_RETURN(side.plan, PlanAggregate(context, reference, revision, question));
  STEELYARD_ASSIGN_OR_RETURN(side.selection, rounds.Select(context, revision, question.selection));
  side.aggregation = Aggregate(side.plan.query, side.selection, *side.plan.rates);
  return side;
}

void AddKeys(const std::vector<v1::Dimension>& group_by, const std::vector<std::string>& values,
             google::protobuf::RepeatedPtrField<v1::DimensionValue>* keys) {
  for (size_t i = 0; i < group_by.size(); ++i) {
    v1::DimensionValue& key = *keys->Add();
    key.set_dimension(group_by[i]);
    key.set_value(values[i]);
  }
}

// Money less money, in the one currency of an answer; nothing when it does not fit.
std::optional<google::type::Money> Less(const google::type::Money& after,
                                        const google::type::Money& before) {
  const auto a = FromProto(after);
  const auto b = FromProto(before);
  if (!a.ok() || !b.ok()) return std::nullopt;
  return ToProto(Money{.minor_units = a->minor_units - b->minor_units, .currency = a->currency});
}

void SetDifference(v1::FigureChange& change) {
  const Figure& before = change.before();
  const Figure& after = change.after();
  if (before.value_case() != after.value_case()) return;
  if (after.has_money()) {
    const auto money = Less(after.money(), before.money());
    if (money) *change.mutable_money() = *money;
  } else if (after.value_case() == Figure::kCount) {
    change.set_count(after.count() - before.count());
  } else if (after.value_case() == Figure::kNumber) {
    change.set_number(after.number() - before.number());
  }
}

// Groups of either side, by keys in the order of an answer's rows.
class Groups {
 public:
  Groups(const std::vector<v1::Dimension>& dimensions, const std::vector<ResolvedRegion>& regions)
      : dimensions_(dimensions) {
    for (const ResolvedRegion& region : regions) rank_.emplace(region.term, rank_.size());
  }
  struct Pair {
    const Group* before = nullptr;
    const Group* after = nullptr;
  };
  void AddBefore(const Group& group) { groups_[KeyOf(group)].before = &group; }
  void AddAfter(const Group& group) { groups_[KeyOf(group)].after = &group; }

  // A key is compared by the place of the region it names, if it names one, then bytewise.
  using Key = std::vector<std::pair<size_t, std::string>>;
  const std::map<Key, Pair>& groups() const { return groups_; }

 private:
  Key KeyOf(const Group& group) const {
    Key key;
    for (size_t i = 0; i < group.keys.size(); ++i) {
      const auto region = rank_.find(group.keys[i]);
      const bool ranked = dimensions_[i] == v1::DIMENSION_REGION && region != rank_.end();
      key.emplace_back(ranked ? region->second : 0, group.keys[i]);
    }
    return key;
  }

  const std::vector<v1::Dimension>& dimensions_;
  std::map<std::string, size_t> rank_;  // of regions, in the order asked
  std::map<Key, Pair> groups_;
};

// The figures that differ: counts all, adds those of the page.
void AddFigures(const DiffAsked& asked, const Side& before, const Side& after,
                v1::DiffRoundsResponse& response) {
  Groups groups(asked.question.group_by, after.plan.query.regions);
  for (const Group& group : before.aggregation.groups) groups.AddBefore(group);
  for (const Group& group : after.aggregation.groups) groups.AddAfter(group);
  int64_t place = 0;
  for (const auto& [key, pair] : groups.groups()) {
    for (const v1::Measure measure : asked.question.measures) {
      v1::FigureChange change;
      if (pair.before)
        *change.mutable_before() = FigureOf(measure, before.plan.scope, *pair.before);
      if (pair.after) *change.mutable_after() = FigureOf(measure, after.plan.scope, *pair.after);
      if (pair.before && pair.after &&
          change.before().SerializeAsString() == change.after().SerializeAsString()) {
        continue;
      }
      const bool on_page = place >= asked.offset && place < asked.offset + asked.limit;
      ++place;
      if (!on_page) continue;
      AddKeys(asked.question.group_by, (pair.after ? pair.after : pair.before)->keys,
              change.mutable_keys());
      change.set_measure(measure);
      SetDifference(change);
      *response.add_figures() = std::move(change);
    }
  }
  response.set_total_figures(place);
}

// What one round adds: the question asked of it alone.
void AddContributions(const PlacedRound& placed, const Side& side, common::v1::DateBasis basis,
                      google::protobuf::RepeatedPtrField<v1::RoundContribution>* contributions) {
  AggregateQuery query = side.plan.query;
  query.top_k = 0;
  query.impute = false;
  const Round& round = placed.round;
  Selection selection;
  selection.companies.push_back(placed.company);
  selection.rounds.push_back(
      {.company = 0,
       .currency = selection.currencies.Number(round.amount ? round.amount->currency : ""),
       .sources = selection.source_lists.Number(""),
       .stage = round.stage,
       .date = CountedDate(round, basis),
       .minor_units = round.amount ? std::optional(round.amount->minor_units) : std::nullopt});
  for (const Group& group : Aggregate(query, selection, *side.plan.rates).groups) {
    if (group.rounds == 0) continue;
    v1::RoundContribution& contribution = *contributions->Add();
    AddKeys(query.group_by, group.keys, contribution.mutable_keys());
    if (!group.sum) continue;
    const absl::StatusOr<int64_t> amount = Narrow(*group.sum);
    if (amount.ok()) {
      *contribution.mutable_amount() =
          ToProto(Money{.minor_units = *amount, .currency = query.currency});
    }
  }
}

v1::ChangeCause CauseOf(const RoundDifference& difference) {
  if (!difference.before) return v1::CHANGE_CAUSE_ROUND_ADDED;
  if (!difference.after) return v1::CHANGE_CAUSE_ROUND_REMOVED;
  if (difference.rewritten) return v1::CHANGE_CAUSE_ROUND_CHANGED;
  const SelectedCompany& before = difference.before->company;
  const SelectedCompany& after = difference.after->company;
  const bool moved = before.country != after.country || before.layer != after.layer ||
                     before.sector != after.sector ||
                     before.source_category != after.source_category;
  return moved ? v1::CHANGE_CAUSE_COMPANY_CHANGED : v1::CHANGE_CAUSE_INCLUSION_CHANGED;
}

// Countries that may lie in the question's regions at either state; empty when any may.
std::vector<std::string> CountriesOf(const Side& before, const Side& after,
                                     const DateRange& period) {
  std::set<std::string> countries;
  for (const Side* side : {&before, &after}) {
    for (const ResolvedRegion& region : side->plan.query.regions) {
      if (region.world()) return {};
      for (std::string& country : region.MembersDuring(period)) {
        countries.insert(std::move(country));
      }
    }
  }
  return {countries.begin(), countries.end()};
}

// What sources said or took back of the round between the two states.
absl::Status AddAssertions(const Context& context, const RoundStore& rounds, const DiffAsked& asked,
                           std::string_view round, v1::RoundChange& change) {
  const absl::StatusOr<std::vector<StoredAssertion>> all =
      rounds.Assertions(context, asked.to.revision, round, true);
  // Nothing is said of it at `to` when its reports were all compacted away.
  if (ReasonOf(all.status()) == common::v1::ERROR_REASON_ROUND_NOT_FOUND) return absl::OkStatus();
  STEELYARD_RETURN_IF_ERROR(all.status());
  for (const StoredAssertion& stored : *all) {
    const bool began = stored.from_revision > asked.from.revision;
    const bool ended =
        stored.to_revision != ledger::kOpenRevision && stored.to_revision > asked.from.revision;
    if (!began && !ended) continue;
    if (change.assertions_size() == kMostAssertions) {
      change.set_assertions_omitted(change.assertions_omitted() + 1);
    } else {
      *change.add_assertions() = MessageOf(stored);
    }
  }
  return absl::OkStatus();
}

// The rounds that the page has room for behind its figures.
absl::Status AddRounds(const Context& context, const RoundStore& rounds, const DiffAsked& asked,
                       const Side& before, const Side& after, v1::DiffRoundsResponse& response) {
  SelectionQuery selection = asked.question.selection;
  selection.countries = CountriesOf(before, after, selection.period);
  const int64_t offset = std::max<int64_t>(asked.offset - response.total_figures(), 0);
  STEELYARD_ASSIGN_OR_RETURN(
      const RoundDifferences differences,
      rounds.Differences(context, asked.from.revision, asked.to.revision, selection, offset,
                         asked.limit - response.figures_size()));
  for (const RoundDifference& difference : differences.rounds) {
    v1::RoundChange& change = *response.add_rounds();
    change.set_name(StrCat(kRoundPrefix, difference.id));
    change.set_cause(CauseOf(difference));
    STEELYARD_RETURN_IF_ERROR(AddAssertions(context, rounds, asked, difference.id, change));
    if (difference.before) *change.mutable_before() = MessageOf(difference.before->round);
    if (difference.after) *change.mutable_after() = MessageOf(difference.after->round);
    if (difference.counted) {
      AddContributions(*difference.before, before, selection.date_basis,
                       change.mutable_contributed());
    }
    if (difference.counts) {
      AddContributions(*difference.after, after, selection.date_basis,
                       change.mutable_contributes());
    }
  }
  response.set_total_rounds(differences.total_size);
  return absl::OkStatus();
}

// What beside rounds may have changed figures.
absl::Status AddOtherCauses(const Context& context, const ReferenceStore& reference,
                            const DiffAsked& asked, v1::DiffRoundsResponse& response) {
  const int64_t from = asked.from.revision;
  const int64_t to = asked.to.revision;
  STEELYARD_ASSIGN_OR_RETURN(const ReferenceKinds kinds,
                             reference.ChangedBetween(context, from, to));
  response.set_exchange_rates_changed(kinds.exchange_rates);
  response.set_region_sets_changed(kinds.region_sets);
  const std::string& index = asked.question.definition.deflator;
  if (index.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const auto before, reference.Observations(context, from, index));
  STEELYARD_ASSIGN_OR_RETURN(const auto after, reference.Observations(context, to, index));
  response.set_price_index_changed(before != after);
  return absl::OkStatus();
}

}  // namespace

absl::Status DiffRounds(const Context& context, const RoundStore& rounds,
                        const ReferenceStore& reference, const ledger::Ledger& ledger,
                        const v1::DiffRoundsRequest& request, v1::DiffRoundsResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(DiffAsked asked, Check(context, ledger, request));
  STEELYARD_RETURN_IF_ERROR(
      LeadCompanies(context, rounds, asked.to.revision, asked.question.selection.filter));
  STEELYARD_ASSIGN_OR_RETURN(
      const Side before, Answer(context, rounds, reference, asked.from.revision, asked.question));
  STEELYARD_ASSIGN_OR_RETURN(const Side after,
                             Answer(context, rounds, reference, asked.to.revision, asked.question));
  AddFigures(asked, before, after, response);
  STEELYARD_RETURN_IF_ERROR(AddRounds(context, rounds, asked, before, after, response));
  STEELYARD_RETURN_IF_ERROR(AddOtherCauses(context, reference, asked, response));
  *response.mutable_from() = ledger.Describe(asked.from);
  *response.mutable_to() = ledger.Describe(asked.to);
  *response.mutable_definition() =
      EffectiveDefinition(asked.question.definition, *after.plan.catalogue,
                          after.plan.query.deflator ? after.plan.query.deflator->source() : "");
  const int64_t next = asked.offset + response.figures_size() + response.rounds_size();
  if (next < response.total_figures() + response.total_rounds()) {
    response.set_next_page_token(
        filter::EncodePage({.snapshot = response.to().token(), .offset = next}, asked.digest));
  }
  return absl::OkStatus();
}

}  // namespace steelyard::funding
