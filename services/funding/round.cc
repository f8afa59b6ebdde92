#include "services/funding/round.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "services/common/text/strings.h"
#include "services/funding/frame.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kStagePrefix = "STAGE_";
constexpr std::string_view kKindPrefix = "AMOUNT_KIND_";

// All values of an enum but the unspecified one, in the order of their numbers.
template <typename Enum>
std::vector<Enum> StoredValues(const google::protobuf::EnumDescriptor& descriptor) {
  std::vector<Enum> values;
  for (int i = 0; i < descriptor.value_count(); ++i) {
    const int number = descriptor.value(i)->number();
    if (number != 0) values.push_back(static_cast<Enum>(number));
  }
  std::sort(values.begin(), values.end());
  return values;
}

// The values by what `name_of` calls them: imports look one up for each row.
template <typename Enum>
std::map<std::string, Enum, std::less<>> ByName(const std::vector<Enum>& values,
                                                std::string (*name_of)(Enum)) {
  std::map<std::string, Enum, std::less<>> by_name;
  for (const Enum value : values) by_name.emplace(name_of(value), value);
  return by_name;
}

int RankOf(ParticipationRole role) {
  switch (role) {
    case v1::PARTICIPATION_ROLE_LEAD:
      return 0;
    case v1::PARTICIPATION_ROLE_ACQUIRER:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

PartialDate CountedDate(const Round& round, common::v1::DateBasis basis) {
  return basis == common::v1::DATE_BASIS_CLOSED && round.closed ? *round.closed : round.announced;
}

bool IsId(std::string_view text, size_t most) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

std::string StageName(Stage stage) { return v1::Stage_Name(stage).substr(kStagePrefix.size()); }

std::optional<Stage> StageOf(std::string_view name) {
  static const auto& stages = *new auto(ByName(Stages(), StageName));
  const auto found = stages.find(name);
  return found == stages.end() ? std::nullopt : std::optional(found->second);
}

const std::vector<Stage>& Stages() {
  static const auto& stages = *new std::vector<Stage>(StoredValues<Stage>(*v1::Stage_descriptor()));
  return stages;
}

std::string KindName(AmountKind kind) {
  return common::v1::AmountKind_Name(kind).substr(kKindPrefix.size());
}

std::optional<AmountKind> KindOf(std::string_view name) {
  static const auto& kinds = *new auto(ByName(Kinds(), KindName));
  const auto found = kinds.find(name);
  return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

const std::vector<AmountKind>& Kinds() {
  static const auto& kinds =
      *new std::vector<AmountKind>(StoredValues<AmountKind>(*common::v1::AmountKind_descriptor()));
  return kinds;
}

const std::vector<std::string>& InvestorKinds() {
  static const auto& kinds = *new std::vector<std::string>{
      "VC", "CORPORATE", "PUBLIC", "ANGEL", "PRIVATE_EQUITY", "SOVEREIGN", "OTHER"};
  return kinds;
}

AmountKind KindOfStage(Stage stage) {
  switch (stage) {
    case v1::STAGE_DEBT:
      return common::v1::AMOUNT_KIND_DEBT;
    case v1::STAGE_GRANT:
      return common::v1::AMOUNT_KIND_GRANT;
    case v1::STAGE_SECONDARY:
      return common::v1::AMOUNT_KIND_SECONDARY;
    case v1::STAGE_IPO:
      return common::v1::AMOUNT_KIND_IPO;
    case v1::STAGE_POST_IPO:
      return common::v1::AMOUNT_KIND_POST_IPO;
    case v1::STAGE_ACQUISITION:
      return common::v1::AMOUNT_KIND_ACQUISITION;
    default:
      return common::v1::AMOUNT_KIND_EQUITY;
  }
}

std::vector<Participation> Ordered(const std::vector<Participation>& participations) {
  std::vector<Participation> ordered = participations;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Participation& a, const Participation& b) {
                     return RankOf(a.role) < RankOf(b.role);
                   });
  std::set<std::string> seen;
  std::erase_if(ordered, [&seen](const Participation& participation) {
    return !seen.insert(participation.investor).second;
  });
  return ordered;
}

std::string Canonical(const Round& round) {
  Frame frame;
  frame.Add(round.id)
      .Add(round.company)
      .Add(round.announced.ToString())
      .Add(round.label)
      .Add(static_cast<int64_t>(round.stage))
      .Add(static_cast<int64_t>(round.kind))
      .Add(round.amount)
      .Add(round.post_money)
      .Add(round.sources)
      .Add(round.included_in)
      .Add(round.note)
      .Add(round.closed ? round.closed->ToString() : "")
      .Add(round.aliases)
      .Add(round.spread.sources)
      .Add(round.spread.low)
      .Add(round.spread.high);
  for (const Participation& participation : round.participations) {
    frame.Add(participation.investor).Add(static_cast<int64_t>(participation.role));
  }
  return frame.Take();
}

std::string Canonical(const Investor& investor) {
  return Frame().Add(investor.name).Add(investor.country).Add(investor.kind).Take();
}

std::string Canonical(const CompanyFacts& company) {
  Frame frame;
  frame.Add(company.id)
      .Add(company.display_name)
      .Add(company.country)
      .Add(company.layers)
      .Add(company.sectors)
      .Add(company.source_category);
  // Nothing at all for companies that say no more than their country, so that the texts of those
  // that were stored before there were these fields are what they were.
  const bool founded_elsewhere =
      !company.founding_country.empty() && company.founding_country != company.country;
  if (!company.legal_country.empty() || founded_elsewhere) {
    frame.Add(company.legal_country).Add(founded_elsewhere ? company.founding_country : "");
  }
  return frame.Take();
}

}  // namespace steelyard::funding
