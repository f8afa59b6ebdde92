// `steelyard export`: files that are whole or not there, and streams that break.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/temp_dir.h"

namespace steelyard::cli {
namespace {

using funding::v1::ExportRoundsRequest;
using funding::v1::ExportRoundsResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kFile[] = "0123456789";

// How a stream goes: it breaks off after `chunks`, or ends with or without its last message.
struct Stream {
  int chunks = 1'000;
  bool sends_end = true;
  std::string sha256 = text::Sha256Hex(kFile);
};

// Sends the file in chunks of four bytes from where a token ("@4") stands.
class ExportingFunding final : public funding::v1::FundingService::Service {
 public:
  // What the next calls answer. May be called while the server runs, as may requests().
  void Answer(Stream stream) {
    const std::lock_guard lock(mutex_);
    stream_ = std::move(stream);
  }
  std::vector<ExportRoundsRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  grpc::Status ExportRounds(grpc::ServerContext*, const ExportRoundsRequest* request,
                            grpc::ServerWriter<ExportRoundsResponse>* writer) override {
    const std::lock_guard lock(mutex_);
    requests_.push_back(*request);
    const std::string file = kFile;
    size_t at = request->resume_token().empty() ? 0 : std::stoul(request->resume_token().substr(1));
    ExportRoundsResponse message;
    message.mutable_begin()->set_offset(static_cast<int64_t>(at));
    message.mutable_begin()->mutable_snapshot()->set_token("sy1.token");
    writer->Write(message);
    for (int i = 0; at < file.size(); ++i) {
      if (i == stream_.chunks) {
        return ToGrpcStatus(MakeError(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE, "broken"));
      }
      message.set_chunk(file.substr(at, 4));
      at += message.chunk().size();
      message.set_resume_token(StrCat("@", at));
      writer->Write(message);
    }
    message.mutable_end()->set_rows(3);
    message.mutable_end()->set_bytes(static_cast<int64_t>(file.size()));
    message.mutable_end()->set_sha256(stream_.sha256);
    message.mutable_end()->set_complete(true);
    message.mutable_end()->mutable_definition()->set_source_policy("listed-order/1");
    if (stream_.sends_end) writer->Write(message);
    return grpc::Status::OK;
  }

 private:
  mutable std::mutex mutex_;
  Stream stream_;
  std::vector<ExportRoundsRequest> requests_;
};

class ExportVerbTest : public ::testing::Test {
 protected:
  ExportVerbTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&funding_);
    server_ = builder.BuildAndStart();
    target_ = StrCat("127.0.0.1:", port);
  }
  ~ExportVerbTest() override { server_->Shutdown(); }

  Ran Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--target", target_, "export", "rounds"});
    return RunClient(std::move(arguments));
  }
  std::string Path(const std::string& suffix = "") const {
    return directory_.File("rounds.csv" + suffix);
  }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  // Nothing but the file itself is there.
  bool IsAlone() const {
    return std::distance(std::filesystem::directory_iterator(directory_.path()),
                         std::filesystem::directory_iterator()) == 1;
  }

  ExportingFunding funding_;
  testing::TempDir directory_;
  std::unique_ptr<grpc::Server> server_;
  std::string target_;
};

TEST_F(ExportVerbTest, AWholeFileHasItsName) {
  const Ran ran = Run({"--format", "parquet", "--output", Path(), "--filter", "year = 2024",
                       "--from", "2020", "--convert-to", "EUR", "--fx", "year-average"});
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_EQ(Read(Path()), kFile);
  EXPECT_TRUE(IsAlone());
  EXPECT_THAT(ran.out, AllOf(HasSubstr("3 rounds, 10 bytes, SHA-256 "),
                             HasSubstr("resolved  listed-order/1, dated by the announcement\n"),
                             HasSubstr("sy1.token")));
  const ExportRoundsRequest request = funding_.requests().at(0);
  EXPECT_EQ(request.format(), funding::v1::EXPORT_FORMAT_PARQUET);
  EXPECT_EQ(request.filter(), "year = 2024");
  EXPECT_EQ(request.period().from().year(), 2020);
  EXPECT_EQ(request.convert_to(), "EUR");
  EXPECT_EQ(request.fx_policy().method(), common::v1::FX_METHOD_YEAR_AVERAGE);
}

TEST_F(ExportVerbTest, WithoutAFileTheBytesAreTheOutput) {
  const Ran ran = Run({});
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_EQ(ran.out, kFile);
  EXPECT_EQ(funding_.requests().at(0).format(), funding::v1::EXPORT_FORMAT_CSV);
}

TEST_F(ExportVerbTest, ABrokenExportGoesOnWhereItBroke) {
  funding_.Answer({.chunks = 1});
  const Ran broken = Run({"--output", Path()});
  EXPECT_EQ(broken.code, kUnavailable);
  EXPECT_THAT(broken.err, AllOf(HasSubstr("4 bytes are in"), HasSubstr("--resume")));
  EXPECT_FALSE(std::filesystem::exists(Path()));
  // A kill between a chunk and its token leaves more bytes than the token knows.
  std::ofstream(Path(".part"), std::ios::app) << "456";
  funding_.Answer({});
  const Ran resumed = Run({"--output", Path(), "--resume"});
  EXPECT_EQ(resumed.code, kOk) << resumed.err;
  EXPECT_EQ(funding_.requests().at(1).resume_token(), "@4");
  EXPECT_EQ(Read(Path()), kFile);
  EXPECT_TRUE(IsAlone());
}

TEST_F(ExportVerbTest, AStreamWithoutItsEndIsCutOff) {
  funding_.Answer({.sends_end = false});
  const Ran ran = Run({"--output", Path()});
  EXPECT_EQ(ran.code, kUnavailable);
  EXPECT_THAT(ran.err, HasSubstr("cut off"));
  EXPECT_FALSE(std::filesystem::exists(Path()));
}

TEST_F(ExportVerbTest, BytesThatAreNotThoseSentAreNoFile) {
  funding_.Answer({.sha256 = text::Sha256Hex("other")});
  const Ran ran = Run({"--output", Path()});
  EXPECT_EQ(ran.code, kWrongUsage);
  EXPECT_THAT(ran.err, HasSubstr("without --resume"));
  EXPECT_FALSE(std::filesystem::exists(Path()));
}

TEST_F(ExportVerbTest, WhatCannotBeResumedSaysSo) {
  EXPECT_THAT(Run({"--resume"}).err, HasSubstr("needs --output"));
  const Ran nothing = Run({"--resume", "--output", Path()});
  EXPECT_EQ(nothing.code, kWrongUsage);
  EXPECT_THAT(nothing.err, HasSubstr("nothing to resume"));
  std::ofstream(Path(".part.token")) << "4 @4\n";
  std::ofstream(Path(".part")) << "012";
  EXPECT_THAT(Run({"--resume", "--output", Path()}).err, HasSubstr("has not the 4 bytes"));
  EXPECT_THAT(funding_.requests(), IsEmpty());
  EXPECT_EQ(Run({"--output", directory_.path() + "/none/rounds.csv"}).code, kWrongUsage);
  EXPECT_EQ(Run({"--format", "xlsx"}).code, kWrongUsage);
}

}  // namespace
}  // namespace steelyard::cli
