// The verbs that ask.

#include "CLI/CLI.hpp"
#include "gateway/cli/commands.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {

CLI::App& AddVerb(CLI::App& app, Parsed& parsed, const std::string& name, const std::string& about,
                  const std::string& examples, Action action) {
  CLI::App& verb = *app.add_subcommand(name, about);
  verb.fallthrough();
  verb.footer(StrCat("Examples:\n", examples));
  verb.callback([&parsed, action = std::move(action)] { parsed.action = action; });
  return verb;
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
  compare.add_option("--explain", parsed.compare.explain,
                     "derive one figure in place of the answer; --json has their ids");
  AddDefinitionFlags(compare, parsed.compare.definition);

  CLI::App& company =
      AddVerb(app, parsed, "company", "find a company by any of its names and show its rounds",
              "  steelyard company \"Laboratoires de la Forêt-Noire\"\n"
              "  steelyard company domain:bfl.ai\n"
              "  steelyard company \"Mistral AI\" --assertions\n",
              [&parsed](const Session& session) { return Company(session, parsed.company); });
  company.add_option("name", parsed.company.words, "name in any language, id, or scheme:value")
      ->required();
  company.add_flag(
      "--assertions", parsed.company.assertions,
      "show what each source says of it and which is believed, in place of its rounds");
  AddDefinitionFlags(company, parsed.company.definition);

  CLI::App& search = AddVerb(
      app, parsed, "search", "complete a name: companies and regions", "  steelyard search mistr\n",
      [&parsed](const Session& session) { return Search(session, parsed.search); });
  search.add_option("text", parsed.search.words, "the beginning of a name")->required();
  search.add_option("--limit", parsed.search.limit, "most companies to show [10]");
}

void AddMatching(CLI::App& app, Parsed& parsed) {
  CLI::App& match = AddVerb(
      app, parsed, "match", "say which company is meant: of one name, or of each row of a file",
      "  steelyard match --name \"Laboratoires de la Forêt-Noire\"\n"
      "  steelyard match --name \"DeepL SE\" --country DE --id domain:deepl.com\n"
      "  steelyard match companies.csv --column name=Company --output matched.csv\n",
      [&parsed](const Session& session) { return Match(session, parsed.match); });
  MatchOptions& options = parsed.match;
  match.add_option("file", options.file, "CSV with a header; its rows are written back");
  match.add_option("--name", options.name, "name of one company, in any language");
  match.add_option("--country", options.country, "country of its headquarters, such as DE");
  match.add_option("--city", options.city, "city of its headquarters");
  match.add_option("--website", options.website, "its website or domain");
  match.add_option("--id", options.identifiers, "scheme:value, such as lei:529900T8BM49AURSDO55")
      ->allow_extra_args(false);
  match
      .add_option("--column", options.columns,
                  "field=column: which column of the file is the name, country, city, website, "
                  "founded, or an identifier's scheme [guessed]")
      ->allow_extra_args(false);
  match.add_option("--output", options.output, "file to write [the standard output]");
  match.add_option("--threshold", options.threshold, "score from which on it is a MATCH [0.9]")
      ->check(CLI::Range(0.001, 0.999));
  match.add_option("--limit", options.limit, "most candidates to show [5]")
      ->check(CLI::Range(1, 50));
}

// What a question for sums can say.
void AddQuestionFlags(CLI::App& verb, AggregateOptions& options) {
  verb.add_option("--by", options.by,
                  "region country year quarter month layer sector source-category stage company "
                  "investor investor-country investor-kind")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option(
          "--measures", options.measures,
          "sum count disclosed-count disclosed-share imputed-sum sum-without-largest "
          "mega-round-sum median max mean company-count hhi concentration-ratio disagreement "
          "[sum,count]")
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

}  // namespace steelyard::cli
