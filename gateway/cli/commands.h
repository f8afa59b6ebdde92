#pragma once

// The client's verbs and their flags: which there are, and what the arguments set.

#include <functional>
#include <map>
#include <string>

#include "gateway/cli/session.h"
#include "gateway/cli/strategy_verbs.h"
#include "gateway/cli/verbs.h"

namespace steelyard::cli {

using Action = std::function<int(const Session&)>;

// Everything the arguments can set, and what the chosen verb then does.
struct Parsed {
  GlobalOptions global;
  CompareOptions compare;
  CompanyOptions company;
  SearchOptions search;
  MatchOptions match;
  IdentityOptions merge;
  IdentityOptions split;
  IdentityOptions distinguish;
  ReviewOptions review;
  RoundsOptions rounds;
  RoundOptions round;
  DuplicatesOptions duplicates;
  DecisionOptions link;
  DecisionOptions unlink;
  RetractOptions retract;
  AggregateOptions aggregate;
  SeriesOptions series;
  AvailabilityOptions availability;
  ImportDatasetOptions dataset;
  ImportCrunchbaseOptions crunchbase;
  std::map<std::string, ImportMappedOptions> mapped;  // by kind
  ExportOptions exported;
  DiffOptions diff;
  ExplainOptions explain;
  CompactOptions compact;
  ProfileOptions profile;
  GapOptions gap;
  ScenarioOptions scenario;
  RankOptions rank;
  FormulaOptions formula;
  SweepOptions sweep;
  CheckClaimsOptions claims;
  MeasuresOptions measures;
  Action action;
};

// Adds a verb with what it does and examples for its help; the caller adds its flags.
CLI::App& AddVerb(CLI::App& app, Parsed& parsed, const std::string& name, const std::string& about,
                  const std::string& examples, Action action);

// Each adds verbs: questions about regions and companies; what the strategy service computes; who
// is meant; lists and sums of rounds; what others have published; one round and decisions about
// rounds, and about companies; imports; exports; what changed.
void AddQuestions(CLI::App& app, Parsed& parsed);
void AddStrategy(CLI::App& app, Parsed& parsed);
void AddMatching(CLI::App& app, Parsed& parsed);
void AddLists(CLI::App& app, Parsed& parsed);
void AddStatistics(CLI::App& app, Parsed& parsed);
void AddDecisions(CLI::App& app, Parsed& parsed);
void AddIdentity(CLI::App& app, Parsed& parsed);
void AddImports(CLI::App& app, Parsed& parsed);
void AddExports(CLI::App& app, Parsed& parsed);
void AddHistory(CLI::App& app, Parsed& parsed);
// The flags of a question for sums, as `aggregate` has them.
void AddQuestionFlags(CLI::App& verb, AggregateOptions& options);

}  // namespace steelyard::cli
