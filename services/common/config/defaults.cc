#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <thread>
#include <utility>

#include "services/common/config/address.h"
#include "services/common/config/config.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::config_file {
namespace {

using config::v1::ServerConfig;
using google::protobuf::Duration;

constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
constexpr int64_t kMostSeconds = 24 * 60 * 60;
constexpr size_t kMostNameBytes = 63;  // PostgreSQL cuts off the rest

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kListen = {
    {{"registry", "127.0.0.1:7101"},
     {"funding", "127.0.0.1:7102"},
     {"strategy", "127.0.0.1:7103"},
     {"gateway", "127.0.0.1:7100"},
     {"allinone", "127.0.0.1:7100"}}};
constexpr std::array<std::string_view, 4> kLogLevels = {"debug", "info", "warning", "error"};

int Cores() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

// Sets an unset number, and checks one that is set.
class Numbers {
 public:
  explicit Numbers(FieldErrors& errors) : errors_(errors) {}

  template <typename Message>
  void Fill(Message& message, int32_t (Message::*get)() const, void (Message::*set)(int32_t),
            std::string_view field, int32_t otherwise, int32_t most) {
    const int32_t value = (message.*get)();
    if (value == 0) {
      (message.*set)(otherwise);
    } else if (value < 0 || value > most) {
      errors_.Add(field, StrCat(value, " is not in 1 to ", most, " (0 or unset: ", otherwise, ")"));
    }
  }

