#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "gateway/cli/format.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::ExportRoundsRequest;
using funding::v1::ExportRoundsResponse;

// A large export may take its time; only silence of the network should end it.
constexpr absl::Duration kPatience = absl::Hours(6);
constexpr size_t kBlock = size_t{1} << 20;

absl::Status FileError(std::string_view path, std::string_view problem) {
  FieldErrors errors;
  errors.Add("--output", StrCat(path, " ", problem));
  return errors.ToStatus();
}

// Where the bytes go: the standard output, or a file that has its name once it is whole. Until then
// they are in FILE.part, and FILE.part.token says how many of them are sure and how to go on.
class Sink {
 public:
  Sink(const Session& session, std::string path) : session_(session), path_(std::move(path)) {}

  // Starts, or goes on where FILE.part.token stands; then returns its resume token.
  absl::StatusOr<std::string> Open(bool resume) {
    if (path_.empty()) return "";
    std::string token;
    if (resume) {
      STEELYARD_ASSIGN_OR_RETURN(token, Recover());
    }
    file_.open(Part(), std::ios::binary | (resume ? std::ios::app : std::ios::trunc));
    if (!file_) return FileError(Part(), "cannot be written");
    return token;
  }

  absl::Status Write(const std::string& bytes, const std::string& token) {
    std::ostream& out = path_.empty() ? session_.out() : file_;
    if (!out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush()) {
      return FileError(path_.empty() ? "the output" : Part(),
                       "cannot be written: is the disk full?");
    }
    digest_.Update(bytes);
    bytes_ += static_cast<int64_t>(bytes.size());
    return path_.empty() ? absl::OkStatus() : WriteToken(token);
  }

  // Compares what was written with what was sent, and gives the file its name.
  absl::Status Close(const funding::v1::ExportEnd& end) {
    if (bytes_ != end.bytes() || digest_.FinishHex() != end.sha256()) {
      return FileError(path_.empty() ? "the output" : Part(),
                       StrCat("has not the bytes that were sent: ", bytes_, " of ", end.bytes(),
                              "; export again without --resume"));
    }
    if (path_.empty()) return absl::OkStatus();
    file_.close();
    std::error_code error;
    if (!file_.fail()) std::filesystem::rename(Part(), path_, error);
    if (file_.fail() || error) return FileError(path_, "cannot be written");
    std::filesystem::remove(TokenFile(), error);
    return absl::OkStatus();
  }

  int64_t bytes() const { return bytes_; }

 private:
  std::string Part() const { return path_ + ".part"; }
  std::string TokenFile() const { return path_ + ".part.token"; }

  // Cuts FILE.part to the bytes that are sure and reads them for the checksum.
  absl::StatusOr<std::string> Recover() {
    std::ifstream state(TokenFile());
    int64_t sure = -1;
    std::string token;
    std::error_code error;
    if (!(state >> sure >> token) || sure < 0) {
      return FileError(TokenFile(), "says nothing to resume; export without --resume");
    }
    const auto size = std::filesystem::file_size(Part(), error);
    if (error || size < static_cast<uintmax_t>(sure)) {
      return FileError(Part(), StrCat("has not the ", sure, " bytes that ", TokenFile(),
                                      " knows of; export without --resume"));
    }
    std::filesystem::resize_file(Part(), static_cast<uintmax_t>(sure), error);
    if (error) return FileError(Part(), "cannot be written");
    std::ifstream known(Part(), std::ios::binary);
    std::string block(kBlock, '\0');
    while (known.read(block.data(), static_cast<std::streamsize>(block.size())) ||
           known.gcount() > 0) {
      digest_.Update(std::string_view(block).substr(0, static_cast<size_t>(known.gcount())));
      bytes_ += known.gcount();
    }
    return token;
  }

  // In one step, so that a kill at any moment leaves the old token or the new one.
  absl::Status WriteToken(const std::string& token) const {
    const std::string fresh = TokenFile() + ".new";
    std::ofstream state(fresh, std::ios::trunc);
    state << bytes_ << ' ' << token << '\n';
    state.close();
    std::error_code error;
    if (!state.fail()) std::filesystem::rename(fresh, TokenFile(), error);
    if (state.fail() || error) return FileError(TokenFile(), "cannot be written");
    return absl::OkStatus();
  }

