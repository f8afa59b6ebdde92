#include "gateway/cli/explanation.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/cli/figure_notes.h"
#include "gateway/cli/format.h"
#include "gateway/cli/formula_tables.h"
#include "gateway/cli/resolution_table.h"
#include "gateway/cli/show.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::ExplainFigureRequest;
using funding::v1::ExplainFigureResponse;
using funding::v1::ExplanationNode;

constexpr int kLargestPage = 200;
constexpr int kDeepest = 12;
constexpr size_t kSourcePrefix = sizeof("sources/") - 1;

std::string ValueText(const ExplanationNode& node) {
  switch (node.value_case()) {
    case ExplanationNode::kMoney:
      return ShortMoney(node.money());
    case ExplanationNode::kCount:
      return Grouped(node.count());
    case ExplanationNode::kNumber:
      return Number(node.number());
    // What an assertion says stands in its title.
    case ExplanationNode::kText:
    case ExplanationNode::VALUE_NOT_SET:
      break;
  }
  return "";
}

// "rounds/x  Acme (FR), SEED, 2024: 1.000 m USD [press]", and its children below it.
void AddLines(const ExplanationNode& node, int depth, std::string& text) {
  StrAppend(&text, std::string(static_cast<size_t>(2 * depth), ' '));
  const bool named =
      node.kind() == funding::v1::EXPLANATION_KIND_FORMULA ||
      node.kind() == funding::v1::EXPLANATION_KIND_ROUND ||
      node.kind() == funding::v1::EXPLANATION_KIND_COMPANY ||
      node.kind() == funding::v1::EXPLANATION_KIND_OBSERVATION ||
      (node.kind() == funding::v1::EXPLANATION_KIND_OPERAND && node.id().starts_with("rounds/"));
  if (named) StrAppend(&text, node.id(), "  ");
  StrAppend(&text, node.title());
  const std::string value = ValueText(node);
  if (!value.empty()) StrAppend(&text, ": ", value);
  if (node.kind() == funding::v1::EXPLANATION_KIND_RESOLUTION && !node.formula().empty()) {
    StrAppend(&text, " (", node.formula(), ")");
  }
  if (node.kind() == funding::v1::EXPLANATION_KIND_REGION && !node.text().empty()) {
    StrAppend(&text, ": ", node.text());
  }
  std::vector<std::string> sources;
  for (const std::string& source : node.sources()) {
    sources.push_back(source.substr(std::min(kSourcePrefix, source.size())));
  }
  if (!sources.empty()) StrAppend(&text, " [", StrJoin(sources, ", "), "]");
  text += '\n';
  if (depth == kDeepest) return;
  for (const ExplanationNode& child : node.children()) AddLines(child, depth + 1, text);
  if (node.total_children() > node.children_size()) {
    StrAppend(&text, std::string(static_cast<size_t>(2 * depth + 2), ' '), "and ",
              Grouped(node.total_children() - node.children_size()), " more",
              node.kind() == funding::v1::EXPLANATION_KIND_ROUNDS ? "; --limit N shows them" : "",
              "\n");
  }
}

std::string Render(const ExplainFigureResponse& response) {
  std::string text = RenderTree(response.root());
  text += '\n';
  if (response.has_definition()) {
    StrAppend(&text, "definition  ", Describe(response.definition()), "\n");
  }
  StrAppend(&text, "snapshot    ", Describe(response.snapshot()), "\n");
  return text;
}

// The rounds of a tree; null when it has none.
ExplanationNode* RoundsOf(ExplainFigureResponse& response) {
  for (ExplanationNode& child : *response.mutable_root()->mutable_children()) {
    if (child.kind() == funding::v1::EXPLANATION_KIND_ROUNDS) return &child;
  }
  return nullptr;
}

int RoundsIn(ExplainFigureResponse& response) {
  const ExplanationNode* rounds = RoundsOf(response);
  return rounds == nullptr ? 0 : rounds->children_size();
}

// Takes the rounds of a later page over.
void Append(ExplainFigureResponse& page, ExplainFigureResponse& all) {
  ExplanationNode* rounds = RoundsOf(all);
  ExplanationNode* more = RoundsOf(page);
  if (rounds != nullptr && more != nullptr) {
    rounds->mutable_children()->MergeFrom(more->children());
    if (rounds->total_children() == rounds->children_size()) rounds->set_total_children(0);
  }
  all.set_next_page_token(page.next_page_token());
}

// "mistral-ai", or nobody in particular.
std::string WhoSays(const registry::v1::AssertedValue& value) {
  const std::string who = value.assertion().substr(value.assertion().rfind('/') + 1);
  return who == "-" ? "nobody in particular" : who;
}

// Why its rounds count where they do: the fields that place them.
void AddCompany(const strategy::v1::CompanyExplanation& company, std::string& text) {
  constexpr std::array<std::string_view, 4> kPlaces = {"country", "legal_country", "layers",
                                                       "sectors"};
  StrAppend(&text, company.company(), "  ", company.display_name(), "\n");
  for (const registry::v1::CompanyFieldResolution& field : company.resolution()) {
    if (std::find(kPlaces.begin(), kPlaces.end(), field.field()) == kPlaces.end()) continue;
    StrAppend(&text, "  ", field.field(), " ", field.winner().value(), " [",
              WhoSays(field.winner()), "]: ", Why(field), "\n");
    for (const registry::v1::AssertedValue& loser : field.losers()) {
      if (loser.value() == field.winner().value()) continue;
      StrAppend(&text, "    ", WhoSays(loser), " says ", loser.value(), ", passed over\n");
    }
  }
}

std::string RenderDerivation(const strategy::v1::ExplainFigureResponse& response) {
  FigureNotes notes;
  std::string text = StrCat(response.figure(), "\n\n", RenderStep(response.step(), notes));
  for (const strategy::v1::FigureExplanation& explanation : response.explanations()) {
    AddPart(RenderTree(explanation.root()), text);
  }
  std::string companies;
  for (const strategy::v1::CompanyExplanation& company : response.companies()) {
    AddCompany(company, companies);
  }
  AddPart(companies, text);
  AddPart(notes.Render(), text);
  Origin origin;
  origin.definition = &response.definition();
  origin.snapshot = &response.snapshot();
  origin.unreachable = &response.unreachable();
  AddPart(RenderOrigin(origin), text);
  return text;
}

}  // namespace

std::string RenderTree(const ExplanationNode& root) {
  std::string text;
  AddLines(root, 0, text);
  return text;
}

int ShowExplanation(const Session& session, ExplainFigureRequest request, int limit) {
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  ExplainFigureResponse all;
  bool first = true;
  do {
    if (request.has_aggregate()) {
      request.set_page_size(std::min(limit - RoundsIn(all), kLargestPage));
      request.set_page_token(all.next_page_token());
    }
    ExplainFigureResponse page;
    const absl::Status status =
        Session::ToStatus(stub->ExplainFigure(session.NewContext().get(), request, &page));
    if (!status.ok()) return session.Fail(status);
    if (std::exchange(first, false)) {
      all = std::move(page);
    } else {
      Append(page, all);
    }
  } while (!all.next_page_token().empty() && RoundsIn(all) < limit);
  if (session.json()) return session.PrintJson(all);
  session.out() << Render(all);
  return kOk;
}

int ShowDerivation(const Session& session, const strategy::v1::ExplainFigureRequest& request) {
  strategy::v1::ExplainFigureResponse response;
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->ExplainFigure(session.NewContext().get(), request, &response));
  return Show(session, status, response, RenderDerivation);
}

}  // namespace steelyard::cli
