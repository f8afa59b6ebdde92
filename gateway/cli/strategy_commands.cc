// The verbs that ask the strategy service.

#include "CLI/CLI.hpp"
#include "gateway/cli/commands.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

constexpr char kFilter[] = "only these rounds, such as 'layer = \"CHIPS\"'";
constexpr char kExplain[] = "derive one figure in place of the answer; --json has their ids";
constexpr char kSeed[] = "of the random numbers; the same seed gives the same answer [0]";
constexpr char kAxis[] =
    "AXIS:CHOICE,CHOICE to try: region, scope, prices, layer-attribution (primary, equal-split, "
    "full), attribution (recipient-headquarters, investor-origin, legal-domicile, "
    "founding-country), source-policy, date-basis or fx; any number of times [what makes a "
    "difference]";

void AddSeed(CLI::App& verb, uint64_t& seed) {
  // The library would take -1 for the largest number there is.
  const auto check = [](const std::string& word) {
    const bool digits = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
    return digits ? std::string() : StrCat("'", word, "' is no whole number from 0");
  };
  verb.add_option("--seed", seed, kSeed)->check(check);
}

void AddProfile(CLI::App& app, Parsed& parsed) {
  ProfileOptions& options = parsed.profile;
  CLI::App& verb = AddVerb(
      app, parsed, "profile", "one region: its scale, its efficiency, its ambitions",
      "  steelyard profile EUROPE --from 2015 --to 2025\n"
      "  steelyard profile EUROPE --from 2020 --to 2025 --region EUROPE=EU27 --currency EUR\n",
      [&options](const Session& session) { return Profile(session, options); });
  verb.add_option("region", options.region, "a country, a region set or an alias")->required();
  AddPeriodFlags(verb, options.period, true);
  verb.add_option("--filter", options.filter, kFilter);
  verb.add_option("--top", options.top, "companies in the list of the largest [5]");
  AddDefinitionFlags(verb, options.definition);
}

void AddGap(CLI::App& app, Parsed& parsed) {
  GapOptions& options = parsed.gap;
  CLI::App& verb =
      AddVerb(app, parsed, "gap", "what the gap between two regions is made of, and when it closes",
              "  steelyard gap US EUROPE --from 2015 --to 2025\n"
              "  steelyard gap US EUROPE --from 2015 --to 2025 --target-ratio 2 --target-year "
              "2035\n"
              "  steelyard gap US EUROPE --from 2015 --to 2025 --explain "
              "catch_up_time/US:EUROPE/2015..2025\n",
              [&options](const Session& session) { return Gap(session, options); });
  verb.add_option("leader", options.leader, "the region ahead")->required();
  verb.add_option("follower", options.follower, "the other one")->required();
  AddPeriodFlags(verb, options.period, true);
  verb.add_option("--filter", options.filter, kFilter);
  verb.add_option("--target-ratio", options.target_ratio,
                  "leader over follower at which the gap counts as closed [1]");
  verb.add_option("--target-year", options.target_year,
                  "by when it should be [ten years after the period]");
  verb.add_option("--paths", options.paths, "random paths of the time it takes [10000]");
  AddSeed(verb, options.seed);
  verb.add_option("--explain", options.explain, kExplain);
  AddDefinitionFlags(verb, options.definition);
}

