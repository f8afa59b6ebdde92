#include "gateway/cli/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "gateway/cli/session.h"
#include "gateway/cli/verbs.h"
#include "gateway/suite_status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

constexpr char kDefaultTarget[] = "127.0.0.1:7100";

using Action = std::function<int(const Session&)>;

// Everything the arguments can set, and what the chosen verb then does.
struct Parsed {
  GlobalOptions global;
  CompareOptions compare;
  CompanyOptions company;
  SearchOptions search;
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
  Action action;
};

CLI::App& AddVerb(CLI::App& app, Parsed& parsed, const std::string& name, const std::string& about,
                  const std::string& examples, Action action) {
  CLI::App& verb = *app.add_subcommand(name, about);
  verb.fallthrough();
  verb.footer(StrCat("Examples:\n", examples));
  verb.callback([&parsed, action = std::move(action)] { parsed.action = action; });
  return verb;
}

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

void AddQuestions(CLI::App& app, Parsed& parsed) {
  CLI::App& compare = AddVerb(
      app, parsed, "compare", "compare regions: totals, shares, quotients, ratios",
      "  steelyard compare US EUROPE CN --from 2015 --to 2025\n"
      "  steelyard compare US EUROPE --from 2020 --to 2025 --region EUROPE=EU27 --currency EUR\n",
      [&parsed](const Session& session) { return Compare(session, parsed.compare); });
  compare
      .add_option("regions", parsed.compare.regions,
                  "countries, region sets or aliases; the first is compared with the others")
      ->required();
  AddPeriodFlags(compare, parsed.compare.period, true);
  compare.add_option("--filter", parsed.compare.filter,
                     "only these rounds, such as 'layer = \"CHIPS\"'");
  compare.add_option("--top", parsed.compare.top, "companies in each list of the largest [5]");
  AddDefinitionFlags(compare, parsed.compare.definition);

  CLI::App& company =
      AddVerb(app, parsed, "company", "find a company by any of its names and show its rounds",
              "  steelyard company \"Laboratoires de la Forêt-Noire\"\n"
              "  steelyard company domain:bfl.ai\n",
              [&parsed](const Session& session) { return Company(session, parsed.company); });
  company.add_option("name", parsed.company.words, "name in any language, id, or scheme:value")
      ->required();
  AddDefinitionFlags(company, parsed.company.definition);

  CLI::App& search = AddVerb(
      app, parsed, "search", "complete a name: companies and regions", "  steelyard search mistr\n",
      [&parsed](const Session& session) { return Search(session, parsed.search); });
  search.add_option("text", parsed.search.words, "the beginning of a name")->required();
  search.add_option("--limit", parsed.search.limit, "most companies to show [10]");
}

// What a question for sums can say.
void AddQuestionFlags(CLI::App& verb, AggregateOptions& options) {
  verb.add_option("--by", options.by,
                  "region country year quarter month layer sector source-category stage company")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option(
          "--measures", options.measures,
          "sum count disclosed-count disclosed-share imputed-sum sum-without-largest median "
          "max mean company-count hhi concentration-ratio disagreement [sum,count]")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option("--regions", options.regions, "only rounds in these")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option("--filter", options.filter, "only these rounds; fields as for rounds");
  verb.add_option("--top", options.top, "largest companies to name in each group");
  AddPeriodFlags(verb, options.period, false);
  AddDefinitionFlags(verb, options.definition);
}

void AddLists(CLI::App& app, Parsed& parsed) {
  CLI::App& rounds = AddVerb(
      app, parsed, "rounds", "list funding rounds",
      "  steelyard rounds --company mistral-ai\n"
      "  steelyard rounds --filter 'country = \"FR\" AND year >= 2024' --order-by 'amount desc'\n",
      [&parsed](const Session& session) { return Rounds(session, parsed.rounds); });
  rounds.add_option("--company", parsed.rounds.company, "id of a company");
  rounds.add_option("--filter", parsed.rounds.filter,
                    "fields: id company country stage kind currency layer sector source_category "
                    "year announced_on sources investors amount");
  rounds.add_option("--order-by", parsed.rounds.order_by,
                    "announced_on, amount or id, each with ' desc' [announced_on desc]");
  rounds.add_option("--limit", parsed.rounds.limit, "most rounds to show")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  AddPeriodFlags(rounds, parsed.rounds.period, false);
  AddSourceFlags(rounds, parsed.rounds.sources);

  CLI::App& aggregate =
      AddVerb(app, parsed, "aggregate", "add rounds up by groups",
              "  steelyard aggregate --by region,year --regions US,EUROPE --from 2020 --to 2025\n"
              "  steelyard aggregate --by stage --measures count,median,max --scope all\n"
              "  steelyard aggregate --by year --measures sum,imputed-sum,disclosed-share\n",
              [&parsed](const Session& session) { return Aggregate(session, parsed.aggregate); });
  AddQuestionFlags(aggregate, parsed.aggregate);

  AddVerb(app, parsed, "status", "show which services answer and what they hold",
          "  steelyard status\n", [](const Session& session) { return Status(session); });
}