  const Session& session_;
  const std::string path_;
  std::ofstream file_;
  text::Sha256Stream digest_;
  int64_t bytes_ = 0;
};

absl::StatusOr<ExportRoundsRequest> ToRequest(const Session& session,
                                              const ExportOptions& options) {
  ExportRoundsRequest request;
  FieldErrors errors;
  if (options.resume && options.output.empty()) errors.Add("--resume", "needs --output");
  request.set_format(options.format == "parquet" ? funding::v1::EXPORT_FORMAT_PARQUET
                                                 : funding::v1::EXPORT_FORMAT_CSV);
  request.set_filter(options.filter);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  STEELYARD_ASSIGN_OR_RETURN(const common::v1::Definition definition,
                             ToDefinition({.currency = options.convert_to,
                                           .scope = {},
                                           .bindings = {},
                                           .fx = options.fx,
                                           .prices = {}}));
  request.set_convert_to(definition.currency());
  if (definition.has_fx_policy()) *request.mutable_fx_policy() = definition.fx_policy();
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

// What a stream brought besides bytes.
struct Received {
  common::v1::Snapshot snapshot;
  std::optional<funding::v1::ExportEnd> end;
  absl::Status written;  // of the local file
  absl::Status status;   // of the call
};

Received Receive(const Session& session, const ExportRoundsRequest& request, Sink& sink) {
  Received received;
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  const auto stream = stub->ExportRounds(&context, request);
  ExportRoundsResponse message;
  while (received.written.ok() && stream->Read(&message)) {
    if (message.has_begin()) {
      received.snapshot = message.begin().snapshot();
      if (message.begin().offset() != sink.bytes()) {
        received.written = FileError("the file", "cannot be resumed here; export without --resume");
      }
    }
    if (message.has_end()) received.end = message.end();
    if (message.part_case() == ExportRoundsResponse::kChunk) {
      received.written = sink.Write(message.chunk(), message.resume_token());
    }
  }
  if (!received.written.ok()) context.TryCancel();
  received.status = Session::ToStatus(stream->Finish());
  return received;
}

// A line on how the rounds were resolved and dated; nothing when the server does not say.
std::string HowResolved(const common::v1::Definition& definition) {
  if (definition.source_policy().empty()) return "";
  const bool closed = definition.date_basis() == common::v1::DATE_BASIS_CLOSED;
  return StrCat("resolved  ", definition.source_policy(), ", dated by the ",
                closed ? "closing" : "announcement", "\n");
}

}  // namespace

int Export(const Session& session, const ExportOptions& options) {
  auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  Sink sink(session, options.output);
  const absl::StatusOr<std::string> token = sink.Open(options.resume);
  if (!token.ok()) return session.WrongUsage(token.status());
  request->set_resume_token(*token);
  const Received received = Receive(session, *request, sink);
  if (!received.written.ok()) return session.WrongUsage(received.written);
  if (!received.status.ok() || !received.end) {
    const int code =
        session.Fail(received.status.ok() ? MakeError(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE,
                                                      "the export was cut off")
                                          : received.status);
    if (!options.output.empty() && sink.bytes() > 0) {
      session.err() << "  " << Grouped(sink.bytes()) << " bytes are in " << options.output
                    << ".part; the same command with --resume goes on\n";
    }
    return code;
  }
  const absl::Status closed = sink.Close(*received.end);
  if (!closed.ok()) return session.WrongUsage(closed);
  if (options.output.empty()) return kOk;
  if (session.json()) return session.PrintJson(*received.end);
  session.out() << options.output << ": " << Grouped(received.end->rows()) << " rounds, "
                << Grouped(received.end->bytes()) << " bytes, SHA-256 " << received.end->sha256()
                << "\n\n"
                << HowResolved(received.end->definition()) << "snapshot  "
                << Describe(received.snapshot) << '\n';
  return kOk;
}

}  // namespace steelyard::cli
