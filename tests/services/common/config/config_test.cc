#include "services/common/config/config.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "services/common/status/payload.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::config_file {
namespace {

using common::v1::ERROR_REASON_INTERNAL;
using common::v1::ERROR_REASON_INVALID_FIELD;
using config::v1::ServerConfig;
using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::steelyard::testing::StatusIs;
using ::steelyard::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kServices[] = {"registry", "funding", "strategy", "gateway", "allinone"};

absl::StatusOr<ServerConfig> LoadText(const std::string& json,
                                      const std::string& service = "funding") {
  const TempDir directory;
  return Load(directory.Write("config.json", json), service);
}

// The comments of config.proto by message and field: "Limits.queue" -> "Calls that may wait ...".
std::map<std::string, std::string> Comments() {
  std::ifstream file(STEELYARD_SOURCE_DIR "/protos/steelyard/config/v1/config.proto");
  const std::regex message(R"(^message (\w+) \{)");
  const std::regex comment(R"(^\s*// (.*))");
  const std::regex field(R"(^\s+(?:optional )?[\w.]+ (\w+) = \d+;)");
  std::map<std::string, std::string> comments;
  std::string line;
  std::string name;
  std::string text;
  std::smatch match;
  while (std::getline(file, line)) {
    if (std::regex_search(line, match, comment)) {
      text += (text.empty() ? "" : " ") + match[1].str();
    } else if (std::regex_search(line, match, field)) {
      comments[name + "." + match[1].str()] = text;
      text.clear();
    } else {
      name = std::regex_search(line, match, message) ? match[1].str() : name;
      text.clear();
    }
  }
  return comments;
}

// What a comment says after "Default" or "Defaults", up to the sentence's end.
std::string Documented(const std::string& comment) {
  std::smatch match;
  const std::regex sentence(R"((?:Defaults?:?|default) (.*?)(?:\.$|\. |$))");
  return std::regex_search(comment, match, sentence) ? match[1].str() : "";
}

TEST(ApplyDefaults, SetsWhatTheContractDocuments) {
  const auto comments = Comments();
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const auto documented = [&](const std::string& field) { return Documented(comments.at(field)); };
  const std::string listens = documented("ServerConfig.listen");

  for (const std::string service : kServices) {
    ServerConfig config;
    ASSERT_THAT(ApplyDefaults(service, config), IsOk());

    std::smatch match;
    ASSERT_TRUE(std::regex_search(listens, match,
                                  std::regex("\\b" + service + "(?: and \\w+)? ([\\d.]+:\\d+)")))
        << listens;
    EXPECT_EQ(config.listen(), match[1].str());
    EXPECT_EQ(documented("ServerConfig.admin_listen"), "the host of `listen` and a free port");
    EXPECT_EQ(config.admin_listen(), "127.0.0.1:0");
    EXPECT_THAT(comments.at("ServerConfig.metrics_listen"), HasSubstr("Empty: none"));
    EXPECT_EQ(config.metrics_listen(), "");
    EXPECT_THAT(documented("ServerConfig.tls"), HasSubstr("plaintext"));
    EXPECT_FALSE(config.has_tls());
    EXPECT_FALSE(config.insecure());
    EXPECT_THAT(comments.at("ServerConfig.log_level"), HasSubstr("\"info\" (default)"));
    EXPECT_EQ(config.log_level(), "info");

    EXPECT_THAT(comments.at("ServerConfig.storage"), HasSubstr("Not used by strategy and gateway"));
    if (service == "strategy" || service == "gateway") {
      EXPECT_FALSE(config.has_storage());
    } else {
      const auto& duckdb = config.storage().duckdb();
      EXPECT_EQ("\"" + duckdb.directory() + "\"", documented("DuckDb.directory"));
      EXPECT_EQ(std::to_string(duckdb.memory_limit_mib()), documented("DuckDb.memory_limit_mib"));
      EXPECT_EQ(documented("DuckDb.threads"), "as many as there are cores");
      EXPECT_EQ(duckdb.threads(), cores);
    }

    const auto& limits = config.limits();
    EXPECT_EQ(documented("Limits.workers"), "twice the cores, at least 4");
    EXPECT_EQ(limits.workers(), std::max(4, 2 * cores));
    EXPECT_EQ(std::to_string(limits.queue()), documented("Limits.queue"));
    EXPECT_EQ(std::to_string(limits.default_deadline().seconds()) + " s",
              documented("Limits.default_deadline"));
    EXPECT_EQ(std::to_string(limits.max_message_mib()), documented("Limits.max_message_mib"));
    EXPECT_EQ(std::to_string(limits.max_import_mib()), documented("Limits.max_import_mib"));
    EXPECT_EQ(std::to_string(limits.dear_queue()), documented("Limits.dear_queue"));
    EXPECT_EQ(std::to_string(limits.answers_mib()), documented("Limits.answers_mib"));

    const auto& backends = config.backends();
    EXPECT_EQ("\"" + backends.registry() + "\"", documented("Backends.registry"));
    EXPECT_EQ("\"" + backends.funding() + "\"", documented("Backends.funding"));
    EXPECT_EQ("\"" + backends.strategy() + "\"", documented("Backends.strategy"));
    EXPECT_EQ(std::to_string(backends.channels()), documented("Backends.channels"));
    EXPECT_EQ(documented("Backends.tls"), "plaintext");
    EXPECT_FALSE(backends.has_tls());

    EXPECT_EQ(std::to_string(config.drain().delay().seconds()) + " s", documented("Drain.delay"));
    EXPECT_EQ(std::to_string(config.drain().deadline().seconds()) + " s",
              documented("Drain.deadline"));
  }
}

TEST(ApplyDefaults, KeepsWhatIsSet) {
  const std::string text = R"pb(
    listen: "[::1]:9000"
    admin_listen: "0.0.0.0:9001"
    metrics_listen: "127.0.0.1:0"
    storage {
      duckdb { directory: "/var/lib/steelyard" memory_limit_mib: 64 threads: 1 }
      analytic_copy { memory_mib: 7 threads: 3 }
    }
    limits {
      workers: 1
      queue: 2
      dear_queue: 3
      default_deadline { nanos: 5 }
      max_message_mib: 8
      max_import_mib: 9
      answers_mib: 0
    }
    backends { registry: "dns:///r:1" funding: "dns:///f:1" strategy: "dns:///s:1" channels: 4 }
    drain {
      delay { seconds: 5 }
      deadline {}
    }
    log_level: "debug"
  )pb";
  ServerConfig config;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &config));
  ASSERT_THAT(ApplyDefaults("funding", config), IsOk());
  EXPECT_THAT(config, EqualsProto(text));
}

