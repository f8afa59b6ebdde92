#include "tests/support/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace steelyard::testing {
namespace {

// The test's environment with changes applied.
std::vector<std::string> Environment(const std::vector<std::string>& changes) {
  std::vector<std::string> result = changes;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string name(*entry, strcspn(*entry, "=") + 1);
    bool changed = false;
    for (const std::string& change : changes) changed = changed || absl::StartsWith(change, name);
    if (!changed) result.emplace_back(*entry);
  }
  return result;
}

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& text : strings) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Starts a command with its output on `out`, and its errors on `err` unless that is negative.
absl::StatusOr<pid_t> Spawn(const std::vector<std::string>& command,
                            const std::vector<std::string>& changes, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  if (err >= 0) posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  // The child starts with no signal blocked, whatever the test blocks.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const std::vector<std::string> environment = Environment(changes);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, command[0].c_str(), &actions, &attributes,
                                Pointers(command).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return absl::InternalError(absl::StrCat(command[0], ": ", strerror(error)));
  return pid;
}

int Reap(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string TakeFile(FILE* file) {
  std::string content;
  std::rewind(file);
  std::array<char, 4096> block{};
  size_t size = 0;
  while ((size = std::fread(block.data(), 1, block.size(), file)) > 0)
    content.append(block.data(), size);
  std::fclose(file);
  return content;
}

}  // namespace

absl::StatusOr<Subprocess> Subprocess::Start(const std::vector<std::string>& command,
                                             const std::vector<std::string>& environment) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return absl::InternalError("pipe");
  absl::StatusOr<pid_t> pid = Spawn(command, environment, pipe_ends[1], -1);
  close(pipe_ends[1]);
  if (!pid.ok()) {
    close(pipe_ends[0]);
    return pid.status();
  }
  return Subprocess(*pid, pipe_ends[0]);
}

Subprocess::Subprocess(Subprocess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)),
      buffer_(std::move(other.buffer_)) {}

Subprocess& Subprocess::operator=(Subprocess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(output_, other.output_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

Subprocess::~Subprocess() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    Wait();
  }
  if (output_ >= 0) close(output_);
}

absl::StatusOr<std::string> Subprocess::ReadLine(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  while (true) {
    if (const size_t end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    pollfd ready = {.fd = output_, .events = POLLIN, .revents = 0};
    const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
    if (left <= 0 || poll(&ready, 1, static_cast<int>(left)) == 0) {
      return absl::DeadlineExceededError("no line of output in time");
    }
    std::array<char, 4096> block{};
    const ssize_t size = read(output_, block.data(), block.size());
    if (size == 0) return absl::OutOfRangeError("the output ended");
    if (size > 0) buffer_.append(block.data(), static_cast<size_t>(size));
  }
}

absl::StatusOr<std::string> Subprocess::ReadUntil(const std::string& text,
                                                  absl::Duration patience) {
  while (true) {
    absl::StatusOr<std::string> line = ReadLine(patience);
    if (!line.ok() || absl::StrContains(*line, text)) return line;
  }
}

void Subprocess::Signal(int signal) const { kill(pid_, signal); }

int Subprocess::Wait() { return Reap(std::exchange(pid_, -1)); }

Finished Run(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  // Files rather than pipes: a process that writes much to both can never wait for a reader.
  FILE* out = std::tmpfile();
  FILE* err = std::tmpfile();
  Finished finished;
  const absl::StatusOr<pid_t> pid = Spawn(command, environment, fileno(out), fileno(err));
  if (pid.ok()) finished.exit_code = Reap(*pid);
  finished.out = TakeFile(out);
  finished.err = pid.ok() ? TakeFile(err) : std::string(pid.status().message());
  return finished;
}

std::string Binary(const std::string& name) { return absl::StrCat(STEELYARD_BIN_DIR, "/", name); }

std::string SourceFile(const std::string& path) {
  return absl::StrCat(STEELYARD_SOURCE_DIR, "/", path);
}

}  // namespace steelyard::testing
