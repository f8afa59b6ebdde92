#include "tests/support/postgres_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace steelyard::testing {
namespace {

constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin";
constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr const char* kOwner = "owner";  // the file with the number of a test's process
constexpr uint64_t kRoom = uint64_t{2} << 30;

[[noreturn]] void Fail(const std::string& what) {
  std::cerr << what << '\n';
  std::abort();
}

std::string Program(const std::string& name) { return absl::StrCat(kPrograms, "/", name); }

// The user that the server runs as: it refuses to be root.
const passwd& User() {
  static const passwd& user = *[] {
    for (const char* name : {"postgres", "nobody"}) {
      if (const passwd* found = getpwnam(name); found != nullptr) return found;
    }
    Fail("PostgreSQL does not run as root, and there is no other user here");
  }();
  return user;
}

// A command as that user, which ends with the test's process.
std::vector<std::string> AsUser(std::vector<std::string> command) {
  std::vector<std::string> result = {"/usr/bin/setpriv", "--pdeathsig=QUIT"};
  if (geteuid() == 0) {
    result.push_back(absl::StrCat("--reuid=", User().pw_uid));
    result.push_back(absl::StrCat("--regid=", User().pw_gid));
    result.emplace_back("--clear-groups");
  }
  result.insert(result.end(), command.begin(), command.end());
  return result;
}

void GiveToUser(const std::string& path) {
  if (geteuid() == 0 && chown(path.c_str(), User().pw_uid, User().pw_gid) != 0) {
    Fail("cannot give away " + path);
  }
}

void MustRun(const std::vector<std::string>& command) {
  const Finished finished = Run(command);
  if (finished.exit_code != 0) Fail(absl::StrCat(command[0], ": ", finished.out, finished.err));
}

void Copy(const std::string& from, const std::string& to) {
  MustRun({"/bin/cp", "-a", "--reflink=auto", from, to});
}

void CreateCluster(const std::string& path) {
  // The user may not be allowed to write where the build is.
  const TempDir directory;
  GiveToUser(directory.path());
  MustRun(AsUser({Program("initdb"), "--pgdata", directory.File("data"), "--username=steelyard",
                  "--auth=trust", "--encoding=UTF8", "--locale=C", "--wal-segsize=1", "--no-sync",
                  "--no-instructions"}));
  const std::string unfinished = path + ".new";
  std::filesystem::remove_all(unfinished);
  Copy(directory.File("data"), unfinished);
  std::filesystem::rename(unfinished, path);
}

// The files of a server that has not run yet. To make them takes a second or two, so a build does
// it once, whichever of its tests comes first.
std::string Cluster() {
  std::string path = absl::StrCat(STEELYARD_BIN_DIR, "/../postgres-15-", geteuid());
  const int lock = open((path + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock < 0 || flock(lock, LOCK_EX) != 0) Fail("cannot lock " + path);
  if (!std::filesystem::exists(path)) CreateCluster(path);
  close(lock);
  return path;
}

// In memory, where its files are copied ten times as fast, if there is room for those of many.
std::filesystem::path Base() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(memory, error);
  const bool room = !error && space.available > kRoom && access(memory.c_str(), W_OK) == 0;
  return room ? memory : std::filesystem::temp_directory_path();
}

std::string ReadFile(const std::string& path) {
  std::ifstream input(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
}

// Whether a process has ended, though its parent may not have asked.
bool IsGone(pid_t process) {
  const std::string stat = ReadFile(absl::StrCat("/proc/", process, "/stat"));
  return stat.empty() || absl::StrContains(stat, ") Z ");
}

// A test that dies, as death tests do on purpose, leaves the files of its server behind; the next
// one removes them.
void RemoveAbandoned() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(Base(), ignored)) {
    const std::string owner = ReadFile(entry.path() / kOwner);
    pid_t process = 0;
    if (absl::SimpleAtoi(owner, &process) && IsGone(process)) {
      std::filesystem::remove_all(entry.path(), ignored);
    }
  }
}

// Memory that a killed server leaves to the machine; its file names its key and its number.
void RemoveSharedMemory(const std::string& noted) {
  const std::vector<std::string> lines = absl::StrSplit(noted, '\n');
  const std::vector<std::string> words =
      absl::StrSplit(lines.size() > 6 ? lines[6] : "", ' ', absl::SkipEmpty());
  int number = 0;
  if (words.size() == 2 && absl::SimpleAtoi(words[1], &number)) shmctl(number, IPC_RMID, nullptr);
}

