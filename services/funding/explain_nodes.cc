#include "services/funding/explain_nodes.h"

#include <optional>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/convert.h"
#include "services/funding/reference/convert.h"
#include "services/funding/resolve.h"
#include "services/funding/schema.h"

namespace steelyard::funding {
namespace {

using v1::ExplanationNode;

constexpr std::string_view kAmount = "amount";
constexpr std::string_view kParticipationsField = "participations";

// What a field's resolution says, with a child for each source that gives it.
ExplanationNode ResolutionNode(const std::string& round, const v1::FieldResolution& field) {
  std::string title = StrCat(field.field(), " ", field.winner().value());
  if (field.distinct() > 1) {
    StrAppend(&title, ", one of ", field.distinct(), " values that sources give");
  }
  ExplanationNode node = MakeNode(StrCat(round, "/", field.field()),
                                  v1::EXPLANATION_KIND_RESOLUTION, std::move(title));
  node.set_formula(field.policy());
  if (field.has_spread()) node.set_spread(field.spread());
  const auto add = [&](const v1::SourcedValue& said, std::string_view how) {
    const std::string source = WithoutPrefix(said.source(), kSourcePrefix);
    ExplanationNode& child = *node.add_children();
    child = MakeNode(StrCat(said.round(), "/assertions/", source), v1::EXPLANATION_KIND_ASSERTION,
                     StrCat(source, " says ", said.value(), how));
    child.set_text(said.value());
    child.add_sources(said.source());
  };
  add(field.winner(), "");
  for (const v1::SourcedValue& loser : field.losers()) add(loser, ", passed over");
  node.add_sources(field.winner().source());
  return node;
}

std::string RuleText(const FxRule& rule, const PartialDate& date) {
  switch (rule.method) {
    case common::v1::FX_METHOD_FIXED_DATE:
      return StrCat("on ", rule.fixed_date.ToString(), " or in the ", rule.max_staleness_days,
                    " days before");
    case common::v1::FX_METHOD_YEAR_AVERAGE:
      return StrCat("in ", date.year);
    default:
      break;
  }
  if (!date.IsDay()) return StrCat("in ", date.ToString());
  return StrCat("on ", date.ToString(), " or in the ", rule.max_staleness_days, " days before");
}

// The announced amount at its rate; without money when there is none.
ExplanationNode ConversionNode(const RoundContext& context, const std::string& round,
                               const Money& announced, const PartialDate& date) {
  const std::string& to = context.query.currency;
  ExplanationNode node =
      MakeNode(StrCat(round, "/conversion"), v1::EXPLANATION_KIND_CONVERSION, "");
  node.add_sources(StrCat(kSourcePrefix, kRatesSource));
  const std::optional<CrossRate> rate =
      context.rates.Lookup(announced.currency, to, date, context.query.fx);
  if (!rate) {
    node.set_title(StrCat("no rate from ", announced.currency, " to ", to, " ",
                          RuleText(context.query.fx, date)));
    return node;
  }
  node.set_factor(rate->ToDecimal());
  *node.mutable_date() = ToProto(*rate->rate_date());
  const std::string when = rate->days() == 1
                               ? StrCat("of ", rate->rate_date()->ToString())
                               : StrCat("as the mean of ", rate->days(), " business days up to ",
                                        rate->rate_date()->ToString());
  node.set_title(StrCat(TextOf(announced), " at ", node.factor(), " ", to, " for 1 ",
                        announced.currency, ", the rate ", when));
  const absl::StatusOr<int64_t> converted = rate->Convert(announced.minor_units);
  if (converted.ok()) SetAmount(*converted, to, node);
  return node;
}

// An amount of the answer's currency in the prices of the base year.
ExplanationNode DeflationNode(const RoundContext& context, const std::string& round,
                              int64_t nominal, int year) {
  const Deflator& deflator = *context.query.deflator;
  ExplanationNode node = MakeNode(StrCat(round, "/deflation"), v1::EXPLANATION_KIND_DEFLATION, "");
  node.add_sources(StrCat(kSourcePrefix, deflator.source()));
  const std::string amount =
      TextOf(Money{.minor_units = nominal, .currency = context.query.currency});
  const std::optional<std::string> factor = deflator.FactorOf(year);
  if (!factor) {
    node.set_title(StrCat(amount, ": the price index gives no factor for ", year));
    return node;
  }
  node.set_factor(*factor);
  node.set_title(StrCat(amount, " of ", year, " times ", *factor,
                        ", the price index of the base year over that of ", year));
  if (const auto real = deflator.ToBasePrices(nominal, year)) {
    SetAmount(*real, context.query.currency, node);
  }
  return node;
}

// From what sources say of the amount to what the round adds: each step is the parent of the one
// before.
ExplanationNode AmountNode(const RoundContext& context, const std::string& round,
                           const Money& announced, const PartialDate& date,
                           ExplanationNode resolution) {
  ExplanationNode node = std::move(resolution);
  SetAmount(announced.minor_units, announced.currency, node);
  std::optional<int64_t> nominal = announced.minor_units;
  if (announced.currency != context.query.currency) {
    ExplanationNode conversion = ConversionNode(context, round, announced, date);
    nominal.reset();
    if (conversion.has_money()) {
      const auto converted = FromProto(conversion.money());
      if (converted.ok()) nominal = converted->minor_units;
    }
    *conversion.add_children() = std::move(node);
    node = std::move(conversion);
  }
  if (!context.query.deflator || !nominal) return node;
  ExplanationNode deflation = DeflationNode(context, round, *nominal, date.year);
  *deflation.add_children() = std::move(node);
  return deflation;
}

ExplanationNode EstimateNode(const std::string& round, const std::string& currency,
                             const PeerGroup& peers) {
  ExplanationNode node = MakeNode(StrCat(round, "/estimate"), v1::EXPLANATION_KIND_ESTIMATE,
                                  StrCat("estimated by the median of ", peers.count,
                                         " amounts of the same ", NameOf(peers.level)));
  if (peers.level == PeerLevel::kAll) {
    node.set_title(StrCat("estimated by the median of all ", peers.count, " amounts"));
  }
  node.set_formula(std::string(kImputationMethod));
  SetAmount(peers.median, currency, node);
  return node;
}

// Whether a field decides where, or whether, a round counts.
bool Places(const std::string& field, const RoundContext& context) {
  if (field == "closed_on") return context.date_basis == common::v1::DATE_BASIS_CLOSED;
  if (field == kParticipationsField) return context.investors;
  return field == "company" || field == "announced_on" || field == "stage" || field == "kind";
}

std::string RoundTitle(const RoundContext& context, const SelectedRound& round,
                       const GroupMember& member) {
  const SelectedCompany& company = context.selection.companies[static_cast<size_t>(round.company)];
  std::string title =
      StrCat(company.name, " (", company.country.empty() ? "country unknown" : company.country,
             "), ", StageName(round.stage), ", ", round.date.ToString());
  if (member.parts < member.slots) {
    StrAppend(&title, ", ", member.parts, " of ", Counted(member.slots, "part", "parts"));
  }
  if (!round.minor_units) {
    title += ": amount not disclosed";
  } else if (!member.amount) {
    title += ": amount not convertible";
  }
  return title;
}

}  // namespace

ExplanationNode MakeNode(std::string id, v1::ExplanationKind kind, std::string title) {
  ExplanationNode node;
  node.set_id(std::move(id));
  node.set_kind(kind);
  node.set_title(std::move(title));
  return node;
}

std::string TextOf(const Money& money) { return StrCat(ToDecimal(money), " ", money.currency); }

std::string Counted(int64_t number, std::string_view one, std::string_view many) {
  return StrCat(number, " ", number == 1 ? one : many);
}

void SetAmount(Int128 minor_units, const std::string& currency, ExplanationNode& node) {
  const absl::StatusOr<int64_t> narrow = Narrow(minor_units);
  if (!narrow.ok()) return;
  *node.mutable_money() = ToProto(Money{.minor_units = *narrow, .currency = currency});
}

void SetFigureValue(const common::v1::Figure& figure, ExplanationNode& node) {
  switch (figure.value_case()) {
    case common::v1::Figure::kMoney:
      *node.mutable_money() = figure.money();
      break;
    case common::v1::Figure::kCount:
      node.set_count(figure.count());
      break;
    case common::v1::Figure::kNumber:
      node.set_number(figure.number());
      break;
    case common::v1::Figure::VALUE_NOT_SET:
      break;
  }
}

absl::Status FigureNotFound(const std::string& figure, const std::vector<std::string>& there) {
  const std::string names = StrJoin(there, " ");
  return MakeError(common::v1::ERROR_REASON_FIGURE_NOT_FOUND,
                   StrCat("the answer to the question has no figure \"", figure, "\"; it has ",
                          names.empty() ? "none" : names),
                   {{"figure", figure}, {"figures", names}});
}

ExplanationNode RoundNode(const RoundContext& context, const GroupMember& member,
                          const std::vector<Assertion>& assertions) {
  const Selection& selection = context.selection;
  const SelectedRound& round = selection.rounds[member.round];
  const std::string name = StrCat(kRoundPrefix, selection.ids[static_cast<size_t>(round.id)]);
  ExplanationNode node =
      MakeNode(name, v1::EXPLANATION_KIND_ROUND, RoundTitle(context, round, member));
  node.set_company(
      StrCat(kCompanyPrefix, selection.companies[static_cast<size_t>(round.company)].id));
  if (member.amount) SetAmount(*member.amount, context.query.currency, node);
  if (context.estimate && member.peers)
    *node.add_children() = EstimateNode(name, context.query.currency, *member.peers);
  for (const v1::FieldResolution& field :
       ExplainResolution(assertions, context.policy, context.sources)) {
    if (field.field() == kAmount && round.minor_units) {
      const Money announced{.minor_units = *round.minor_units,
                            .currency = selection.currencies.Text(round.currency)};
      *node.add_children() =
          AmountNode(context, name, announced, round.date, ResolutionNode(name, field));
    } else if (Places(field.field(), context)) {
      *node.add_children() = ResolutionNode(name, field);
    }
  }
  const auto& sources = selection.source_lists.Text(round.sources);
  for (const std::string& source : SplitList(sources)) {
    node.add_sources(StrCat(kSourcePrefix, source));
  }
  return node;
}

}  // namespace steelyard::funding