void AddStatistics(CLI::App& app, Parsed& parsed) {
  CLI::App& series =
      AddVerb(app, parsed, "series", "show what others have published",
              "  steelyard series ai_investment US EUROPE --from 2020\n"
              "  steelyard series population EUROPE --sum-members\n"
              "  steelyard series ai_investment US EUROPE --policy freshest/1 --losers\n"
              "  steelyard series ai_investment US --published-by 2025-06\n",
              [&parsed](const Session& session) { return Series(session, parsed.series); });
  series
      .add_option("variable", parsed.series.variable,
                  "such as ai_investment, gdp_current_usd, population")
      ->required();
  series.add_option("regions", parsed.series.regions, "countries, region sets or aliases")
      ->required();
  series.add_option("--source", parsed.series.source, "only this source");
  series.add_flag("--sum-members", parsed.series.sum_members,
                  "add up the members where nothing is published for the whole");
  series.add_option("--min-coverage", parsed.series.min_coverage,
                    "share of the members, from 0 to 1, that a sum needs at least [0]");
  series
      .add_option("--region", parsed.series.bindings,
                  "what a region word means, such as EUROPE=EU27")
      ->allow_extra_args(false);
  AddPeriodFlags(series, parsed.series.period, false);
  series.add_option("--published-by", parsed.series.published_by,
                    "what sources had published by a year, month or day");
  series.add_flag("--all-vintages", parsed.series.all_vintages,
                  "every vintage of every value, withdrawn ones too");
  AddPolicyFlags(series, parsed.series.sources);
  series.add_flag("--one-source", parsed.series.one_source,
                  "the whole table from one source, with its gaps");
  series.add_option("--explain", parsed.series.explain,
                    "derive one figure in place of the answer; --json has their ids");
  series.add_flag("--losers", parsed.series.losers,
                  "what decided, what was passed over, and the spread; with --policy or "
                  "--one-source");

  CLI::App& availability = AddVerb(
      app, parsed, "availability", "list which statistics, periods and vintages there are",
      "  steelyard availability ai_investment\n"
      "  steelyard availability --region US --source wb_gdp\n"
      "  steelyard availability --filter 'unit = \"percent\"'\n",
      [&parsed](const Session& session) { return Availability(session, parsed.availability); });
  availability.add_option("variable", parsed.availability.variable, "only this variable");
  availability.add_option("--region", parsed.availability.region,
                          "only this region, as sources name it: US, EUROPE_ATOMICO_41");
  availability.add_option("--source", parsed.availability.source, "only this source");
  availability.add_option("--filter", parsed.availability.filter,
                          "fields: variable region source unit scope price_basis vintage");
  availability.add_option("--limit", parsed.availability.limit, "most series to show")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
}

void AddDecision(CLI::App& app, Parsed& parsed, const std::string& name,
                 const std::string& description, DecisionOptions& options,
                 int (*run)(const Session&, const DecisionOptions&)) {
  CLI::App& verb = AddVerb(
      app, parsed, name, description,
      StrCat("  steelyard ", name, " acme_2024_series-a wire-4711 --reason \"same closing\"\n"),
      [&options, run](const Session& session) { return run(session, options); });
  verb.add_option("round", options.round, "the round's id")->required();
  verb.add_option("related", options.related, "the other round's id")->required();
  verb.add_option("--relation", options.relation, "same-as or included-in")->capture_default_str();
  verb.add_option("--reason", options.reason, "why; kept with the decision");
}