void AddScenario(CLI::App& app, Parsed& parsed) {
  ScenarioOptions& options = parsed.scenario;
  CLI::App& verb = AddVerb(
      app, parsed, "scenario", "how regions may go on, under levers and towards targets",
      "  steelyard scenario US EUROPE --from 2015 --to 2025 --until 2035\n"
      "  steelyard scenario US EUROPE --from 2015 --to 2025 --until 2035 --lever \"EUROPE fund "
      "20bn from 2027\" --target \"US/EUROPE <= 5 by 2035\"\n"
      "  steelyard scenario US CN --from 2015 --to 2025 --until 2030 --prior \"CN drift 0.1 "
      "volatility 0.4\" --lever \"US shock -0.5 in 2028\"\n",
      [&options](const Session& session) { return Scenario(session, options); });
  verb.add_option("regions", options.regions,
                  "countries, region sets or aliases; the first is compared with the others")
      ->required();
  AddPeriodFlags(verb, options.history, true);
  verb.add_option("--until", options.until, "last year projected")->required();
  verb.add_option("--filter", options.filter, kFilter);
  verb.add_option("--paths", options.paths, "random paths [10000]");
  AddSeed(verb, options.seed);
  verb.add_option(
          "--lever", options.levers,
          "'REGION fund AMOUNT', 'REGION infrastructure SHIFT', 'REGION retain SHARE' or "
          "'REGION growth PER_YEAR', each with ' from YEAR', or 'REGION shock LOG in YEAR'; "
          "any number of times")
      ->allow_extra_args(false);
  verb.add_option("--target", options.targets,
                  "'REGION/REGION <= RATIO by YEAR'; any number of times. The gateway's --target "
                  "stands before the verb")
      ->allow_extra_args(false);
  verb.add_option(
          "--prior", options.priors,
          "'REGION drift NUMBER volatility NUMBER' in place of history; any number of times")
      ->allow_extra_args(false);
  verb.add_option("--explain", options.explain, kExplain);
  AddDefinitionFlags(verb, options.definition);
}

void AddRankMethod(CLI::App& verb, RankOptions& options) {
  verb.add_option("--normalisation", options.normalisation,
                  "min-max, z-score, rank or distance-to-leader [min-max]");
  verb.add_option("--aggregation", options.aggregation,
                  "arithmetic, geometric or outranking [arithmetic]");
  verb.add_option("--least-share", options.least_share,
                  "share of the indicators that a region must have to be ranked [0.65]");
  verb.add_option("--draws", options.draws, "composites drawn for the intervals of ranks [2000]");
  AddSeed(verb, options.seed);
  verb.add_option("--weight-concentration", options.weight_concentration,
                  "how near drawn weights are to the given ones, 1 to 10000 [20]");
  verb.add_flag("--fix-normalisation", options.fix_normalisation,
                "the same normalisation in all draws");
  verb.add_flag("--fix-aggregation", options.fix_aggregation, "the same aggregation in all draws");
  verb.add_option("--alternative", options.alternatives,
                  "a definition that draws also choose from: REGION_WORD=REGION_SET or "
                  "policy=POLICY, with commas; any number of times")
      ->allow_extra_args(false);
}

void AddRank(CLI::App& app, Parsed& parsed) {
  RankOptions& options = parsed.rank;
  CLI::App& verb = AddVerb(
      app, parsed, "rank", "rank regions by a composite of indicators, and how sure each rank is",
      "  steelyard rank US EUROPE CN GB IL --from 2015 --to 2025\n"
      "  steelyard rank US EUROPE CN --from 2015 --to 2025 --indicator per_capita:0.7 --indicator "
      "company_concentration:0.3:lower\n"
      "  steelyard rank US EUROPE --from 2015 --to 2025 --alternative EUROPE=EU27\n",
      [&options](const Session& session) { return Rank(session, options); });
  verb.add_option("regions", options.regions, "countries, region sets or aliases")->required();
  AddPeriodFlags(verb, options.period, true);
  verb.add_option("--filter", options.filter, kFilter);
  verb.add_option("--indicator", options.indicators,
                  "ID[:WEIGHT[:lower]]; weights sum to 1, lower: smaller is better; steelyard "
                  "measures lists the ids; any number of times")
      ->allow_extra_args(false);
  verb.add_option("--goalposts", options.goalposts,
                  "ID=LOWER,UPPER: fixed ends of min-max; any number of times")
      ->allow_extra_args(false);
  AddRankMethod(verb, options);
  verb.add_option("--explain", options.explain, kExplain);
  AddDefinitionFlags(verb, options.definition);
}

