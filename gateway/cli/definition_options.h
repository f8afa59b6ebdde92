#pragma once

// Flags that say under which definition and for which period a question is asked.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "steelyard/common/v1/definition.pb.h"
#include "steelyard/common/v1/period.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace steelyard::cli {

// Which source is believed.
struct SourceOptions {
  std::string policy;                 // "listed-order", "freshest", ..., with or without "/1"
  std::vector<std::string> priority;  // ids of sources
  std::vector<std::string> rules;     // "amount=median"
};
// Adds --policy and --prefer to a verb.
void AddPolicyFlags(CLI::App& verb, SourceOptions& options);
// Adds these and --rule.
void AddSourceFlags(CLI::App& verb, SourceOptions& options);
// The definition with these alone. INVALID_FIELD naming the flag.
absl::StatusOr<common::v1::Definition> ToDefinition(const SourceOptions& options);

struct DefinitionOptions {
  std::string currency;
  std::vector<std::string> scope;     // "equity", "debt", ..., or "all"
  std::vector<std::string> bindings;  // "EUROPE=EU27"
  std::string fx;                     // "transaction-date", "year-average" or a date
  std::string prices;                 // "2021" or "2021:cpi_index"
  std::string dates;                  // "announced" or "closed"
  std::string attribution;            // "recipient-headquarters", "investor-origin", ...
  std::string layer_attribution;      // "primary", "equal-split", "full"
  SourceOptions sources;
};
// Adds --currency, --scope, --region, --fx, --prices, --dates, --attribution, --layer-attribution
// and those of AddSourceFlags to a verb.
void AddDefinitionFlags(CLI::App& verb, DefinitionOptions& options);
// INVALID_FIELD naming the flag. The server checks what the words stand for.
absl::StatusOr<common::v1::Definition> ToDefinition(const DefinitionOptions& options);
// A definition in one line: "equity; recipient headquarters; USD, nominal; ECB rate of the day;
// ...".
std::string Describe(const common::v1::Definition& definition);

struct PeriodOptions {
  std::string from;
  std::string to;
};
// Adds --from and --to.
void AddPeriodFlags(CLI::App& verb, PeriodOptions& options, bool required);
// INVALID_FIELD naming the flag.
absl::StatusOr<common::v1::Period> ToPeriod(const PeriodOptions& options);

}  // namespace steelyard::cli
