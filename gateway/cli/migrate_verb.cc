#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "gateway/cli/migrate_verb.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {

bool IsMigrate(int argc, char** argv) { return argc > 1 && std::string_view(argv[1]) == "migrate"; }

int Migrate(char** argv, std::ostream& err) {
  std::error_code error;
  const std::filesystem::path client = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string program = (client.parent_path() / "steelyard-migrate").string();
  // It goes on in this process with the words after the verb.
  argv[1] = argv[0];
  execv(program.c_str(), argv + 1);
  err << "steelyard: cannot start " << program << ": " << std::strerror(errno) << '\n';
  return 2;
}

}  // namespace steelyard::cli