TEST(ApplyDefaults, TheAnalyticCopyIsFundings) {
  ServerConfig registry;
  ASSERT_THAT(ApplyDefaults("registry", registry), IsOk());
  EXPECT_FALSE(registry.storage().has_analytic_copy());
  for (const std::string service : {"funding", "allinone"}) {
    ServerConfig config;
    ASSERT_THAT(ApplyDefaults(service, config), IsOk());
    EXPECT_EQ(config.storage().analytic_copy().memory_mib(), 1024);
    EXPECT_GE(config.storage().analytic_copy().threads(), 1);
    EXPECT_LE(config.storage().analytic_copy().threads(), 4);
    ServerConfig without;
    without.mutable_storage()->mutable_analytic_copy()->set_memory_mib(0);
    ASSERT_THAT(ApplyDefaults(service, without), IsOk());
    EXPECT_EQ(without.storage().analytic_copy().memory_mib(), 0);
    without.mutable_storage()->mutable_analytic_copy()->set_memory_mib(-1);
    EXPECT_THAT(ApplyDefaults(service, without), HasReason(ERROR_REASON_INVALID_FIELD));
  }
}

TEST(ApplyDefaults, AnswersMayTakeNoMemoryButNotLess) {
  ServerConfig config;
  config.mutable_limits()->set_answers_mib(-1);
  EXPECT_THAT(ApplyDefaults("gateway", config), HasReason(ERROR_REASON_INVALID_FIELD));
}

TEST(ApplyDefaults, TakesTheHostOfListenForTheAdminServer) {
  ServerConfig config;
  config.set_listen("[::]:7100");
  config.set_insecure(true);
  ASSERT_THAT(ApplyDefaults("allinone", config), IsOk());
  EXPECT_EQ(config.admin_listen(), "[::]:0");
}