void AddFormulas(CLI::App& app, Parsed& parsed) {
  FormulaOptions& formula = parsed.formula;
  CLI::App& evaluate =
      AddVerb(app, parsed, "formula", "the value of a formula, step by step",
              "  steelyard formula \"funding[US, 2025] / funding[EUROPE, 2025]\"\n"
              "  steelyard formula \"ai_investment[US, 2024] > 10 * ai_investment[CN, 2024]\"\n",
              [&formula](const Session& session) { return Formula(session, formula); });
  evaluate.add_option("text", formula.words, "the formula, as in docs/formulas.md")->required();
  evaluate.add_flag("--explain", formula.explain,
                    "down to rounds and what sources say, in place of the answer");
  AddDefinitionFlags(evaluate, formula.definition);

  SweepOptions& sweep = parsed.sweep;
  CLI::App& swept =
      AddVerb(app, parsed, "sweep", "how a formula's value depends on the definition",
              "  steelyard sweep \"funding[US, 2025] / funding[EUROPE, 2025]\"\n"
              "  steelyard sweep \"funding[US, 2025] / funding[EUROPE, 2025]\" --axis "
              "region:EUROPE=EU27,EUROPE=EU27_UK --axis scope:EQUITY,EQUITY+DEBT\n",
              [&sweep](const Session& session) { return Sweep(session, sweep); });
  swept.add_option("text", sweep.words, "the formula, as in docs/formulas.md")->required();
  swept.add_option("--axis", sweep.axes, kAxis)->allow_extra_args(false);
  AddDefinitionFlags(swept, sweep.definition);
}

void AddClaims(CLI::App& app, Parsed& parsed) {
  CLI::App& claim = *app.add_subcommand("claim", "what becomes of claims that were published");
  claim.fallthrough();
  claim.require_subcommand(1);
  AddVerb(claim, parsed, "list", "the claims that the suite ships with", "  steelyard claim list\n",
          [](const Session& session) { return ListClaims(session); });

  CheckClaimsOptions& options = parsed.claims;
  CLI::App& check = AddVerb(
      claim, parsed, "check", "supported, contradicted or open, under which definitions",
      "  steelyard claim check\n"
      "  steelyard claim check seed-c02\n"
      "  steelyard claim check --text \"Ten times Europe\" --formula \"funding[US, 2025] > 10 * "
      "funding[EUROPE, 2025]\"\n"
      "  steelyard claim check --jsonld > claims.jsonld\n",
      [&options](const Session& session) { return CheckClaims(session, options); });
  check.add_option("ids", options.ids, "claims of the list; none, and no --formula: all");
  check.add_option("--text", options.text, "what a claim of your own says");
  check.add_option("--formula", options.formula, "the condition that is true if it is");
  check.add_option("--said-by", options.said_by,
                   "id of the source that made it; its own figures are no evidence");
  check.add_option("--axis", options.axes, kAxis)->allow_extra_args(false);
  check.add_flag("--verbose", options.verbose, "the evidence of each; of a single one as it is");
  check.add_flag("--jsonld", options.json_ld, "schema.org ClaimReview in place of a table");
  AddDefinitionFlags(check, options.definition);
}

}  // namespace

void AddStrategy(CLI::App& app, Parsed& parsed) {
  AddProfile(app, parsed);
  AddGap(app, parsed);
  AddScenario(app, parsed);
  AddRank(app, parsed);
  AddFormulas(app, parsed);
  AddClaims(app, parsed);
  MeasuresOptions& options = parsed.measures;
  CLI::App& measures =
      AddVerb(app, parsed, "measures", "the formulas behind the figures, with their sources",
              "  steelyard measures\n"
              "  steelyard measures location_quotient\n",
              [&options](const Session& session) { return ShowMeasures(session, options); });
  measures.add_option("id", options.id, "one of them, in full");
}

}  // namespace steelyard::cli