// One round, and decisions about rounds.
void AddDecisions(CLI::App& app, Parsed& parsed) {
  CLI::App& round =
      AddVerb(app, parsed, "round", "show what sources say of a round and which is believed",
              "  steelyard round mistral-ai_20240611_series-b\n"
              "  steelyard round mistral-ai_20240611_series-b --rule amount=median --history\n",
              [&parsed](const Session& session) { return Round(session, parsed.round); });
  round.add_option("round", parsed.round.round, "its id")->required();
  round.add_flag("--history", parsed.round.history, "also what they said before");
  AddSourceFlags(round, parsed.round.sources);

  CLI::App& duplicates =
      AddVerb(app, parsed, "duplicates", "list pairs of rounds that may be one",
              "  steelyard duplicates --company mistral-ai\n",
              [&parsed](const Session& session) { return Duplicates(session, parsed.duplicates); });
  duplicates.add_option("--company", parsed.duplicates.company, "only rounds of this company");
  duplicates.add_option("--limit", parsed.duplicates.limit, "most pairs to show")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));

  AddDecision(app, parsed, "link", "say that two rounds are one, or one part of the other",
              parsed.link, Link);
  AddDecision(app, parsed, "unlink", "say that they are not", parsed.unlink, Unlink);

  CLI::App& retract = AddVerb(
      app, parsed, "retract", "withdraw what sources say of a round",
      "  steelyard retract wire-4711 --sources wire --reason \"the article was withdrawn\"\n",
      [&parsed](const Session& session) { return Retract(session, parsed.retract); });
  retract.add_option("round", parsed.retract.round, "the round's id")->required();
  retract.add_option("--sources", parsed.retract.sources, "only these, with commas; else all")
      ->delimiter(',')
      ->allow_extra_args(false);
  retract.add_option("--reason", parsed.retract.reason, "why; kept with the retraction")
      ->required();
}

void AddMappedImport(CLI::App& import, Parsed& parsed, const std::string& kind,
                     const std::string& what, const std::string& example) {
  ImportMappedOptions& options = parsed.mapped[kind];
  options.kind = kind;
  CLI::App& verb = AddVerb(import, parsed, kind, what, example, [&options](const Session& session) {
    return ImportMapped(session, options);
  });
  verb.add_option("file", options.file, "the CSV file")->required();
  verb.add_option("--mapping", options.mapping, "JSON file that says how to read it, or a preset")
      ->required();
  verb.add_option("--source", options.source, "id of the source that asserts it")->required();
  verb.add_option("--set", options.constants, "a field's value in every row, such as unit=USD")
      ->allow_extra_args(false);
  if (kind == "rounds" || kind == "companies") {
    verb.add_flag("--match", options.match,
                  "take companies for those of the registry that bear exactly their name");
  }
  verb.add_option("--rejects", options.rejects, "CSV file for rejected rows, with reasons");
  verb.add_option("--findings", options.findings, "CSV file for every finding");
  verb.add_flag("--dry-run", options.dry_run, "report everything, write nothing");
}

void AddImports(CLI::App& app, Parsed& parsed) {
  CLI::App& import = *app.add_subcommand("import", "bring data in; all of a file or nothing");
  import.fallthrough();
  import.require_subcommand(1);
  CLI::App& dataset =
      AddVerb(import, parsed, "dataset", "a directory in the form of deploy/dataset",
              "  steelyard import dataset deploy/dataset\n",
              [&parsed](const Session& session) { return ImportDataset(session, parsed.dataset); });
  dataset.add_option("directory", parsed.dataset.directory, "the directory")->required();
  dataset.add_option("--findings", parsed.dataset.findings, "CSV file for every finding");
  AddMappedImport(
      import, parsed, "rounds", "rounds, and their companies, of any CSV file",
      "  steelyard import rounds deals.csv --mapping rounds --source press --dry-run\n");
  AddMappedImport(import, parsed, "companies", "companies of any CSV file",
                  "  steelyard import companies list.csv --mapping list.json --source press\n");
  AddMappedImport(
      import, parsed, "statistics", "published figures of any CSV file",
      "  steelyard import statistics gdp.csv --mapping world-bank --source worldbank\n");
  AddMappedImport(import, parsed, "rates", "exchange rates of any CSV file",
                  "  steelyard import rates eurofxref-hist.csv --mapping ecb-rates --source ecb\n");
  CLI::App& crunchbase =
      AddVerb(import, parsed, "crunchbase-2013", "Crunchbase's export of October 2013, as it is",
              "  steelyard import crunchbase-2013 --companies crunchbase-companies.csv --rounds "
              "crunchbase-rounds.csv\n",
              [&parsed](const Session& session) {
                return ImportCrunchbase2013(session, parsed.crunchbase);
              });
  crunchbase.add_option("--companies", parsed.crunchbase.companies, "the companies file")
      ->required();
  crunchbase.add_option("--rounds", parsed.crunchbase.rounds, "the rounds file")->required();
  crunchbase.add_option("--source", parsed.crunchbase.source, "id of the source that asserts it")
      ->capture_default_str();
  crunchbase.add_option("--findings", parsed.crunchbase.findings, "CSV file for every finding");
  crunchbase.add_flag("--dry-run", parsed.crunchbase.dry_run, "report everything, write nothing");
}

