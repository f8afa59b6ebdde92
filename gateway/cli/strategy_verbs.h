#pragma once

// What the client can ask the strategy service beside comparisons. Each verb asks through the
// gateway, prints tables or, with --json, the answer itself, and returns an exit code.

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/cli/definition_options.h"
#include "gateway/cli/session.h"

namespace steelyard::cli {

struct ProfileOptions {
  std::string region;
  PeriodOptions period;
  std::string filter;
  int top = 0;
  DefinitionOptions definition;
};
int Profile(const Session& session, const ProfileOptions& options);

struct GapOptions {
  std::string leader;
  std::string follower;
  PeriodOptions period;
  std::string filter;
  double target_ratio = 0;  // 0: the server's
  int target_year = 0;
  int paths = 0;
  uint64_t seed = 0;
  std::string explain;  // id of one figure, derived in place of the answer
  DefinitionOptions definition;
};
int Gap(const Session& session, const GapOptions& options);

struct ScenarioOptions {
  std::vector<std::string> regions;
  PeriodOptions history;
  std::string filter;
  int until = 0;
  int paths = 0;
  uint64_t seed = 0;
  std::vector<std::string> levers;   // as in scenario_words.h
  std::vector<std::string> targets;  // likewise
  std::vector<std::string> priors;   // likewise
  std::string explain;               // id of one figure, derived in place of the answer
  DefinitionOptions definition;
};
// Shows how far it is on stderr when that is a terminal.
int Scenario(const Session& session, const ScenarioOptions& options);

struct RankOptions {
  std::vector<std::string> regions;
  PeriodOptions period;
  std::string filter;
  std::vector<std::string> indicators;  // as in choice_words.h
  std::vector<std::string> goalposts;   // likewise
  std::string normalisation;            // "min-max", "z-score", "rank", "distance-to-leader"
  std::string aggregation;              // "arithmetic", "geometric", "outranking"
  double least_share = 0;
  int draws = 0;
  uint64_t seed = 0;
  double weight_concentration = 0;
  bool fix_normalisation = false;
  bool fix_aggregation = false;
  std::vector<std::string> alternatives;  // as in choice_words.h
  std::string explain;                    // id of one figure, derived in place of the answer
  DefinitionOptions definition;
};
int Rank(const Session& session, const RankOptions& options);

struct FormulaOptions {
  std::vector<std::string> words;  // of the formula; joined by spaces
  bool explain = false;            // derived in place of the answer
  DefinitionOptions definition;
};
int Formula(const Session& session, const FormulaOptions& options);

struct SweepOptions {
  std::vector<std::string> words;  // likewise
  std::vector<std::string> axes;   // as in choice_words.h
  DefinitionOptions definition;
};
int Sweep(const Session& session, const SweepOptions& options);

// The claims that the suite ships with.
int ListClaims(const Session& session);

struct CheckClaimsOptions {
  std::vector<std::string> ids;  // none, and no text or formula: all shipped ones
  std::string text;              // of one's own claim
  std::string formula;           // likewise
  std::string said_by;           // id of the source that made it
  std::vector<std::string> axes;
  bool verbose = false;
  bool json_ld = false;
  DefinitionOptions definition;
};
int CheckClaims(const Session& session, const CheckClaimsOptions& options);

struct MeasuresOptions {
  std::string id;  // with or without its version; empty: all
};
int ShowMeasures(const Session& session, const MeasuresOptions& options);

}  // namespace steelyard::cli
