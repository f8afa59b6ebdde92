#include "tests/contract/aggregate_paths.h"

#include <algorithm>
#include <array>
#include <utility>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "services/funding/aggregate_rounds.h"
#include "services/funding/reference/sql_reference_store.h"
#include "services/funding/schema.h"
#include "services/funding/sql_store.h"
#include "services/funding/validate.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

using funding::Round;

const Context& Now() {
  static const auto& context = *new Context(Context::Background());
  return context;
}

constexpr std::array<const char*, 6> kCountries = {"US", "FR", "GB", "DE", "CN", ""};
constexpr std::array<const char*, 4> kLayers = {"CHIPS", "CLOUD", "MODELS", ""};
constexpr std::array<const char*, 3> kCurrencies = {"USD", "EUR", "JPY"};
constexpr std::array<const char*, 3> kSources = {"press", "wire", "atlas"};

void ImportReference(FundingWorld& world, funding::StagedReference reference) {
  static int imports = 0;
  funding::StagedImport staged;
  staged.reference = std::move(reference);
  EXPECT_OK(world.rounds->Import(Now(), staged, StrCat("reference", ++imports), /*dry_run=*/false,
                                 [](const auto&) { return std::string("report"); }));
}

funding::PublishedValue Index(const std::string& region, int year, int value) {
  return {.id = StrCat("cpi-", region, year),
          .variable = "cpi_index",
          .region = region,
          .period = StrCat(year),
          .value = StrCat(value),
          .facet = {.source = "bls", .unit = "index", .scope = "", .price_basis = ""},
          .note = ""};
}

// Comparisons of every field that columns have, joined.
std::string DrawFilter(std::mt19937& random) {
  constexpr std::array<const char*, 24> kTerms = {"country = FR",
                                                  "country != US",
                                                  "country = ''",
                                                  "layer != CLOUD",
                                                  "layer = C*",
                                                  "layer != '*L*D'",
                                                  "sector != s1",
                                                  "source_category = k2",
                                                  "currency = USD",
                                                  "currency != EUR",
                                                  "sources: press",
                                                  "sources: pres",
                                                  "stage = SEED",
                                                  "stage != SEED",
                                                  "kind != EQUITY",
                                                  "year > 2021",
                                                  "year != 2022",
                                                  "announced_on >= 2020-06",
                                                  "announced_on < 2022-03-04",
                                                  "announced_on = 2021",
                                                  "amount > 100000.5",
                                                  "amount != 10000",
                                                  "company = 'c1*'",
                                                  "company != c2"};
  const auto below = [&](size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random);
  };
  std::string filter;
  const size_t count = 1 + below(3);
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) filter += below(2) == 0 ? " AND " : " OR ";
    if (below(4) == 0) filter += "NOT ";
    filter += kTerms[below(kTerms.size())];
  }
  return filter;
}

}  // namespace

FundingWorld::FundingWorld(const SqlDriver& engine) {
  auto opened = engine.open(directory);
  EXPECT_OK(opened);
  database = *std::move(opened);
  auto of =
      ledger::Ledger::Open(*database, clock, ledger::Kind::kFunding, funding::FundingMigrations());
  EXPECT_OK(of);
  ledger = *std::move(of);
  pool = std::make_unique<sql::Pool>(*database, 4);
  rounds = funding::MakeSqlRoundStore(*pool, *ledger);
  reference = funding::MakeSqlReferenceStore(*pool, *ledger);
}

void Writer::Begin() {
  funding::StagedReference reference;
  for (int year = 2019; year <= 2024; ++year) {
    reference.observations.push_back(Index("US", year, 100 + year - 2019));
  }
  const int32_t brexit = PartialDate{2020, 2, 1}.ToDays();
  const int32_t within = PartialDate{2021, 6, 15}.ToDays();
  reference.region_sets = {
      {.id = "EU",
       .version = "1",
       .members = {{.country = "DE"}, {.country = "FR"}, {.country = "GB", .until = brexit}}},
      {.id = "CLUB",
       .version = "1",
       .members = {{.country = "CN", .from = within}, {.country = "US", .until = within}}}};
  ImportReference(world_, std::move(reference));
  AddRates(2020);
  MoveCompanies(10);
  Upsert(40);
}