void AddExports(CLI::App& app, Parsed& parsed) {
  CLI::App& exported = *app.add_subcommand("export", "take data out, whole and exact");
  exported.fallthrough();
  exported.require_subcommand(1);
  CLI::App& rounds = AddVerb(
      exported, parsed, "rounds", "every round that matches, as CSV or Parquet",
      "  steelyard export rounds --format parquet --output rounds.parquet\n"
      "  steelyard export rounds --filter 'country = \"FR\"' --convert-to EUR > french.csv\n",
      [&parsed](const Session& session) { return Export(session, parsed.exported); });
  rounds.add_option("--format", parsed.exported.format, "csv or parquet")
      ->check(CLI::IsMember({"csv", "parquet"}))
      ->capture_default_str();
  rounds.add_option("--output", parsed.exported.output,
                    "the file; it has its name once it is whole, and is FILE.part until then");
  rounds.add_option("--filter", parsed.exported.filter, "only these rounds; fields as for rounds");
  rounds.add_option("--convert-to", parsed.exported.convert_to,
                    "ISO 4217 code: each amount also in this currency, with rate and date");
  rounds.add_option("--fx", parsed.exported.fx,
                    "transaction-date, year-average or a YYYY-MM-DD [transaction-date]");
  rounds.add_flag("--resume", parsed.exported.resume,
                  "go on with the FILE.part of a broken export");
  AddPeriodFlags(rounds, parsed.exported.period, false);
}

void AddHistory(CLI::App& app, Parsed& parsed) {
  CLI::App& diff = AddVerb(
      app, parsed, "diff", "say which figures differ between two snapshots, and why",
      "  steelyard diff --from-snapshot sy1... --to-snapshot sy1... --by country --from 2024\n",
      [&parsed](const Session& session) { return Diff(session, parsed.diff); });
  diff.add_option("--from-snapshot", parsed.diff.from, "token of the earlier state")->required();
  diff.add_option("--to-snapshot", parsed.diff.to, "token of the later state")->required();
  diff.add_option("--limit", parsed.diff.limit, "most changes to show, figures and rounds together")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  AddQuestionFlags(diff, parsed.diff.question);

  CLI::App& explain = AddVerb(
      app, parsed, "explain", "derive a figure: formula, rounds, rates, what sources say",
      "  steelyard explain sum/US/2015..2025 --by region --regions US --from 2015 --to 2025\n",
      [&parsed](const Session& session) { return ExplainFigure(session, parsed.explain); });
  AddExplainFlags(explain, parsed.explain);
  AddQuestionFlags(explain, parsed.explain.question);

  CLI::App& compact =
      AddVerb(app, parsed, "compact", "forget old states of funding, for good; for administrators",
              "  steelyard compact --keep-since 2026-01-01 --dry-run\n"
              "  steelyard compact --before 120 --yes\n",
              [&parsed](const Session& session) { return Compact(session, parsed.compact); });
  CLI::Option_group& keep = *compact.add_option_group("what stays");
  keep.add_option("--keep-since", parsed.compact.keep_since,
                  "the state of this day or time, such as 2026-01-01, and every later one");
  keep.add_option("--before", parsed.compact.before_revision,
                  "this revision and every later one; those before it go")
      ->check(CLI::Range(int64_t{1}, INT64_MAX));
  keep.require_option(1);
  compact.add_flag("--dry-run", parsed.compact.dry_run, "say what would go, delete nothing");
  compact.add_flag("--yes", parsed.compact.yes, "delete; it cannot be undone");
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

int Distance(const std::string& a, const std::string& b) {
  std::vector<int> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

// The verb that a mistyped first word most likely meant; "" when the first word is a verb or none
// is near.
std::string Suggestion(const CLI::App& app, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("--") && word.find('=') == std::string::npos && word != "--json")
      ++i;  // its value
    if (word.starts_with("-")) continue;
    std::string best;
    int nearest = 4;
    for (const CLI::App* verb : app.get_subcommands(nullptr)) {
      const int distance = Distance(word, verb->get_name());
      if (distance == 0) return "";
      if (distance < nearest) {
        nearest = distance;
        best = verb->get_name();
      }
    }
    return best.empty() ? "" : StrCat("there is no verb '", word, "'; did you mean '", best, "'?");
  }
  return "";
}

}  // namespace

int Main(int argc, char** argv, std::ostream& out, std::ostream& err) {
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
  AddLists(app, parsed);
  AddDecisions(app, parsed);
  AddStatistics(app, parsed);
  AddImports(app, parsed);
  AddExports(app, parsed);
  AddHistory(app, parsed);
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