TEST(ApplyDefaults, RefusesOtherServices) {
  ServerConfig config;
  EXPECT_THAT(ApplyDefaults("registy", config), HasReason(ERROR_REASON_INTERNAL));
}

TEST(Load, GivesTheDefaultsWithoutAFile) {
  ServerConfig defaults;
  ASSERT_THAT(ApplyDefaults("registry", defaults), IsOk());
  for (const std::string json : {"", " \n", "{}"}) {
    ASSERT_OK_AND_ASSIGN(const ServerConfig config, LoadText(json, "registry"));
    EXPECT_THAT(config, EqualsProto(defaults));
  }
  ASSERT_OK_AND_ASSIGN(const ServerConfig config, Load("", "registry"));
  EXPECT_THAT(config, EqualsProto(defaults));
}

TEST(Load, ReadsJson) {
  ASSERT_OK_AND_ASSIGN(const ServerConfig config, LoadText(R"({
    "listen": "127.0.0.1:0",
    "limits": {"defaultDeadline": "2.5s", "max_import_mib": 10},
    "storage": {"duckdb": {"directory": "/tmp/x"}},
    "tls": {"certificate_file": "c.pem", "private_key_file": "k.pem", "client_ca_file": "a.pem"}
  })"));
  EXPECT_EQ(config.listen(), "127.0.0.1:0");
  EXPECT_EQ(config.limits().default_deadline().nanos(), 500'000'000);
  EXPECT_EQ(config.limits().max_import_mib(), 10);
  EXPECT_EQ(config.limits().queue(), 256);
  EXPECT_EQ(config.storage().duckdb().directory(), "/tmp/x");
  EXPECT_EQ(config.storage().duckdb().memory_limit_mib(), 1024);
  EXPECT_EQ(config.tls().client_ca_file(), "a.pem");
}

TEST(ApplyDefaults, SetsWhatIsDocumentedOfPostgres) {
  const auto comments = Comments();
  const std::string json = R"({"storage": {"postgres": {"dsn_file": "/etc/dsn"}}})";
  for (const std::string service : {"registry", "funding"}) {
    ASSERT_OK_AND_ASSIGN(const ServerConfig config, LoadText(json, service));
    const auto& postgres = config.storage().postgres();
    EXPECT_EQ(postgres.dsn_file(), "/etc/dsn");
    EXPECT_EQ(Documented(comments.at("Postgres.schema")), "the service's name");
    EXPECT_EQ(postgres.schema(), service);
    EXPECT_EQ(std::to_string(postgres.sessions()), Documented(comments.at("Postgres.sessions")));
  }
  ASSERT_OK_AND_ASSIGN(const ServerConfig all, LoadText(json, "allinone"));
  EXPECT_EQ(all.storage().postgres().schema(), "");
}

TEST(ApplyDefaults, ChecksPostgres) {
  const auto message = [](const std::string& postgres, const std::string& service = "funding") {
    return std::string(
        LoadText(R"({"storage": {"postgres": )" + postgres + "}}", service).status().message());
  };
  EXPECT_THAT(message("{}"), HasSubstr("storage.postgres.dsn_file"));
  EXPECT_THAT(message(R"({"dsn_file": "f", "sessions": -1})"),
              HasSubstr("storage.postgres.sessions: -1 is not in 1 to 1000"));
  EXPECT_THAT(message(R"({"dsn_file": "f", "sessions": 1001})"),
              HasSubstr("storage.postgres.sessions"));
  for (const std::string schema :
       {"Funding", "a-b", "pg_mine", "1a", "a b", "\u00e9",
        "a234567890123456789012345678901234567890123456789012345678901234"}) {
    EXPECT_THAT(message(R"({"dsn_file": "f", "schema": ")" + schema + "\"}"),
                HasSubstr("storage.postgres.schema"))
        << schema;
  }
  EXPECT_THAT(message(R"({"dsn_file": "f", "schema": "own_1"})"), "");
  EXPECT_THAT(message(R"({"dsn_file": "f", "schema": "own_1"})", "allinone"),
              HasSubstr("storage.postgres.schema"));
  EXPECT_THAT(
      LoadText(R"({"storage": {"duckdb": {"directory": "d"}, "postgres": {"dsn_file": "f"}}})"),
      HasReason(ERROR_REASON_INVALID_FIELD));
}

