#include "services/funding/round_rules.h"

#include <set>

#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/funding/convert.h"
#include "services/funding/reference/convert.h"

namespace steelyard::funding {
namespace {

constexpr int kLongestLabel = 500;
constexpr int kLongestNote = 2000;
constexpr int kLongestInvestor = 500;
constexpr int kMostParticipations = 1000;
constexpr int kMostSources = 100;
constexpr size_t kLongestSourceId = 64;

bool IsLonger(const std::string& text, int characters) {
  return text::Truncate(text, characters).size() < text.size();
}

// Checks one message; remembers where it stands in the request.
class Taker {
 public:
  Taker(const v1::Round& message, std::string_view path, FieldErrors& errors)
      : message_(message), path_(path), errors_(errors) {}

  Round Take() {
    Round round;
    round.id = TakeName(message_.name(), kRoundPrefix, "name", kRoundNameRule);
    round.company = TakeName(message_.company(), kCompanyPrefix, "company",
                             "must be \"companies/{company}\" with 1 to 128 lower-case letters, "
                             "digits, '.', '_' or '-'");
    if (!message_.included_in().empty()) {
      round.included_in =
          TakeName(message_.included_in(), kRoundPrefix, "included_in", kRoundNameRule);
      if (round.included_in == round.id) Fault("included_in", "must be another round");
    }
    if (message_.has_announced_on()) {
      TakeDate(message_.announced_on(), "announced_on", round.announced);
    } else {
      Fault("announced_on", "is required, to the day, month or year");
    }
    if (message_.has_closed_on()) {
      TakeDate(message_.closed_on(), "closed_on", round.closed.emplace());
    }
    TakeStage(round);
    round.amount = TakeMoney(message_.has_amount(), message_.amount(), "amount");
    round.post_money = TakeMoney(message_.has_post_money(), message_.post_money(), "post_money");
    TakeParticipations(round);
    TakeSources(round);
    round.label = TakeText(message_.label(), "label", kLongestLabel);
    round.note = TakeText(message_.note(), "note", kLongestNote);
    return round;
  }

 private:
  void Fault(std::string_view field, std::string_view description) {
    errors_.Add(StrCat(path_, ".", field), description);
  }

  std::string TakeName(const std::string& name, std::string_view prefix, std::string_view field,
                       std::string_view rule) {
    std::string id = WithoutPrefix(name, prefix);
    if (!IsId(id)) Fault(field, rule);
    return id;
  }

  void TakeDate(const google::type::Date& message, std::string_view field, PartialDate& to) {
    const absl::StatusOr<PartialDate> date = FromProto(message);
    const absl::Status fault = date.ok() ? CheckEventDate(*date) : date.status();
    if (fault.ok()) {
      to = *date;
    } else {
      errors_.Add(StrCat(path_, ".", field), fault);
    }
  }

  void TakeStage(Round& round) {
    if (!v1::Stage_IsValid(message_.stage()) || message_.stage() == v1::STAGE_UNSPECIFIED) {
      Fault("stage", "must be a value of Stage other than STAGE_UNSPECIFIED");
    }
    if (!common::v1::AmountKind_IsValid(message_.kind())) {
      Fault("kind", "must be a value of AmountKind");
    }
    round.stage = message_.stage();
    round.kind = message_.kind() == common::v1::AMOUNT_KIND_UNSPECIFIED ? KindOfStage(round.stage)
                                                                        : message_.kind();
  }

  std::optional<Money> TakeMoney(bool present, const google::type::Money& message,
                                 std::string_view field) {
    if (!present) return std::nullopt;
    absl::StatusOr<Money> money = FromProto(message);
    if (money.ok()) return *std::move(money);
    errors_.Add(StrCat(path_, ".", field), money.status());
    return std::nullopt;
  }

  void TakeParticipations(Round& round) {
    if (message_.participations_size() > kMostParticipations) {
      Fault("participations", StrCat("at most ", kMostParticipations, " are allowed"));
    }
    std::set<std::string> investors;
    for (int i = 0; i < message_.participations_size(); ++i) {
      const v1::Participation& part = message_.participations(i);
      const std::string field = StrCat("participations[", i, "]");
      if (part.investor().empty() || IsLonger(part.investor(), kLongestInvestor)) {
        Fault(StrCat(field, ".investor"), StrCat("must be 1 to ", kLongestInvestor, " characters"));
      } else if (!investors.insert(part.investor()).second) {
        Fault(StrCat(field, ".investor"), "must not repeat an earlier one");
      }
      if (!v1::ParticipationRole_IsValid(part.role()) ||
          part.role() == v1::PARTICIPATION_ROLE_UNSPECIFIED) {
        Fault(StrCat(field, ".role"),
              "must be a value of ParticipationRole other than the "
              "unspecified one");
      }
      round.participations.push_back(
          {.investor = part.investor(), .role = part.role(), .country = "", .investor_kind = ""});
    }
    round.participations = Ordered(round.participations);
  }

  void TakeSources(Round& round) {
    if (message_.sources().empty() || message_.sources_size() > kMostSources) {
      Fault("sources", StrCat("1 to ", kMostSources, " are required"));
    }
    std::set<std::string> seen;
    for (int i = 0; i < message_.sources_size(); ++i) {
      const std::string field = StrCat("sources[", i, "]");
      std::string id = WithoutPrefix(message_.sources(i), kSourcePrefix);
      if (!IsId(id, kLongestSourceId)) {
        Fault(field,
              "must be \"sources/{source}\" with 1 to 64 lower-case letters, digits, '.', '_' or "
              "'-'");
      } else if (!seen.insert(id).second) {
        Fault(field, "must not repeat an earlier one");
      }
      round.sources.push_back(std::move(id));
    }
  }

  std::string TakeText(const std::string& text, std::string_view field, int most) {
    if (IsLonger(text, most)) Fault(field, StrCat("must be at most ", most, " characters"));
    return text;
  }

  const v1::Round& message_;
  std::string_view path_;
  FieldErrors& errors_;
};

}  // namespace

Round TakeRound(const v1::Round& message, std::string_view path, FieldErrors& errors) {
  return Taker(message, path, errors).Take();
}

}  // namespace steelyard::funding