void Writer::CommitSomething() {
  switch (Below(7)) {
    case 6:
      return MergeOrSplit();
    case 0:
      return MoveCompanies(1 + Below(3));
    case 1:
      return Retract();
    case 2:
      return AddRates(2019 + Below(6));
    default:
      return Upsert(1 + Below(12));
  }
}

PartialDate Writer::DrawDate() {
  PartialDate date{.year = 2019 + Below(6)};
  if (Below(8) == 0) return date;
  date.month = 1 + Below(12);
  if (Below(5) == 0) return date;
  date.day = 1 + Below(28);
  if (Below(6) == 0) date = date.LastDay();
  return date;
}

Round Writer::DrawRound() {
  Round round;
  round.id = StrCat("r", Below(90));
  round.company = StrCat("c", Below(14));
  round.announced = DrawDate();
  if (Below(3) == 0) round.closed = DrawDate();
  round.stage = Below(2) == 0 ? funding::v1::STAGE_SEED : funding::v1::STAGE_SERIES_A;
  round.kind = Below(4) == 0 ? common::v1::AMOUNT_KIND_DEBT : common::v1::AMOUNT_KIND_EQUITY;
  if (Below(3) != 0) {
    const int64_t steps = Below(50);
    round.amount = Money{.minor_units = 1'000'000 + steps * 777'777,
                         .currency = kCurrencies[static_cast<size_t>(Below(3))]};
    // Some are mega-rounds, or nearly.
    if (steps % 5 == 0) round.amount->minor_units *= 2'000;
  }
  round.sources = {kSources[static_cast<size_t>(Below(3))]};
  if (Below(6) == 0) round.included_in = StrCat("w", Below(4));
  return round;
}

void Writer::Upsert(int count) {
  std::vector<Round> rounds;
  for (int i = 0; i < count; ++i) {
    Round round = DrawRound();
    // Some are wholes that others are included in.
    if (Below(8) == 0) {
      round.id = StrCat("w", Below(4));
      round.included_in.clear();
    }
    const auto same = [&](const Round& other) { return other.id == round.id; };
    if (std::none_of(rounds.begin(), rounds.end(), same)) rounds.push_back(std::move(round));
  }
  // What leads back to itself is refused; nothing is written then.
  world_.rounds->Upsert(Now(), {.rounds = rounds, .request_id = "", .digest = ""})
      .status()
      .IgnoreError();
}

void Writer::Retract() {
  std::vector<std::string> sources;
  const std::string id = Below(3) == 0 ? StrCat("w", Below(4)) : StrCat("r", Below(90));
  world_.rounds->Retract(Now(), {.round = id, .sources = {}, .reason = "test"}, sources)
      .status()
      .IgnoreError();
}

funding::CompanyFacts Writer::DrawCompany(int number) {
  return {.id = StrCat("c", number),
          .display_name = StrCat("Company ", Below(100)),
          .country = kCountries[static_cast<size_t>(Below(6))],
          .layers = {kLayers[static_cast<size_t>(Below(4))]},
          .sectors = {StrCat("s", Below(2))},
          .source_category = StrCat("k", Below(3)),
          .merged = {}};
}

// Two companies that are otherwise not known to the registry come and go.
void Writer::MergeOrSplit() {
  funding::CompanyFacts company = DrawCompany(Below(3) == 0 ? 12 + Below(2) : Below(12));
  for (const char* merged : {"c12", "c13"}) {
    if (company.id.size() == 2 && Below(2) == 0) company.merged.emplace_back(merged);
  }
  EXPECT_OK(world_.rounds->ApplyCompanies(Now(), {company}, ++registry_revision_));
}

void Writer::MoveCompanies(int count) {
  std::vector<funding::CompanyFacts> companies;
  for (int i = 0; i < count; ++i) {
    funding::CompanyFacts company = DrawCompany((i + Below(2) * 5) % 12);
    const auto same = [&](const auto& other) { return other.id == company.id; };
    if (std::none_of(companies.begin(), companies.end(), same)) {
      companies.push_back(std::move(company));
    }
  }
  EXPECT_OK(world_.rounds->ApplyCompanies(Now(), companies, ++registry_revision_));
}

