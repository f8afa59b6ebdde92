#include "gateway/cli/claim_tables.h"

#include <algorithm>
#include <map>
#include <vector>

#include "gateway/cli/choice_words.h"
#include "gateway/cli/enum_words.h"
#include "gateway/cli/figure_notes.h"
#include "gateway/cli/format.h"
#include "gateway/cli/formula_tables.h"
#include "gateway/cli/table.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using strategy::v1::CheckClaimsResponse;
using strategy::v1::Claim;
using strategy::v1::ClaimCheck;
using strategy::v1::Evidence;
using strategy::v1::FlipPoint;
using strategy::v1::Verdict;

constexpr size_t kReadingsShown = 20;

// What it says, its condition or why it has none, a line each.
std::string Body(const Claim& claim) {
  std::string text = StrCat("  ", claim.text(), "\n");
  if (!claim.expression().empty()) StrAppend(&text, "  ", claim.expression(), "\n");
  if (!claim.reason().empty()) StrAppend(&text, "  no condition: ", claim.reason(), "\n");
  return text;
}

std::string SaidBy(const Claim& claim) {
  return claim.source().empty() ? "" : StrCat(", said by ", SourceId(claim.source()));
}

std::string End(const CheckClaimsResponse& response) {
  return RenderOrigin({.definition = nullptr,
                       .regions = {},
                       .sources = std::nullopt,
                       .snapshot = &response.snapshot(),
                       .unreachable = &response.unreachable()});
}

// "3 supported, 1 contradicted".
std::string Counts(const CheckClaimsResponse& response) {
  std::map<Verdict, int> counts;
  for (const ClaimCheck& check : response.checks()) ++counts[check.verdict()];
  std::vector<std::string> words;
  for (const auto& [verdict, count] : counts) {
    words.push_back(StrCat(count, " ", VerdictText(verdict)));
  }
  return StrCat(StrJoin(words, ", "), "\n");
}

std::string Choices(strategy::v1::Axis axis,
                    const google::protobuf::RepeatedPtrField<std::string>& choices) {
  std::vector<std::string> words;
  for (const std::string& choice : choices) words.push_back(ChoiceText(axis, choice));
  return StrJoin(words, ", ");
}

std::string Flips(const ClaimCheck& check) {
  std::string text;
  for (const FlipPoint& flip : check.flips()) {
    StrAppend(&text, "  turns on ", AxisTitle(flip.axis(), flip.word()), ": holds with ",
              Choices(flip.axis(), flip.supporting()), "; not with ",
              Choices(flip.axis(), flip.contradicting()), "\n");
  }
  return text;
}

std::string Margins(const ClaimCheck& check, FigureNotes& notes) {
  if (!check.has_least_margin() && !check.has_greatest_margin()) return "";
  const auto margin = [&](const std::string& which, const common::v1::Figure& figure) {
    return notes.WithInterval(StrCat(which, " margin of ", check.claim().id()), figure);
  };
  return StrCat("  margin ", margin("least", check.least_margin()), " to ",
                margin("greatest", check.greatest_margin()), " over those of ",
                check.reading_count(), check.reading_count() == 1 ? " reading" : " readings",
                " that decide\n");
}

// The first evidence of that truth, step by step.
std::string FirstOf(const ClaimCheck& check, strategy::v1::Truth truth, const std::string& title,
                    FigureNotes& notes) {
  const auto found =
      std::find_if(check.evidence().begin(), check.evidence().end(),
                   [&](const Evidence& e) { return e.reading().truth() == truth && e.has_step(); });
  if (found == check.evidence().end()) return "";
  std::vector<std::string> choices;
  for (const auto& choice : found->reading().choices()) choices.push_back(choice.choice());
  return StrCat(title, choices.empty() ? "" : " with ", StrJoin(choices, ", "), "\n",
                RenderStep(found->step(), notes));
}

std::string Readings(const ClaimCheck& check, FigureNotes& notes) {
  std::vector<const strategy::v1::Reading*> readings;
  for (const Evidence& evidence : check.evidence()) readings.push_back(&evidence.reading());
  std::string text = RenderReadings(readings, kReadingsShown, notes);
  if (check.reading_count() > check.evidence_size()) {
    StrAppend(&text, "the answer holds ", check.evidence_size(), " of ", check.reading_count(),
              " readings\n");
  }
  return text;
}

std::string Sources(const ClaimCheck& check) {
  std::vector<std::string> names;
  for (const common::v1::SourceRef& source : check.sources()) {
    names.push_back(SourceId(source.name()));
  }
  return names.empty() ? "" : StrCat("sources of the evidence: ", StrJoin(names, ", "), "\n");
}

std::string Block(const ClaimCheck& check, FigureNotes& notes) {
  std::string text = StrCat(check.claim().id(), ": ", VerdictText(check.verdict()),
                            SaidBy(check.claim()), "\n", Body(check.claim()));
  if (!check.explanation().empty()) StrAppend(&text, "  ", check.explanation(), "\n");
  text += Margins(check, notes);
  text += Flips(check);
  AddPart(Readings(check, notes), text);
  AddPart(FirstOf(check, strategy::v1::TRUTH_TRUE, "for it", notes), text);
  AddPart(FirstOf(check, strategy::v1::TRUTH_FALSE, "against it", notes), text);
  AddPart(FirstOf(check, strategy::v1::TRUTH_OPEN, "left open", notes), text);
  AddPart(FirstOf(check, strategy::v1::TRUTH_UNKNOWN, "not known", notes), text);
  AddPart(Sources(check), text);
  return text;
}

}  // namespace

std::string VerdictText(Verdict verdict) {
  const EnumWords words{*strategy::v1::Verdict_descriptor(), "VERDICT_"};
  return absl::StrReplaceAll(words.WordOf(verdict), {{"-", " "}});
}

std::string RenderClaims(const strategy::v1::ListClaimsResponse& response) {
  std::string page;
  for (const Claim& claim : response.claims()) {
    AddPart(StrCat(claim.id(), SaidBy(claim), "\n", Body(claim)), page);
  }
  return page.empty() ? "there are no claims\n" : page;
}

std::string RenderVerdicts(const CheckClaimsResponse& response) {
  Table table({"claim", "verdict", "explanation"}, {Align::kLeft, Align::kLeft, Align::kLeft});
  for (const ClaimCheck& check : response.checks()) {
    table.AddRow({check.claim().id(), VerdictText(check.verdict()), check.explanation()});
  }
  std::string page = table.Render();
  AddPart(Counts(response), page);
  AddPart(End(response), page);
  return page;
}

std::string RenderEvidence(const CheckClaimsResponse& response) {
  FigureNotes notes;
  std::string page;
  for (const ClaimCheck& check : response.checks()) AddPart(Block(check, notes), page);
  if (response.checks_size() > 1) AddPart(Counts(response), page);
  AddPart(StrCat(notes.Render(), End(response)), page);
  return page;
}

}  // namespace steelyard::cli