TEST(Load, NamesFileAndPlaceOfBadJson) {
  struct Case {
    std::string json;
    std::string place;  // after the file's name
  };
  const std::vector<Case> cases = {
      {"{\n  \"listen\": }", ":2:13: "},
      {"{\n  \"listen\": \"x\n", ":3:1: "},
      {"{\n\"limits\": {\"queue\": 5}\n \"listen\": \"[::1]:0\"}", ":3:2: "},
      {"{\n\"limits\": {\"queue\": 5},,\n \"listen\": \"127.0.0.1:7100\",\n\"insecure\": true}",
       ":2:24: "},
      {"{} {}", ":1:4: "},
      {"{\"limits\": {\"workerz\": 3}}", "workerz"},
      {"{\"listn\": \"x\"}", "listn"},
      {"{\"limits\": {\"workers\": \"many\"}}", "limits.workers"},
      {"{\"limits\": {\"workers\": 99999999999}}", "limits.workers"},
      {"{\"limits\": {\"default_deadline\": 30}}", "default_deadline"},
      {"[]", "config.json"},
      {"listen = 5", ":1:1: "},
  };
  for (const Case& c : cases) {
    const auto config = LoadText(c.json);
    EXPECT_THAT(config, HasReason(ERROR_REASON_INVALID_FIELD)) << c.json;
    EXPECT_THAT(config, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/config.json")));
    EXPECT_THAT(config, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.place)));
    EXPECT_THAT(MetadataOf(config.status(), "file"), HasSubstr("/config.json"));
  }
}

TEST(Load, NamesAFileThatCannotBeRead) {
  const auto config = Load("/nonexistent/config.json", "funding");
  EXPECT_THAT(config, HasReason(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(config, StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("/nonexistent/config.json: cannot be read")));
  EXPECT_THAT(Load("/tmp", "funding"), HasReason(ERROR_REASON_INVALID_FIELD));
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const auto request = FindDetail<google::rpc::BadRequest>(PayloadOf(status))) {
    for (const auto& violation : request->field_violations()) {
      fields.push_back(violation.field());
    }
  }
  return fields;
}

TEST(Load, ListsEveryValueOutOfRange) {
  const auto config = LoadText(R"({
    "listen": "localhost",
    "admin_listen": "localhost:99999",
    "metrics_listen": "9090",
    "tls": {"client_ca_file": "a.pem"},
    "storage": {"duckdb": {"memory_limit_mib": -1, "threads": 1025}},
    "limits": {"workers": -1, "queue": 1000001, "default_deadline": "0s", "max_message_mib": 2048,
               "max_import_mib": -5},
    "backends": {"channels": 65, "tls": {"certificate_file": "c.pem"}},
    "drain": {"delay": "-1s", "deadline": "90000s"},
    "log_level": "verbose"
  })");
  EXPECT_THAT(config, HasReason(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(config, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/config.json: 16 ")));
  EXPECT_THAT(
      FieldsOf(config.status()),
      ElementsAre("listen", "admin_listen", "metrics_listen", "tls.certificate_file",
                  "storage.duckdb.memory_limit_mib", "storage.duckdb.threads", "limits.workers",
                  "limits.queue", "limits.default_deadline", "limits.max_message_mib",
                  "limits.max_import_mib", "backends.channels", "backends.tls.private_key_file",
                  "drain.delay", "drain.deadline", "log_level"));
}

TEST(Load, RefusesPlaintextBeyondThisMachineUnlessToldOtherwise) {
  EXPECT_THAT(LoadText(R"({"listen": "0.0.0.0:7100"})"), HasReason(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(LoadText(R"({"listen": "10.1.2.3:7100"})"), HasReason(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(LoadText(R"({"listen": "0.0.0.0:7100", "insecure": true})"), IsOk());
  EXPECT_THAT(LoadText(R"({"listen": "0.0.0.0:7100",
                           "tls": {"certificate_file": "c", "private_key_file": "k"}})"),
              IsOk());
  EXPECT_THAT(LoadText(R"({"listen": "[::1]:0"})"), IsOk());
  EXPECT_THAT(LoadText(R"({"listen": "localhost:0"})"), IsOk());
}

}  // namespace
}  // namespace steelyard::config_file
