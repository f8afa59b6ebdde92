// The verbs that decide, import, export and compare states.

#include "CLI/CLI.hpp"
#include "gateway/cli/commands.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {

namespace {

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

CLI::App& AddIdentityVerb(CLI::App& app, Parsed& parsed, const std::string& name,
                          const std::string& about, const std::string& examples,
                          IdentityOptions& options,
                          int (*run)(const Session&, const IdentityOptions&)) {
  CLI::App& verb =
      AddVerb(app, parsed, name, about, examples,
              [&options, run](const Session& session) { return run(session, options); });
  verb.add_option("company", options.company, "the company's id")->required();
  verb.add_option("--source", options.source, "who says so, the id of a source");
  verb.add_option("--reason", options.reason, "why; kept with the decision");
  return verb;
}

}  // namespace

// Decisions about companies.
void AddIdentity(CLI::App& app, Parsed& parsed) {
  CLI::App& review =
      AddVerb(app, parsed, "review", "list pairs of companies that look like one",
              "  steelyard review\n  steelyard review deepl\n",
              [&parsed](const Session& session) { return Review(session, parsed.review); });
  review.add_option("company", parsed.review.company,
                    "only what looks like this one, in spelling and language as well");
  review.add_option("--limit", parsed.review.limit, "most pairs to show")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  AddIdentityVerb(app, parsed, "merge", "say that companies are one; their ids lead to the first",
                  "  steelyard merge deepl cb-deepl --reason \"same website\"\n", parsed.merge,
                  Merge)
      .add_option("others", parsed.merge.others, "the ids that are part of it")
      ->required();
  AddIdentityVerb(app, parsed, "split", "say that a company that was merged is one of its own",
                  "  steelyard split cb-deepl --reason \"another firm\"\n", parsed.split, Split);
  CLI::App& distinguish =
      AddIdentityVerb(app, parsed, "distinguish", "say that two companies are two, and stay two",
                      "  steelyard distinguish deepl deep --reason \"another firm\"\n",
                      parsed.distinguish, Distinguish);
  distinguish.add_option("other", parsed.distinguish.others, "the other company's id")
      ->required()
      ->expected(1);
  distinguish.add_flag("--withdraw", parsed.distinguish.withdraw, "take that back");
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
      app, parsed, "retract", "withdraw what sources say of a round or a company",
      "  steelyard retract wire-4711 --sources wire --reason \"the article was withdrawn\"\n"
      "  steelyard retract companies/deepl --sources list --reason \"another firm\"\n",
      [&parsed](const Session& session) { return Retract(session, parsed.retract); });
  retract
      .add_option("subject", parsed.retract.subject,
                  "the round's id, or that of a company as companies/ID")
      ->required();
  retract
      .add_option("--sources", parsed.retract.sources,
                  "only these, with commas; of a round all unless given")
      ->delimiter(',')
      ->allow_extra_args(false);
  retract.add_option("--reason", parsed.retract.reason, "why; kept with the retraction")
      ->required();
}

namespace {

void AddMappedImport(CLI::App& import, Parsed& parsed, const std::string& kind,
                     const std::string& what, const std::string& example) {
  ImportMappedOptions& options = parsed.mapped[kind];
  options.kind = kind;
  CLI::App& verb = AddVerb(import, parsed, kind, what, example, [&options](const Session& session) {
    return ImportMapped(session, options);
  });
  const bool companies = kind == "companies";
  verb.add_option("file", options.files,
                  companies
                      ? "the file; of lists with a preset of their own several, or a directory"
                      : "the CSV file")
      ->required()
      ->expected(companies ? -1 : 1);  // -1: one or more
  verb.add_option("--mapping", options.mapping, "JSON file that says how to read it, or a preset")
      ->required();
  verb.add_option("--source", options.source, "id of the source that asserts it")->required();
  verb.add_option("--set", options.constants, "a field's value in every row, such as unit=USD")
      ->allow_extra_args(false);
  if (kind == "rounds" || companies) {
    verb.add_flag("--match", options.match,
                  "take companies for those of the registry that bear exactly their name");
  }
  verb.add_option("--rejects", options.rejects, "CSV file for rejected rows, with reasons");
  verb.add_option("--findings", options.findings, "CSV file for every finding");
  verb.add_flag("--dry-run", options.dry_run, "report everything, write nothing");
}

}  // namespace

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
  AddMappedImport(
      import, parsed, "companies", "companies of any CSV file, and of known lists",
      "  steelyard import companies list.csv --mapping list.json --source press\n"
      "  steelyard import companies lei2.csv --mapping gleif-lei2-csv --source gleif\n"
      "  steelyard import companies data/brands --mapping name-suggestion-index --source "
      "nsi\n");
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

}  // namespace steelyard::cli
