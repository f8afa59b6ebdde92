#pragma once

// Real processes under a test: started, read line by line, ended, killed.

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace steelyard::testing {

// A running process. Its standard error goes to the test's own; its standard output is read here.
// Killed and reaped when destroyed.
class Subprocess {
 public:
  // Environment variables are added to the test's own; "NAME=" clears one.
  static absl::StatusOr<Subprocess> Start(const std::vector<std::string>& command,
                                          const std::vector<std::string>& environment = {});
  Subprocess(Subprocess&& other) noexcept;
  Subprocess& operator=(Subprocess&& other) noexcept;
  ~Subprocess();

  // The next line of standard output without its end; an error at the end of the output or when
  // none comes within `patience`.
  absl::StatusOr<std::string> ReadLine(absl::Duration patience = absl::Seconds(60));
  // Reads lines until one contains `text` and returns it.
  absl::StatusOr<std::string> ReadUntil(const std::string& text,
                                        absl::Duration patience = absl::Seconds(60));
  void Signal(int signal) const;
  // Waits for the end; the exit code, or 128 + the signal that ended it.
  int Wait();
  pid_t pid() const { return pid_; }

 private:
  Subprocess(pid_t pid, int output) : pid_(pid), output_(output) {}
  pid_t pid_ = -1;
  int output_ = -1;
  std::string buffer_;
};

// A process run to its end.
struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};
Finished Run(const std::vector<std::string>& command,
             const std::vector<std::string>& environment = {});

// "build/bin/steelyard-gateway" of the build that the test belongs to.
std::string Binary(const std::string& name);
// A file of the source tree.
std::string SourceFile(const std::string& path);

}  // namespace steelyard::testing
