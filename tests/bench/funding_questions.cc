#include "tests/bench/funding_questions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"
#include "services/common/ledger/ledger.h"
#include "services/common/rpc/arena_messages.h"
#include "services/common/status/status.h"

namespace steelyard::bench {
namespace {

using funding::v1::AggregateRoundsRequest;
using funding::v1::AggregateRoundsResponse;
using funding::v1::AggregateRow;

// A page of the largest group-by, as callers page through it.
constexpr int kPage = 1000;
constexpr int kListed = 50;
constexpr int64_t kMinorInUnit = 100;
constexpr int64_t kNanosInMinor = 10'000'000;
// The round of the point read.
constexpr int64_t kAsked = 4711;

std::string MinorText(const google::type::Money& money) {
  return std::to_string(money.units() * kMinorInUnit + money.nanos() / kNanosInMinor);
}

std::string ValueText(const common::v1::Figure& figure) {
  if (figure.has_money()) return MinorText(figure.money());
  if (figure.has_count()) return std::to_string(figure.count());
  return "";
}

std::string LineOf(const AggregateRow& row) {
  std::string line;
  const auto add = [&line](const std::string& text) {
    if (!line.empty()) line += '|';
    line += text;
  };
  for (const auto& key : row.keys()) add(key.value());
  for (const auto& measured : row.figures()) add(ValueText(measured.figure()));
  return line;
}

AggregateRoundsRequest RequestOf(const std::vector<funding::v1::Dimension>& group_by,
                                 const std::vector<funding::v1::Measure>& measures) {
  AggregateRoundsRequest request;
  for (const auto dimension : group_by) request.add_group_by(dimension);
  for (const auto measure : measures) request.add_measures(measure);
  request.mutable_definition()->set_currency("USD");
  request.set_page_size(kPage);
  return request;
}

// Asks, and takes the answer's rows; where an answer is put is as in the service.
template <typename LinesOf>
auto Aggregated(AggregateRoundsRequest request, LinesOf lines_of) {
  return [request = std::move(request), lines_of](const FundingStore& store,
                                                  int64_t revision) -> absl::StatusOr<Lines> {
    google::protobuf::Arena arena(rpc::AnswerArena());
    auto& response = *google::protobuf::Arena::CreateMessage<AggregateRoundsResponse>(&arena);
    STEELYARD_RETURN_IF_ERROR(store.Aggregate(request, revision, response));
    return lines_of(response);
  };
}

auto Aggregated(AggregateRoundsRequest request) {
  return Aggregated(std::move(request), [](const AggregateRoundsResponse& response) {
    Lines lines;
    for (const AggregateRow& row : response.rows()) lines.push_back(LineOf(row));
    return lines;
  });
}

constexpr char kSumAndCount[] =
    "CAST(COUNT(*) AS VARCHAR(20)) || '|' || COALESCE(CAST(SUM(usd) AS VARCHAR(40)), '')";
const std::vector<funding::v1::Measure>& CountAndSum() {
  static const auto& measures =
      *new std::vector<funding::v1::Measure>{funding::v1::MEASURE_COUNT, funding::v1::MEASURE_SUM};
  return measures;
}

Question RegionYearLayer() {
  AggregateRoundsRequest request = RequestOf(
      {funding::v1::DIMENSION_REGION, funding::v1::DIMENSION_YEAR, funding::v1::DIMENSION_LAYER},
      CountAndSum());
  for (const std::string& term : RegionTerms()) request.add_regions(term);
  return {.title = "region x year x layer: sum, count",
          .goal = Goal::kStandardGroupBy,
          .ask = Aggregated(std::move(request)),
          .sql = [](const Peer&, const std::string& valid) {
            return absl::StrCat("SELECT g.region || '|' || d.year || '|' || d.layer || '|' || ",
                                kSumAndCount,
                                " FROM deals d JOIN region_members g ON g.country = d.country "
                                "WHERE ",
                                valid,
                                " GROUP BY g.region, d.year, d.layer, g.place "
                                "ORDER BY g.place, d.year, d.layer");
          }};
}

Question CountryFilter() {
  AggregateRoundsRequest request = RequestOf({}, CountAndSum());
  request.add_regions("FR");
  return {.title = "one country: sum, count",
          .goal = Goal::kStandardGroupBy,
          .ask = Aggregated(std::move(request)),
          .sql = [](const Peer&, const std::string& valid) {
            return absl::StrCat("SELECT ", kSumAndCount,
                                " FROM deals d WHERE d.country = 'FR' AND ", valid);
          }};
}

Question Finest() {
  return {
      .title = "country x month x layer x sector: sum, count (first 1000 groups)",
      .goal = Goal::kStandardGroupBy,
      .ask = Aggregated(RequestOf({funding::v1::DIMENSION_COUNTRY, funding::v1::DIMENSION_MONTH,
                                   funding::v1::DIMENSION_LAYER, funding::v1::DIMENSION_SECTOR},
                                  CountAndSum())),
      .sql = [](const Peer&, const std::string& valid) {
        return absl::StrCat(
            "SELECT d.country || '|' || d.month || '|' || d.layer || '|' || d.sector || '|' || ",
            kSumAndCount, " FROM deals d WHERE ", valid,
            " GROUP BY d.country, d.month, d.layer, d.sector "
            "ORDER BY d.country, d.month, d.layer, d.sector LIMIT ",
            kPage);
      }};
}

Question TopCompanies() {
  AggregateRoundsRequest request = RequestOf({}, {funding::v1::MEASURE_SUM});
  request.set_top_k(10);
  return {.title = "top-10 companies",
          .goal = Goal::kOtherAggregate,
          .ask = Aggregated(std::move(request),
                            [](const AggregateRoundsResponse& response) {
                              Lines lines;
                              for (const auto& top : response.rows(0).top()) {
                                lines.push_back(
                                    absl::StrCat(top.company().substr(top.company().find('/') + 1),
                                                 "|", top.rounds(), "|", MinorText(top.amount())));
                              }
                              return lines;
                            }),
          .sql = [](const Peer&, const std::string& valid) {
            return absl::StrCat("SELECT d.company || '|' || ", kSumAndCount, " FROM deals d WHERE ",
                                valid,
                                " GROUP BY d.company HAVING COUNT(usd) > 0 "
                                "ORDER BY SUM(usd) DESC, d.company LIMIT 10");
          }};
}

// Each engine has its own way to an exact median that is rounded half to even.
std::string MedianSql(const Peer& peer, const std::string& valid) {
  if (peer.name() == "SQLite") {
    return absl::StrCat(
        "SELECT year || '|' || layer || '|' || CASE WHEN n = 1 THEN s WHEN s % 2 = 0 THEN s / 2 "
        "ELSE s / 2 + (s / 2) % 2 END FROM (SELECT year, layer, COUNT(*) n, SUM(usd) s FROM ("
        "SELECT year, layer, usd, ROW_NUMBER() OVER (PARTITION BY year, layer ORDER BY usd) p, "
        "COUNT(*) OVER (PARTITION BY year, layer) c FROM deals d WHERE usd IS NOT NULL AND ",
        valid, ") WHERE p IN ((c + 1) / 2, c / 2 + 1) GROUP BY year, layer) ORDER BY year, layer");
  }
  const std::string median =
      peer.name() == "plain DuckDB"
          ? "CAST(CAST(round_even(MEDIAN(usd), 0) AS BIGINT) AS VARCHAR)"
          : "CAST(CAST(round(percentile_cont(0.5) WITHIN GROUP (ORDER BY usd)) AS BIGINT) AS "
            "VARCHAR)";
  return absl::StrCat("SELECT d.year || '|' || d.layer || '|' || ", median,
                      " FROM deals d WHERE usd IS NOT NULL AND ", valid,
                      " GROUP BY d.year, d.layer ORDER BY d.year, d.layer");
}

Question Medians() {
  return {.title = "exact median by year x layer",
          .goal = Goal::kOtherAggregate,
          .ask = Aggregated(RequestOf({funding::v1::DIMENSION_YEAR, funding::v1::DIMENSION_LAYER},
                                      {funding::v1::MEASURE_MEDIAN})),
          .sql = MedianSql};
}

Question ByCompany() {
  return {.title = "by company: sum, count (first 1000 groups)",
          .goal = Goal::kOtherAggregate,
          .ask = Aggregated(RequestOf({funding::v1::DIMENSION_COMPANY}, CountAndSum())),
          .sql = [](const Peer&, const std::string& valid) {
            return absl::StrCat("SELECT 'companies/' || d.company || '|' || ", kSumAndCount,
                                " FROM deals d WHERE ", valid,
                                " GROUP BY d.company ORDER BY d.company LIMIT ", kPage);
          }};
}

Question CompanyCount() {
  return {.title = "number of companies by year x layer",
          .goal = Goal::kOtherAggregate,
          .ask = Aggregated(RequestOf({funding::v1::DIMENSION_YEAR, funding::v1::DIMENSION_LAYER},
                                      {funding::v1::MEASURE_COMPANY_COUNT})),
          .sql = [](const Peer&, const std::string& valid) {
            return absl::StrCat(
                "SELECT d.year || '|' || d.layer || '|' || COUNT(DISTINCT d.company) FROM deals d "
                "WHERE ",
                valid, " GROUP BY d.year, d.layer ORDER BY d.year, d.layer");
          }};
}

Question Filtered() {
  AggregateRoundsRequest request = RequestOf({funding::v1::DIMENSION_YEAR}, CountAndSum());
  request.set_filter("currency = USD AND amount >= 20000000 AND layer != applications");
  return {.title = "by year with a filter of amount, currency and layer: sum, count",
          .goal = Goal::kOtherAggregate,
          .ask = Aggregated(std::move(request)),
          .sql = [](const Peer&, const std::string& valid) {
            return absl::StrCat("SELECT d.year || '|' || ", kSumAndCount,
                                " FROM deals d WHERE d.currency = 'USD' AND d.amount >= 2000000000 "
                                "AND d.layer <> 'applications' AND ",
                                valid, " GROUP BY d.year ORDER BY d.year");
          }};
}

std::string RoundLine(const funding::Round& round) {
  const std::string amount =
      round.amount ? absl::StrCat(round.amount->minor_units, "|", round.amount->currency) : "|";
  return absl::StrCat(round.id, "|", round.company, "|", round.announced.FirstDay().ToDays(), "|",
                      amount);
}

constexpr char kRoundLine[] =
    "d.id || '|' || d.company || '|' || d.day || '|' || COALESCE(CAST(d.amount AS VARCHAR(20)), "
    "'') || '|' || COALESCE(d.currency, '')";

Question PointRead() {
  return {.title = "one round by its id",
          .goal = Goal::kConstant,
          .ask = [](const FundingStore& store, int64_t revision) -> absl::StatusOr<Lines> {
            STEELYARD_ASSIGN_OR_RETURN(
                const funding::Round round,
                store.rounds().Get(Context::Background(), revision, World::IdOf(kAsked)));
            return Lines{RoundLine(round)};
          },
          .sql =
              [](const Peer&, const std::string& valid) {
                return absl::StrCat("SELECT ", kRoundLine, " FROM deals d WHERE d.id = '",
                                    World::IdOf(kAsked), "' AND ", valid);
              }};
}

Question Page() {
  return {.title = "a page of 50 rounds, newest first, and how many there are",
          .goal = Goal::kConstant,
          .ask = [](const FundingStore& store, int64_t revision) -> absl::StatusOr<Lines> {
            funding::RoundQuery query;
            query.limit = kListed;
            STEELYARD_ASSIGN_OR_RETURN(const funding::RoundPage page,
                                       store.rounds().List(Context::Background(), revision, query));
            Lines lines;
            for (const funding::Round& round : page.rounds) {
              lines.push_back(absl::StrCat(RoundLine(round), "|", page.total_size));
            }
            return lines;
          },
          .sql =
              [](const Peer&, const std::string& valid) {
                return absl::StrCat(
                    "SELECT ", kRoundLine, " || '|' || (SELECT COUNT(*) FROM deals d WHERE ", valid,
                    ") FROM deals d WHERE ", valid, " ORDER BY d.day DESC, d.id LIMIT ", kListed);
              }};
}

}  // namespace

const std::vector<Question>& Questions() {
  static const auto& questions = *new std::vector<Question>{
      RegionYearLayer(), CountryFilter(), Finest(),   TopCompanies(), Medians(),
      ByCompany(),       CompanyCount(),  Filtered(), PointRead(),    Page()};
  return questions;
}

const std::vector<std::string>& RegionTerms() {
  static const auto& terms = *new std::vector<std::string>{"US", "EUROPE", "CN"};
  return terms;
}

std::string ValidAt(int64_t revision, int64_t head) {
  if (revision == head) return absl::StrCat("d.to_rev = ", ledger::kOpenRevision);
  return absl::StrCat("d.from_rev <= ", revision, " AND ", revision, " < d.to_rev");
}

}  // namespace steelyard::bench
