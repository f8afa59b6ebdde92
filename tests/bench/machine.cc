#include "tests/bench/machine.h"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace steelyard::bench {
namespace {

constexpr int64_t kKib = 1024;
constexpr double kGib = 1024.0 * 1024 * 1024;

// What follows "NAME:" in a file of such lines.
std::string Field(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind(name, 0) != 0) continue;
    const size_t colon = line.find(':');
    const size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

int64_t Kibibytes(const std::string& path, const std::string& name) {
  const std::string text = Field(path, name);
  return text.empty() ? 0 : std::stoll(text) * kKib;
}

}  // namespace

std::string Machine() {
  utsname system{};
  uname(&system);
  return absl::StrFormat("%d x %s, %.0f GiB, %s %s", std::thread::hardware_concurrency(),
                         Field("/proc/cpuinfo", "model name"),
                         static_cast<double>(Kibibytes("/proc/meminfo", "MemTotal")) / kGib,
                         system.sysname, system.release);
}

int64_t ResidentMemory(pid_t process) {
  return Kibibytes(absl::StrCat("/proc/", process, "/status"), "VmRSS");
}

int64_t PeakMemory() { return Kibibytes("/proc/self/status", "VmHWM"); }

void ForgetPeakMemory() { std::ofstream("/proc/self/clear_refs") << "5"; }

absl::Duration ProcessorTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

std::string Load() {
  std::ifstream file("/proc/loadavg");
  std::string one;
  std::string five;
  std::string fifteen;
  file >> one >> five >> fifteen;
  return absl::StrCat(one, " ", five, " ", fifteen);
}

}  // namespace steelyard::bench