 private:
  FieldErrors& errors_;
};

void FillText(std::string& text, std::string_view otherwise) {
  if (text.empty()) {
    text = otherwise;
  }
}

void CheckDuration(std::string_view field, const Duration& duration, bool zero_allowed,
                   FieldErrors& errors) {
  const bool positive = duration.seconds() > 0 || (duration.seconds() == 0 && duration.nanos() > 0);
  const bool zero = duration.seconds() == 0 && duration.nanos() == 0;
  const bool valid = duration.nanos() >= 0 && duration.nanos() < 1'000'000'000 &&
                     duration.seconds() <= kMostSeconds && (positive || (zero && zero_allowed));
  if (!valid) {
    errors.Add(field, StrCat("must be ", zero_allowed ? "0 s" : "more than 0 s",
                             " to 1 day, such as \"10s\" or \"0.5s\""));
  }
}

void FillDuration(Duration& duration, bool present, int64_t otherwise, std::string_view field,
                  bool zero_allowed, FieldErrors& errors) {
  if (!present) {
    duration.set_seconds(otherwise);
  }
  CheckDuration(field, duration, zero_allowed, errors);
}

bool Encrypts(const config::v1::Tls& tls) { return !tls.certificate_file().empty(); }

void CheckTls(std::string_view field, const config::v1::Tls& tls, bool serves,
              FieldErrors& errors) {
  if (tls.certificate_file().empty() != tls.private_key_file().empty()) {
    errors.Add(
        StrCat(field, tls.certificate_file().empty() ? ".certificate_file" : ".private_key_file"),
        "is missing; a certificate needs its key, and a key its certificate");
  }
  if (serves && tls.certificate_file().empty() && !tls.client_ca_file().empty()) {
    errors.Add(StrCat(field, ".certificate_file"),
               "is missing; callers' certificates are asked for over TLS only");
  }
}

void FillAddresses(std::string_view listen, ServerConfig& config, FieldErrors& errors) {
  FillText(*config.mutable_listen(), listen);
  const auto address = ParseAddress(config.listen());
  errors.Add("listen", address.status());
  if (address.ok()) {
    FillText(*config.mutable_admin_listen(), Address{address->host, 0}.ToString());
    if (!address->IsLoopback() && !Encrypts(config.tls()) && !config.insecure()) {
      errors.Add("listen", StrCat(config.listen(),
                                  " can be reached from other machines, and calls would not be "
                                  "encrypted; set \"tls\", or \"insecure\" to true"));
    }
  }
  if (!config.admin_listen().empty()) {
    errors.Add("admin_listen", ParseAddress(config.admin_listen()).status());
  }
  if (!config.metrics_listen().empty()) {
    errors.Add("metrics_listen", ParseAddress(config.metrics_listen()).status());
  }
}

void FillDuckDb(config::v1::DuckDb& duckdb, Numbers& numbers) {
  using config::v1::DuckDb;
  FillText(*duckdb.mutable_directory(), "data");
  numbers.Fill(duckdb, &DuckDb::memory_limit_mib, &DuckDb::set_memory_limit_mib,
               "storage.duckdb.memory_limit_mib", 1024, kMost);
  numbers.Fill(duckdb, &DuckDb::threads, &DuckDb::set_threads, "storage.duckdb.threads", Cores(),
               1024);
}

// The names that PostgreSQL takes without quotes, and does not keep for itself.
bool IsSchema(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz_0123456789";
  return !name.empty() && name.size() <= kMostNameBytes && name.substr(0, 3) != "pg_" &&
         (name.front() < '0' || name.front() > '9') &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

void FillPostgres(std::string_view service, config::v1::Postgres& postgres, Numbers& numbers,
                  FieldErrors& errors) {
  using config::v1::Postgres;
  if (postgres.dsn_file().empty()) {
    errors.Add("storage.postgres.dsn_file",
               "is missing; it names the file with the connection string");
  }
  if (service != "allinone") {
    FillText(*postgres.mutable_schema(), service);
    if (!IsSchema(postgres.schema())) {
      errors.Add("storage.postgres.schema",
                 StrCat("\"", postgres.schema(), "\" is not a name of at most ", kMostNameBytes,
                        " small letters, digits and underscores that begins with none of the "
                        "digits and not with \"pg_\""));
    }
  } else if (!postgres.schema().empty()) {
    errors.Add("storage.postgres.schema",
               "is not for the all-in-one process, whose services have a schema each");
  }
  numbers.Fill(postgres, &Postgres::sessions, &Postgres::set_sessions, "storage.postgres.sessions",
               16, 1000);
}

void FillStorage(std::string_view service, config::v1::Storage& storage, Numbers& numbers,
                 FieldErrors& errors) {
  if (storage.has_postgres()) {
    FillPostgres(service, *storage.mutable_postgres(), numbers, errors);
  } else {
    FillDuckDb(*storage.mutable_duckdb(), numbers);
  }
}

void FillLimits(config::v1::Limits& limits, Numbers& numbers, FieldErrors& errors) {
  using config::v1::Limits;
  numbers.Fill(limits, &Limits::workers, &Limits::set_workers, "limits.workers",
               std::max(4, 2 * Cores()), 1024);
  numbers.Fill(limits, &Limits::queue, &Limits::set_queue, "limits.queue", 256, 1'000'000);
  numbers.Fill(limits, &Limits::dear_queue, &Limits::set_dear_queue, "limits.dear_queue", 128,
               1'000'000);
  const bool present = limits.has_default_deadline();
  FillDuration(*limits.mutable_default_deadline(), present, 30, "limits.default_deadline", false,
               errors);
  // gRPC counts bytes in 32 bits.
  numbers.Fill(limits, &Limits::max_message_mib, &Limits::set_max_message_mib,
               "limits.max_message_mib", 4, 2047);
  numbers.Fill(limits, &Limits::max_import_mib, &Limits::set_max_import_mib,
               "limits.max_import_mib", 4096, kMost);
  if (!limits.has_answers_mib()) limits.set_answers_mib(64);
  if (limits.answers_mib() < 0) {
    errors.Add("limits.answers_mib",
               StrCat(limits.answers_mib(), " is not in 0 to ", kMost, " (0: none are kept)"));
  }
}

void FillAnalyticCopy(config::v1::AnalyticCopy& copy, Numbers& numbers, FieldErrors& errors) {
  using config::v1::AnalyticCopy;
  if (!copy.has_memory_mib()) copy.set_memory_mib(1024);
  if (copy.memory_mib() < 0) {
    errors.Add("storage.analytic_copy.memory_mib",
               StrCat(copy.memory_mib(), " is not in 0 to ", kMost, " (0: no copy)"));
  }
  numbers.Fill(copy, &AnalyticCopy::threads, &AnalyticCopy::set_threads,
               "storage.analytic_copy.threads", std::min(Cores(), 4), 64);
}

void FillBackends(config::v1::Backends& backends, Numbers& numbers, FieldErrors& errors) {
  using config::v1::Backends;
  FillText(*backends.mutable_registry(), "127.0.0.1:7101");
  FillText(*backends.mutable_funding(), "127.0.0.1:7102");
  FillText(*backends.mutable_strategy(), "127.0.0.1:7103");
  numbers.Fill(backends, &Backends::channels, &Backends::set_channels, "backends.channels", 1, 64);
  CheckTls("backends.tls", backends.tls(), false, errors);
}

}  // namespace

absl::Status ApplyDefaults(std::string_view service, ServerConfig& config) {
  const auto* const known =
      std::find_if(kListen.begin(), kListen.end(),
                   [service](const auto& entry) { return entry.first == service; });
  if (known == kListen.end()) {
    return MakeError(common::v1::ERROR_REASON_INTERNAL,
                     StrCat("there is no service \"", service, "\""));
  }
  FieldErrors errors;
  Numbers numbers(errors);
  FillAddresses(known->second, config, errors);
  CheckTls("tls", config.tls(), true, errors);
  if (service != "strategy" && service != "gateway") {
    FillStorage(service, *config.mutable_storage(), numbers, errors);
  }
  if (service == "funding" || service == "allinone") {
    FillAnalyticCopy(*config.mutable_storage()->mutable_analytic_copy(), numbers, errors);
  }
  FillLimits(*config.mutable_limits(), numbers, errors);
  FillBackends(*config.mutable_backends(), numbers, errors);

  config::v1::Drain& drain = *config.mutable_drain();
  const bool has_delay = drain.has_delay();
  FillDuration(*drain.mutable_delay(), has_delay, 0, "drain.delay", true, errors);
  const bool has_deadline = drain.has_deadline();
  FillDuration(*drain.mutable_deadline(), has_deadline, 10, "drain.deadline", true, errors);

  FillText(*config.mutable_log_level(), "info");
  if (std::find(kLogLevels.begin(), kLogLevels.end(), config.log_level()) == kLogLevels.end()) {
    errors.Add("log_level",
               StrCat("\"", config.log_level(), "\" is none of ", StrJoin(kLogLevels, ", ")));
  }
  return errors.ToStatus();
}

}  // namespace steelyard::config_file
