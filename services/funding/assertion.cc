#include "services/funding/assertion.h"

#include <algorithm>
#include <utility>

#include "services/common/text/strings.h"
#include "services/funding/frame.h"

namespace steelyard::funding {
namespace {

std::string TextOf(const std::optional<PartialDate>& date) { return date ? date->ToString() : ""; }

std::string TextOf(const std::optional<Money>& money) {
  return money ? StrCat(ToDecimal(*money), " ", money->currency) : "";
}

std::string TextOf(const std::vector<Participation>& participations) {
  std::vector<std::string> parts;
  for (const Participation& part : participations) {
    const std::string role = v1::ParticipationRole_Name(part.role).substr(19);
    parts.push_back(part.role == v1::PARTICIPATION_ROLE_PARTICIPANT
                        ? part.investor
                        : StrCat(part.investor, " (", role, ")"));
  }
  return StrJoin(parts, "; ");
}

// A field of text.
template <std::string Assertion::*kFrom, std::string Round::*kTo>
AssertedField TextField(std::string_view name) {
  return {.name = name,
          .given = [](const Assertion& assertion) { return !(assertion.*kFrom).empty(); },
          .text = [](const Assertion& assertion) { return assertion.*kFrom; },
          .take = [](const Assertion& assertion, Round& round) { round.*kTo = assertion.*kFrom; },
          .money = nullptr,
          .date = nullptr};
}

template <std::optional<Money> Assertion::*kFrom, std::optional<Money> Round::*kTo>
AssertedField MoneyField(std::string_view name) {
  return {.name = name,
          .given = [](const Assertion& assertion) { return (assertion.*kFrom).has_value(); },
          .text = [](const Assertion& assertion) { return TextOf(assertion.*kFrom); },
          .take = [](const Assertion& assertion, Round& round) { round.*kTo = assertion.*kFrom; },
          .money = [](const Assertion& assertion) -> const std::optional<Money>& {
            return assertion.*kFrom;
          },
          .date = nullptr};
}

AssertedField AnnouncedField() {
  return {.name = "announced_on",
          .given = [](const Assertion& assertion) { return assertion.announced.has_value(); },
          .text = [](const Assertion& assertion) { return TextOf(assertion.announced); },
          .take = [](const Assertion& assertion,
                     Round& round) { round.announced = *assertion.announced; },
          .money = nullptr,
          .date = [](const Assertion& assertion) -> const std::optional<PartialDate>& {
            return assertion.announced;
          }};
}

AssertedField ClosedField() {
  return {.name = "closed_on",
          .given = [](const Assertion& assertion) { return assertion.closed.has_value(); },
          .text = [](const Assertion& assertion) { return TextOf(assertion.closed); },
          .take = [](const Assertion& assertion, Round& round) { round.closed = assertion.closed; },
          .money = nullptr,
          .date = [](const Assertion& assertion) -> const std::optional<PartialDate>& {
            return assertion.closed;
          }};
}

// Who does not know the stage says nothing of it.
AssertedField StageField() {
  return {.name = "stage",
          .given =
              [](const Assertion& assertion) {
                return assertion.stage != v1::STAGE_UNSPECIFIED &&
                       assertion.stage != v1::STAGE_UNKNOWN;
              },
          .text = [](const Assertion& assertion) { return StageName(assertion.stage); },
          .take = [](const Assertion& assertion, Round& round) { round.stage = assertion.stage; },
          .money = nullptr,
          .date = nullptr};
}

AssertedField KindField() {
  return {.name = "kind",
          .given =
              [](const Assertion& assertion) {
                return assertion.kind != common::v1::AMOUNT_KIND_UNSPECIFIED;
              },
          .text = [](const Assertion& assertion) { return KindName(assertion.kind); },
          .take = [](const Assertion& assertion, Round& round) { round.kind = assertion.kind; },
          .money = nullptr,
          .date = nullptr};
}

AssertedField ParticipationsField() {
  return {.name = "participations",
          .given = [](const Assertion& assertion) { return !assertion.participations.empty(); },
          .text = [](const Assertion& assertion) { return TextOf(assertion.participations); },
          .take = [](const Assertion& assertion,
                     Round& round) { round.participations = assertion.participations; },
          .money = nullptr,
          .date = nullptr};
}

}  // namespace

const std::vector<AssertedField>& AssertedFields() {
  static const auto& fields = *new std::vector<AssertedField>{
      TextField<&Assertion::company, &Round::company>("company"),
      AnnouncedField(),
      ClosedField(),
      TextField<&Assertion::label, &Round::label>("label"),
      StageField(),
      KindField(),
      MoneyField<&Assertion::amount, &Round::amount>("amount"),
      MoneyField<&Assertion::post_money, &Round::post_money>("post_money"),
      ParticipationsField(),
      TextField<&Assertion::note, &Round::note>("note")};
  return fields;
}

std::string KeyOf(const Assertion& assertion) {
  return StrCat(assertion.round, "/assertions/", assertion.source);
}

std::string Canonical(const Assertion& assertion) {
  Frame frame;
  frame.Add(assertion.round)
      .Add(assertion.source)
      .Add(assertion.position)
      .Add(int64_t{assertion.amended})
      .Add(assertion.company)
      .Add(TextOf(assertion.announced))
      .Add(TextOf(assertion.closed))
      .Add(assertion.label)
      .Add(static_cast<int64_t>(assertion.stage))
      .Add(static_cast<int64_t>(assertion.kind))
      .Add(assertion.amount)
      .Add(assertion.post_money)
      .Add(assertion.note);
  for (const Participation& part : assertion.participations) {
    frame.Add(part.investor).Add(static_cast<int64_t>(part.role));
  }
  return frame.Take();
}

std::vector<Assertion> AssertionsOf(const Round& round) {
  Assertion said;
  said.round = round.id;
  said.company = round.company;
  said.announced = round.announced;
  said.closed = round.closed;
  said.label = round.label;
  said.stage = round.stage;
  if (round.kind != KindOfStage(round.stage)) said.kind = round.kind;
  said.amount = round.amount;
  said.post_money = round.post_money;
  for (const Participation& part : round.participations) {
    said.participations.push_back(
        {.investor = part.investor, .role = part.role, .country = "", .investor_kind = ""});
  }
  said.note = round.note;
  if (round.sources.empty()) return {};
  // Most rows have one source: nothing is copied.
  std::vector<Assertion> assertions;
  assertions.reserve(round.sources.size());
  assertions.assign(round.sources.size() - 1, said);
  assertions.push_back(std::move(said));
  for (size_t i = 0; i < assertions.size(); ++i) {
    assertions[i].source = round.sources[i];
    assertions[i].position = static_cast<int>(i);
  }
  return assertions;
}

void Amend(const Assertion& later, Assertion& assertion) {
  const std::vector<AssertedField>& fields = AssertedFields();
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].given(later)) assertion.amended |= uint32_t{1} << i;
  }
  if (!later.company.empty()) assertion.company = later.company;
  if (later.announced) assertion.announced = later.announced;
  if (later.closed) assertion.closed = later.closed;
  if (!later.label.empty()) assertion.label = later.label;
  if (later.stage != v1::STAGE_UNSPECIFIED) assertion.stage = later.stage;
  if (later.kind != common::v1::AMOUNT_KIND_UNSPECIFIED) assertion.kind = later.kind;
  if (later.amount) assertion.amount = later.amount;
  if (later.post_money) assertion.post_money = later.post_money;
  if (!later.participations.empty()) {
    std::vector<Participation> participations = later.participations;
    for (const Participation& part : assertion.participations) {
      if (part.role != later.participations.front().role) participations.push_back(part);
    }
    assertion.participations = Ordered(participations);
  }
  if (!later.note.empty()) assertion.note = later.note;
}

}  // namespace steelyard::funding