void Writer::AddRates(int year) {
  funding::StagedReference reference;
  for (int month = 1; month <= 12; ++month) {
    for (const int day : {2, 9, 16, 23}) {
      const int32_t days = PartialDate{year, month, day}.ToDays();
      reference.rates.push_back({days, "USD", funding::kRateScale + Below(1000) * 10'000});
      reference.rates.push_back({days, "JPY", (110 + Below(40)) * funding::kRateScale});
    }
  }
  ImportReference(world_, std::move(reference));
}

std::string DrawQuestion(uint32_t number) {
  std::mt19937 random(number);
  const auto below = [&](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  std::string text;
  const bool regions = below(2) == 0;
  if (regions) {
    for (const char* region : {"EU", "CLUB", "US", "WORLD", "GB"}) {
      if (below(2) == 0) StrAppend(&text, "regions: '", region, "' ");
    }
  }
  const bool some_region = !text.empty();
  std::vector<int> dimensions = {2, 3, 4, 5, 6, 7, 8, 9, 10};
  if (some_region) dimensions.push_back(1);
  std::shuffle(dimensions.begin(), dimensions.end(), random);
  const int count = below(4);
  for (int i = 0; i < count; ++i) {
    StrAppend(&text, "group_by: ",
              funding::v1::Dimension_Name(
                  static_cast<funding::v1::Dimension>(dimensions[static_cast<size_t>(i)])),
              " ");
  }
  // Half of the questions ask for nothing but what adds up.
  constexpr std::array<int, 7> kAdditive = {1, 2, 3, 5, 6, 11, 13};
  const bool additive = below(2) == 0;
  for (int measure = 1; measure <= funding::v1::Measure_MAX; ++measure) {
    const bool adds_up = std::find(kAdditive.begin(), kAdditive.end(), measure) != kAdditive.end();
    if (measure == 1 || (below(3) > 0 && (adds_up || !additive))) {
      StrAppend(&text,
                "measures: ", funding::v1::Measure_Name(static_cast<funding::v1::Measure>(measure)),
                " ");
    }
  }
  if (!additive && below(2) == 0) StrAppend(&text, "top_k: ", below(4), " ");
  switch (below(5)) {
    case 0:
      StrAppend(&text, "period { from { year: 2020 } to { year: 2022 } } ");
      break;
    case 1:
      StrAppend(&text, "period { from { year: 2020 month: 2 } to { year: 2023 month: 9 } } ");
      break;
    case 2:
      StrAppend(&text, "period { from { year: 2020 month: 2 day: 11 } } ");
      break;
    default:
      break;
  }
  if (below(3) == 0) StrAppend(&text, "filter: \"", DrawFilter(random), "\" ");
  StrAppend(&text, "definition { ");
  if (below(3) == 0) StrAppend(&text, "currency: 'EUR' ");
  if (below(3) == 0) StrAppend(&text, "date_basis: DATE_BASIS_CLOSED ");
  if (below(3) == 0) StrAppend(&text, "scope: [AMOUNT_KIND_EQUITY, AMOUNT_KIND_DEBT] ");
  if (below(4) == 0) StrAppend(&text, "fx_policy { method: FX_METHOD_YEAR_AVERAGE } ");
  if (below(4) == 0 && text.find("'EUR'") == std::string::npos) {
    StrAppend(&text, "price_basis { base_year: 2021 deflator: 'cpi_index' } ");
  }
  StrAppend(&text, "} ");
  if (below(4) == 0) StrAppend(&text, "page_size: 3 ");
  return text;
}

std::string Ask(FundingWorld& world, const std::string& question, int64_t revision,
                funding::columns::Columns* columns, const Context& context) {
  funding::v1::AggregateRoundsRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(question, &request)) << question;
  const auto asked = funding::Validate(request);
  EXPECT_OK(asked) << question;
  const auto at = world.ledger->At(Now(), revision);
  EXPECT_OK(at);
  // The question's regions and rates are at hand, so that what is cancelled is the aggregate.
  EXPECT_OK(PlanAggregate(Now(), *world.reference, revision, *asked));
  funding::v1::AggregateRoundsResponse response;
  *response.mutable_snapshot() = world.ledger->Describe(*at);
  const absl::Status status =
      AggregateRounds(context, *world.rounds, *world.reference, *at, *asked, response, columns);
  return status.ok() ? response.SerializeAsString() : Says(status);
}

std::string Says(const absl::Status& error) {
  return StrCat(absl::StatusCodeToString(error.code()), ": ", ToStd(error.message()));
}

}  // namespace steelyard::testing
