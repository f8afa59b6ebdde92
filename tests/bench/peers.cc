#include "tests/bench/peers.h"

#include <fstream>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/common/status/status.h"
#include "tests/support/postgres_server.h"

namespace steelyard::bench {
namespace {

// Converts as the service does, with each day's rate looked up once.
class Converter {
 public:
  explicit Converter(const funding::RateTable& rates) : rates_(rates) {}
  std::optional<int64_t> Dollars(const funding::Round& round) {
    if (!round.amount) return std::nullopt;
    const auto [place, is_new] =
        found_.try_emplace({round.amount->currency, round.announced.FirstDay().ToDays()});
    if (is_new) {
      place->second = rates_.Lookup(round.amount->currency, "USD", round.announced, rule_);
    }
    if (!place->second) return std::nullopt;
    const absl::StatusOr<int64_t> converted = place->second->Convert(round.amount->minor_units);
    return converted.ok() ? std::optional(*converted) : std::nullopt;
  }

 private:
  const funding::RateTable& rates_;
  const funding::FxRule rule_;
  std::map<std::pair<std::string, int32_t>, std::optional<funding::CrossRate>> found_;
};

void WriteState(const funding::Round& round, const funding::CompanyFacts& company,
                std::optional<int64_t> dollars, int64_t from, int64_t to, std::ofstream& file) {
  const std::string date = round.announced.ToString();
  file << round.id << ',' << round.company << ',' << company.country << ',' << company.layers[0]
       << ',' << company.sectors[0] << ',' << funding::StageName(round.stage) << ','
       << round.announced.year << ',' << date.substr(0, 7) << ','
       << round.announced.FirstDay().ToDays() << ',';
  if (dollars) file << *dollars;
  file << ',';
  if (round.amount) file << round.amount->minor_units << ',' << round.amount->currency;
  if (!round.amount) file << ',';
  file << ',' << from << ',' << to << '\n';
}

// Over the drivers that Steelyard has.
class SqlPeer : public Peer {
 public:
  SqlPeer(std::string name, std::unique_ptr<sql::Database> database,
          std::unique_ptr<sql::Connection> session)
      : name_(std::move(name)), database_(std::move(database)), session_(std::move(session)) {}

  const std::string& name() const override { return name_; }

  absl::Status Run(const std::string& statement) override {
    return session_->Execute(Context::Background(), statement).status();
  }

  absl::StatusOr<Lines> Ask(const std::string& statement) override {
    STEELYARD_ASSIGN_OR_RETURN(const auto rows, session_->Query(Context::Background(), statement));
    Lines lines;
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
      if (!more) return lines;
      // Every statement gives one text a row, joined by the engine itself or a single column.
      lines.emplace_back(rows->Text(0));
    }
  }

 private:
  const std::string name_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> session_;
};

class DuckDbPeer final : public SqlPeer {
 public:
  using SqlPeer::SqlPeer;
  absl::Status Load(const std::string& path) override {
    STEELYARD_RETURN_IF_ERROR(Run(kCreateDeals));
    STEELYARD_RETURN_IF_ERROR(Run(kCreateRegions));
    return Run(absl::StrCat("COPY deals FROM '", path, "' (FORMAT csv, HEADER false)"));
  }
  // Its zone maps and vectors do what indexes do elsewhere; ART indexes slow it down here.
  absl::Status Index() override { return absl::OkStatus(); }
};

class PostgresPeer final : public SqlPeer {
 public:
  PostgresPeer(std::unique_ptr<testing::PostgresServer> server,
               std::unique_ptr<sql::Database> database, std::unique_ptr<sql::Connection> session)
      : SqlPeer("PostgreSQL 15", std::move(database), std::move(session)),
        server_(std::move(server)) {}

  absl::Status Load(const std::string& path) override {
    STEELYARD_RETURN_IF_ERROR(Run(kCreateDeals));
    STEELYARD_RETURN_IF_ERROR(Run(kCreateRegions));
    return Run(absl::StrCat("COPY deals FROM '", path, "' (FORMAT csv)"));
  }
  absl::Status Index() override {
    for (const std::string& index : CoveringIndexes()) STEELYARD_RETURN_IF_ERROR(Run(index));
    // Index-only scans need the visibility map.
    return Run("VACUUM ANALYZE deals");
  }

