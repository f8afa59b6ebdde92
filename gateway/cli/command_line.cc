#include "gateway/cli/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "gateway/cli/commands.h"
#include "gateway/cli/migrate_verb.h"
#include "gateway/suite_status.h"
#include "services/common/text/nearest.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

constexpr char kDefaultTarget[] = "127.0.0.1:7100";

void AddGlobalFlags(CLI::App& app, GlobalOptions& options) {
  options.target = kDefaultTarget;
  app.add_option("--target", options.target, "HOST:PORT of the gateway")
      ->envname("STEELYARD_TARGET")
      ->capture_default_str();
  app.add_flag("--json", options.json, "print the answer as JSON, exact and complete");
  app.add_option("--timeout", options.timeout_seconds, "seconds to wait for an answer")
      ->check(CLI::Range(0.001, 86400.0))
      ->capture_default_str();
  app.add_option("--snapshot", options.snapshot,
                 "token of an earlier answer: the same question gets the same bytes");
  app.add_option("--as-of", options.as_of, "the state of a time, such as 2026-11-23T10:00:00Z");
}

// What is printed for a command line that cannot be taken.
std::string Explain(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* at = app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  std::string verbs;
  for (const CLI::App* verb : at->get_subcommands(nullptr)) {
    StrAppend(&verbs, verbs.empty() ? "" : ", ", verb->get_name());
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr || verbs.empty()) {
    return StrCat("steelyard: ", error.what(), "; --help shows what is allowed\n");
  }
  return StrCat("steelyard: say what to ", at == app ? "do" : at->get_name(), ": ", verbs,
                "; --help explains them\n");
}

// Between a mistyped verb and the one that was meant.
constexpr int kMostEdits = 3;

// The verb that a mistyped first word most likely meant; "" when the first word is a verb or none
// is near.
std::string Suggestion(const CLI::App& app, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("--") && word.find('=') == std::string::npos && word != "--json")
      ++i;  // its value
    if (word.starts_with("-")) continue;
    std::vector<std::string_view> verbs;
    for (const CLI::App* verb : app.get_subcommands(nullptr)) verbs.push_back(verb->get_name());
    const std::string_view best = text::Nearest(word, verbs, kMostEdits);
    if (best == word) return "";
    return best.empty() ? "" : StrCat("there is no verb '", word, "'; did you mean '", best, "'?");
  }
  return "";
}

}  // namespace

int Main(int argc, char** argv, std::ostream& out, std::ostream& err) {
  if (IsMigrate(argc, argv)) return Migrate(argv, err);
  Parsed parsed;
  CLI::App app("Weighs AI capital: asks a Steelyard gateway.", "steelyard");
  app.set_version_flag("--version", StrCat("steelyard ", gateway::kVersion));
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  steelyard compare US EUROPE CN --from 2015 --to 2025\n"
      "  steelyard company \"Laboratoires de la Forêt-Noire\"\n"
      "  steelyard aggregate --by layer --regions EUROPE --top 3\n"
      "Exit codes: 0 answered, 1 refused by the server, 2 wrong usage, 3 no answer.\n"
      "Every verb has its own --help.");
  app.failure_message(Explain);
  AddGlobalFlags(app, parsed.global);
  AddQuestions(app, parsed);
  AddStrategy(app, parsed);
  AddMatching(app, parsed);
  AddLists(app, parsed);
  AddDecisions(app, parsed);
  AddIdentity(app, parsed);
  AddStatistics(app, parsed);
  AddImports(app, parsed);
  AddExports(app, parsed);
  AddHistory(app, parsed);
  // For the list of verbs; see IsMigrate.
  AddVerb(
      app, parsed, "migrate", "move the stores to another database, with their history",
      "  steelyard migrate --from data --to postgres.json\n", [&err](const Session&) {
        err << "steelyard: the verb migrate asks no gateway: it comes first, its flags follow\n";
        return kWrongUsage;
      });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::string suggestion = error.get_exit_code() == 0 ? "" : Suggestion(app, argc, argv);
    if (!suggestion.empty()) {
      err << "steelyard: " << suggestion << " steelyard --help lists all\n";
      return kWrongUsage;
    }
    return app.exit(error, out, err) == 0 ? kOk : kWrongUsage;
  }
  return parsed.action(Session(parsed.global, out, err));
}

}  // namespace steelyard::cli
