// steelyard-migrate: moves the stores of registry and funding from one database to another, with
// their history. The client's verb `migrate` is this program.

#include <filesystem>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "services/allinone/move_stores.h"
#include "services/common/config/config.h"
#include "services/common/process/process.h"
#include "services/common/status/status.h"

namespace steelyard::allinone {
namespace {

struct Flags {
  std::string from;
  std::string to;
  std::string only;
};

// A configuration says where stores are; a directory is that of embedded ones.
absl::StatusOr<config::v1::Storage> StorageOf(const std::string& place) {
  if (place.ends_with(".json")) {
    STEELYARD_ASSIGN_OR_RETURN(const config::v1::ServerConfig config,
                               config_file::Load(place, "allinone"));
    return config.storage();
  }
  config::v1::ServerConfig config;
  config.mutable_storage()->mutable_duckdb()->set_directory(place);
  STEELYARD_RETURN_IF_ERROR(config_file::ApplyDefaults("allinone", config));
  return config.storage();
}

absl::Status Move(const Flags& flags) {
  STEELYARD_ASSIGN_OR_RETURN(const config::v1::Storage from, StorageOf(flags.from));
  STEELYARD_ASSIGN_OR_RETURN(const config::v1::Storage to, StorageOf(flags.to));
  return MoveStores(from, to, flags.only, std::cout);
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app(
      "Moves the stores of registry and funding to another database, with their history: the same "
      "tokens give the same bytes afterwards. Stop the services first. What is moved stays where "
      "it "
      "was, too.",
      "steelyard migrate");
  app.add_option("--from", flags.from,
                 "where the stores are: a configuration (FILE.json), or the directory of embedded "
                 "ones")
      ->required();
  app.add_option("--to", flags.to, "where they are to be, likewise; must not hold any yet")
      ->required();
  app.add_option("--only", flags.only, "move this one alone")
      ->check(CLI::IsMember({"registry", "funding"}));
  app.footer(
      "Examples:\n"
      "  steelyard migrate --from data --to postgres.json\n"
      "  steelyard migrate --from postgres.json --to data2 --only funding");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const absl::Status status = Move(flags);
  return status.ok() ? 0 : process::Fail("migrate", status);
}

}  // namespace
}  // namespace steelyard::allinone

int main(int argc, char** argv) { return steelyard::allinone::Main(argc, argv); }