 private:
  // The session is gone before the base class is; the server outlives neither by much.
  std::unique_ptr<testing::PostgresServer> server_;
};

}  // namespace

const char kCreateDeals[] =
    "CREATE TABLE deals (id VARCHAR(40), company VARCHAR(40), country VARCHAR(2), "
    "layer VARCHAR(20), sector VARCHAR(20), stage VARCHAR(20), year INTEGER, month VARCHAR(7), "
    "day INTEGER, usd BIGINT, amount BIGINT, currency VARCHAR(3), from_rev BIGINT, to_rev BIGINT)";
const char kCreateRegions[] =
    "CREATE TABLE region_members (region VARCHAR(20), country VARCHAR(2), place INTEGER)";

const std::vector<std::string>& CoveringIndexes() {
  static const auto& indexes = *new std::vector<std::string>{
      "CREATE INDEX deals_id ON deals (id)",
      "CREATE INDEX deals_country ON deals (country, to_rev, from_rev, usd)",
      "CREATE INDEX deals_company ON deals (company, to_rev, from_rev, usd)",
      "CREATE INDEX deals_year ON deals (year, layer, to_rev, from_rev, usd)",
      "CREATE INDEX deals_region ON deals (country, year, layer, to_rev, from_rev, usd)",
      "CREATE INDEX deals_month ON deals (country, month, layer, sector, to_rev, from_rev, usd)",
      "CREATE INDEX deals_day ON deals (day DESC, id, to_rev, from_rev)"};
  return indexes;
}

absl::StatusOr<int64_t> WritePeerFile(const World& world, const funding::RateTable& rates,
                                      int64_t corrected, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  Converter converter(rates);
  std::vector<funding::CompanyFacts> companies;
  for (int64_t i = 0; i < world.companies(); ++i) companies.push_back(world.Company(i));
  int64_t rows = 0;
  for (int64_t i = 0; i < world.rounds(); ++i) {
    const funding::Round round = world.Round(i);
    const std::optional<funding::Round> correction = world.Correction(i);
    const auto& company = companies[static_cast<size_t>(std::stoll(round.company.substr(1)))];
    // One that says the same again changes nothing.
    const bool changed = correction && correction->amount != round.amount;
    WriteState(round, company, converter.Dollars(round), 1,
               changed ? corrected : ledger::kOpenRevision, file);
    ++rows;
    if (!changed) continue;
    WriteState(*correction, company, converter.Dollars(*correction), corrected,
               ledger::kOpenRevision, file);
    ++rows;
  }
  file.close();
  if (!file.good()) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return rows;
}

absl::StatusOr<std::unique_ptr<Peer>> MakeDuckDbPeer(const std::string& directory) {
  STEELYARD_ASSIGN_OR_RETURN(auto database, sql::OpenDuckDb({.path = directory + "/peer.duckdb",
                                                             .memory_limit_mib = 4096}));
  STEELYARD_ASSIGN_OR_RETURN(auto session, database->Connect());
  return std::make_unique<DuckDbPeer>("plain DuckDB", std::move(database), std::move(session));
}

absl::StatusOr<std::unique_ptr<Peer>> MakePostgresPeer() {
  if (const std::string missing = testing::PostgresServer::Missing(); !missing.empty()) {
    return absl::UnavailableError(missing);
  }
  auto server = std::make_unique<testing::PostgresServer>(std::vector<std::string>{
      "shared_buffers=2GB", "work_mem=256MB", "maintenance_work_mem=1GB", "max_wal_size=16GB",
      "max_parallel_workers_per_gather=2", "wal_level=minimal", "max_wal_senders=0"});
  STEELYARD_ASSIGN_OR_RETURN(auto database, sql::OpenPostgres({.dsn = server->dsn()}));
  STEELYARD_ASSIGN_OR_RETURN(auto session, database->Connect());
  return std::make_unique<PostgresPeer>(std::move(server), std::move(database), std::move(session));
}

}  // namespace steelyard::bench