// Whether nobody listens there.
bool IsFree(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool free = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(listener);
  return free;
}

// Below those that the system gives to whoever asks for any.
int FreePort() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(10'000, 32'000);
  int port = ports(random);
  while (!IsFree(port)) port = ports(random);
  return port;
}

}  // namespace

std::string PostgresServer::Missing() {
  for (const std::string& program : {Program("initdb"), Program("postgres")}) {
    if (access(program.c_str(), X_OK) != 0) {
      return absl::StrCat("the package postgresql-15 is not installed: there is no ", program);
    }
  }
  return "";
}

PostgresServer::PostgresServer(std::vector<std::string> settings)
    : directory_(Base()), settings_(std::move(settings)) {
  RemoveAbandoned();
  directory_.Write(kOwner, absl::StrCat(getpid()));
  GiveToUser(directory_.path());
  Copy(Cluster(), directory_.File("data"));
  Start();
}

PostgresServer::~PostgresServer() {
  if (!process_) return;
  Thaw();
  // Not SIGKILL, after which some of its memory would remain until the machine's next start.
  process_->Signal(SIGQUIT);
  process_->Wait();
}

std::string PostgresServer::dsn(const std::string& database) const {
  return absl::StrCat("host=", directory_.path(), port_ == 0 ? "" : absl::StrCat(" port=", port_),
                      " user=steelyard dbname=", database);
}

int PostgresServer::Listen() { return port_ = FreePort(); }

void PostgresServer::Own(const std::string& path) {
  GiveToUser(path);
  using std::filesystem::perms;
  std::filesystem::permissions(path, std::filesystem::is_directory(path)
                                         ? perms::owner_all
                                         : perms::owner_read | perms::owner_write);
}

void PostgresServer::Start() {
  std::vector<std::string> command = {
      "/bin/sh",           "-c", "exec \"$@\" 2>>\"$0\"", directory_.File("log"),
      Program("postgres"), "-D", directory_.File("data")};
  std::vector<std::string> all = {port_ == 0 ? "listen_addresses=" : "listen_addresses=127.0.0.1",
                                  absl::StrCat("port=", port_ == 0 ? 5432 : port_),
                                  absl::StrCat("unix_socket_directories=", directory_.path()),
                                  "fsync=off",
                                  "full_page_writes=off",
                                  "autovacuum=off",
                                  "shared_buffers=32MB",
                                  "max_connections=40",
                                  "dynamic_shared_memory_type=mmap"};
  all.insert(all.end(), settings_.begin(), settings_.end());
  for (const std::string& setting : all) {
    command.emplace_back("-c");
    command.push_back(setting);
  }
  auto process = Subprocess::Start(AsUser(std::move(command)));
  if (!process.ok()) Fail(process.status().ToString());
  process_.emplace(*std::move(process));
  Await();
}

// The server notes in a file of its own when it is ready.
void PostgresServer::Await() {
  const std::string state = directory_.File("data/postmaster.pid");
  const absl::Time until = absl::Now() + kPatience;
  while (true) {
    const std::string noted = ReadFile(state);
    if (absl::StartsWith(noted, absl::StrCat(process_->pid(), "\n")) &&
        absl::StrContains(noted, "\nready")) {
      return;
    }
    if (absl::Now() > until || IsGone(process_->pid())) Fail("no PostgreSQL: " + Log());
    absl::SleepFor(absl::Milliseconds(2));
  }
}

void PostgresServer::Stop() {
  process_->Signal(SIGINT);
  process_->Wait();
  process_.reset();
}

void PostgresServer::Kill() {
  Freeze();  // so that it starts nobody else meanwhile
  const std::string server = absl::StrCat(process_->pid());
  std::istringstream children(
      ReadFile(absl::StrCat("/proc/", server, "/task/", server, "/children")));
  const std::vector<pid_t> all = {std::istream_iterator<pid_t>(children), {}};
  process_->Signal(SIGKILL);
  for (const pid_t child : all) kill(child, SIGKILL);
  process_->Wait();
  process_.reset();
  // No other server takes the files while one of them is left.
  for (const pid_t child : all) {
    while (!IsGone(child)) absl::SleepFor(absl::Milliseconds(1));
  }
  RemoveSharedMemory(ReadFile(directory_.File("data/postmaster.pid")));
}

void PostgresServer::Freeze() { process_->Signal(SIGSTOP); }

void PostgresServer::Thaw() { process_->Signal(SIGCONT); }

std::string PostgresServer::Log() const { return ReadFile(directory_.File("log")); }

}  // namespace steelyard::testing
