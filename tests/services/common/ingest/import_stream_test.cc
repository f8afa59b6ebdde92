#include "services/common/ingest/import_stream.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/client.h"
#include "services/common/rpc/runtime.h"
#include "services/common/rpc/server.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"
#include "tests/services/common/rpc/rpc_fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::ingest {
namespace {

using registry::v1::ImportRequest;
using registry::v1::ImportResponse;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr int64_t kMaxBytes = 3 * 1024 * 1024;

ImportRequest Begin(const std::string& source = "cb2013", bool dry_run = false) {
  ImportRequest request;
  request.mutable_begin()->set_source(source);
  request.mutable_begin()->set_dry_run(dry_run);
  return request;
}

ImportRequest File(const std::string& name, std::optional<int64_t> size = std::nullopt,
                   const std::string& format = "csv") {
  ImportRequest request;
  request.mutable_file()->set_name(name);
  request.mutable_file()->set_format(format);
  if (size.has_value()) request.mutable_file()->set_size(*size);
  return request;
}

ImportRequest Chunk(const std::string& bytes) {
  ImportRequest request;
  request.set_chunk(bytes);
  return request;
}

// What one run of the importer saw.
struct Seen {
  std::string source;
  bool dry_run = false;
  std::string import_id;
  std::vector<std::pair<std::string, std::string>> files;  // name and bytes
  std::vector<mode_t> modes;                               // of the files and their directory
};

class Service final : public registry::v1::RegistryService::CallbackService {
 public:
  Service(rpc::Runtime& runtime, std::string directory)
      : runtime_(runtime), directory_(std::move(directory)) {}

  grpc::ServerBidiReactor<ImportRequest, ImportResponse>* Import(
      grpc::CallbackServerContext* server) override {
    return RunImport<ImportRequest, ImportResponse>(
        runtime_, server, kMaxBytes,
        [this](const Context& context, const ImportJob& job, Reporter& reporter) {
          return Take(context, job, reporter);
        },
        directory_);
  }

  rpc::Record<Seen> imports;
  // Runs inside the importer.
  std::function<absl::Status(const Context&)> during;

 private:
  absl::StatusOr<common::v1::ImportReport> Take(const Context& context, const ImportJob& job,
                                                Reporter& reporter) {
    Seen seen = {.source = job.source, .dry_run = job.dry_run, .import_id = job.import_id};
    for (const SpooledFile& file : job.files) {
      std::ifstream stream(file.path, std::ios::binary);
      seen.files.emplace_back(file.name, std::string(std::istreambuf_iterator<char>(stream), {}));
      for (const auto& path :
           {file.path, std::filesystem::path(file.path).parent_path().string()}) {
        struct stat info {};
        stat(path.c_str(), &info);
        seen.modes.push_back(info.st_mode & 0777);
      }
      EXPECT_EQ(file.size, static_cast<int64_t>(seen.files.back().second.size()));
      reporter.BeginFile(file, "UTF-8");
      reporter.RowRead();
      reporter.Find(2, "name", "x", common::v1::IMPORT_ACTION_REJECTED, "must not be x");
    }
    imports.Add(std::move(seen));
    if (during) STEELYARD_RETURN_IF_ERROR(during(context));
    STEELYARD_RETURN_IF_ERROR(reporter.status());
    return reporter.TakeReport();
  }

  rpc::Runtime& runtime_;
  const std::string directory_;
};

class ImportTest : public ::testing::Test {
 protected:
  ImportTest()
      : runtime_("registry", config::v1::Limits(), metrics_),
        service_(runtime_, directory_.path()),
        server_(*rpc::Server::Start(rpc::Loopback(), runtime_, {&service_})),
        stub_(registry::v1::RegistryService::NewStub(
            *rpc::MakeChannel(server_->address(), config::v1::Tls()))) {}

  struct Outcome {
    absl::Status status;
    std::vector<ImportResponse> responses;
  };
  Outcome Send(const std::vector<ImportRequest>& requests) {
    Outcome outcome;
    rpc::OutgoingContext context(rpc::TestCall());
    const auto stream = stub_->Import(context.get());
    for (const ImportRequest& request : requests) {
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
    ImportResponse response;
    while (stream->Read(&response)) outcome.responses.push_back(response);
    outcome.status = FromGrpcStatus(stream->Finish(), "services/registry");
    return outcome;
  }
  bool SpoolIsEmpty() const { return std::filesystem::is_empty(directory_.path()); }
  // Ends all calls, so that what they leave behind can be looked at.
  void Stop() { server_->Drain(); }

 private:
  testing::TempDir directory_;
  observe::Metrics metrics_;
  rpc::Runtime runtime_;

 protected:
  Service service_;

 private:
  std::unique_ptr<rpc::Server> server_;

 protected:
  std::unique_ptr<registry::v1::RegistryService::Stub> stub_;
};

TEST_F(ImportTest, FilesArriveWholeInOrderAndPrivate) {
  const std::string big(1024 * 1024, 'b');
  const Outcome outcome = Send({Begin("cb2013", true), File("a.csv", 3), Chunk("a,"), Chunk("b"),
                                File("empty.csv", 0), File("../b.csv"), Chunk(big)});
  ASSERT_THAT(outcome.status, IsOk());
  ASSERT_THAT(service_.imports.all(), SizeIs(1));
  const Seen seen = service_.imports.all().front();
  EXPECT_EQ(seen.source, "cb2013");
  EXPECT_TRUE(seen.dry_run);
  EXPECT_THAT(seen.files,
              ElementsAre(Pair("a.csv", "a,b"), Pair("empty.csv", ""), Pair("../b.csv", big)));
  EXPECT_THAT(seen.modes, ElementsAre(0600, 0700, 0600, 0700, 0600, 0700));
  Stop();
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(ImportTest, FindingsComeFirstAndTheReportLast) {
  const Outcome outcome = Send({Begin(), File("a.csv"), Chunk("x")});
  ASSERT_THAT(outcome.status, IsOk());
  ASSERT_THAT(outcome.responses, SizeIs(2));
  EXPECT_EQ(outcome.responses.front().finding().line(), 2);
  EXPECT_EQ(outcome.responses.front().finding().file(), "a.csv");
  const common::v1::ImportReport& report = outcome.responses.back().report();
  EXPECT_EQ(report.import_id(), service_.imports.all().front().import_id);
  EXPECT_FALSE(report.dry_run());
  ASSERT_THAT(report.files(), SizeIs(1));
  EXPECT_EQ(report.files(0).rows_rejected(), 1);
}

TEST_F(ImportTest, IdDependsOnSourceFormatsAndBytesAlone) {
  const auto id = [this](const std::vector<ImportRequest>& requests) {
    EXPECT_THAT(Send(requests).status, IsOk());
    return service_.imports.all().back().import_id;
  };
  const std::string one = id({Begin(), File("a"), Chunk("abc")});
  EXPECT_THAT(one, SizeIs(64));
  // Names, chunks, announced sizes and dry runs do not count.
  EXPECT_EQ(one, id({Begin("cb2013", true), File("b", 3), Chunk("a"), Chunk("bc")}));
  EXPECT_NE(one, id({Begin("other"), File("a"), Chunk("abc")}));
  EXPECT_NE(one, id({Begin(), File("a", {}, "tsv"), Chunk("abc")}));
  EXPECT_NE(one, id({Begin(), File("a"), Chunk("abd")}));
  EXPECT_NE(one, id({Begin(), File("a"), Chunk("ab"), File("b"), Chunk("c")}));
}

// A file that is read by a mapping.
ImportRequest Mapped(const std::string& json) {
  ImportRequest request = File("a", {}, "mapped");
  request.mutable_file()->set_mapping_json(json);
  return request;
}

TEST_F(ImportTest, MappingsArePartOfTheContent) {
  const auto id = [this](const ImportRequest& file) {
    EXPECT_THAT(Send({Begin(), file, Chunk("abc")}).status, IsOk());
    return service_.imports.all().back().import_id;
  };
  const std::string mapping =
      R"({"kind": "companies", "fields": [{"to": "company_name", "from": ["A"]}]})";
  const std::string one = id(Mapped(mapping));
  EXPECT_EQ(one, id(Mapped(mapping)));
  EXPECT_NE(one, id(Mapped(mapping + " ")));
  EXPECT_NE(one, id(File("a", {}, "csv")));
}

TEST_F(ImportTest, AWrongMappingIsRefusedBeforeTheFileIsRead) {
  ImportRequest preset = File("a", {}, "mapped");
  preset.mutable_file()->set_mapping_preset("none-such");
  for (const ImportRequest& file : {Mapped("{"), preset, File("a", {}, "mapped")}) {
    EXPECT_THAT(Send({Begin(), file, Chunk("abc")}).status,
                HasReason(common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID));
  }
  EXPECT_THAT(service_.imports.all(), SizeIs(0));
}

TEST_F(ImportTest, WhatBreaksTheProtocolIsRefusedAndWritesNothing) {
  using common::v1::ERROR_REASON_IMPORT_PROTOCOL;
  using common::v1::ERROR_REASON_INVALID_FIELD;
  using common::v1::ERROR_REASON_MESSAGE_TOO_LARGE;
  const std::string mib(1024 * 1024, 'x');
  std::vector<ImportRequest> many = {Begin()};
  for (int i = 0; i <= kMaxFiles; ++i) many.push_back(File("f"));
  const struct {
    std::string name;
    std::vector<ImportRequest> requests;
    ErrorReason reason;
    std::string message;
  } cases[] = {
      {"nothing", {}, ERROR_REASON_IMPORT_PROTOCOL, "before `begin`"},
      {"no file", {Begin()}, ERROR_REASON_IMPORT_PROTOCOL, "without a `file`"},
      {"file first", {File("a")}, ERROR_REASON_IMPORT_PROTOCOL, "before `begin`"},
      {"chunk first", {Chunk("a")}, ERROR_REASON_IMPORT_PROTOCOL, "before its `file`"},
      {"chunk after begin", {Begin(), Chunk("a")}, ERROR_REASON_IMPORT_PROTOCOL, "its `file`"},
      {"begin twice", {Begin(), Begin()}, ERROR_REASON_IMPORT_PROTOCOL, "twice"},
      {"empty part", {Begin(), ImportRequest()}, ERROR_REASON_IMPORT_PROTOCOL, "neither"},
      {"longer", {Begin(), File("a", 1), Chunk("ab")}, ERROR_REASON_IMPORT_PROTOCOL, "more than"},
      {"shorter", {Begin(), File("a", 3), Chunk("ab")}, ERROR_REASON_IMPORT_PROTOCOL, "has 2"},
      {"shorter, then another",
       {Begin(), File("a", 3), Chunk("ab"), File("b")},
       ERROR_REASON_IMPORT_PROTOCOL,
       "has 2"},
      {"too many files", many, ERROR_REASON_IMPORT_PROTOCOL, "at most 1000"},
      {"bad source", {Begin("Cb 2013")}, ERROR_REASON_INVALID_FIELD, "source"},
      {"no source", {Begin("")}, ERROR_REASON_INVALID_FIELD, "source"},
      {"no name", {Begin(), File("")}, ERROR_REASON_INVALID_FIELD, "name"},
      {"no format", {Begin(), File("a", {}, "")}, ERROR_REASON_INVALID_FIELD, "format"},
      {"negative size", {Begin(), File("a", -1)}, ERROR_REASON_INVALID_FIELD, "size"},
      {"large chunk",
       {Begin(), File("a"), Chunk(mib + "x")},
       ERROR_REASON_MESSAGE_TOO_LARGE,
       "1048576"},
      {"large in total",
       {Begin(), File("a"), Chunk(mib), Chunk(mib), File("b"), Chunk(mib), Chunk("x")},
       ERROR_REASON_MESSAGE_TOO_LARGE,
       "more than 3145728"},
      {"announced too large",
       {Begin(), File("a", kMaxBytes + 1)},
       ERROR_REASON_MESSAGE_TOO_LARGE,
       "announces"},
      {"message above the server's limit",
       {Begin(), File("a"), Chunk("a"), Chunk(mib + mib + mib + mib + mib)},
       ERROR_REASON_MESSAGE_TOO_LARGE,
       ""},
  };
  for (const auto& test : cases) {
    const Outcome outcome = Send(test.requests);
    EXPECT_THAT(outcome.status, HasReason(test.reason)) << test.name;
    EXPECT_THAT(std::string(outcome.status.message()), HasSubstr(test.message)) << test.name;
  }
  Stop();
  EXPECT_THAT(service_.imports.all(), SizeIs(0));
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(ImportTest, ExactlyTheMostBytesAreTaken) {
  const std::string mib(1024 * 1024, 'x');
  EXPECT_THAT(Send({Begin(), File("a", kMaxBytes), Chunk(mib), Chunk(mib), Chunk(mib)}).status,
              IsOk());
}

TEST_F(ImportTest, SenderThatGoesAwayWritesNothing) {
  rpc::OutgoingContext context(rpc::TestCall());
  const auto stream = stub_->Import(context.get());
  ASSERT_TRUE(stream->Write(Begin()));
  ASSERT_TRUE(stream->Write(File("a")));
  ASSERT_TRUE(stream->Write(Chunk("complete as far as anybody can see")));
  context.get()->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  Stop();
  EXPECT_THAT(service_.imports.all(), SizeIs(0));
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(ImportTest, CancellationReachesTheImporter) {
  rpc::Event running;
  service_.during = [&](const Context& context) {
    rpc::Event cancelled;
    const auto registration = context.OnCancel([&cancelled] { cancelled.Set(); });
    running.Set();
    cancelled.Wait();
    return context.Check();
  };
  rpc::OutgoingContext context(rpc::TestCall());
  const auto stream = stub_->Import(context.get());
  ASSERT_TRUE(stream->Write(Begin()));
  ASSERT_TRUE(stream->Write(File("a")));
  ASSERT_TRUE(stream->WritesDone());
  running.Wait();
  context.get()->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  Stop();
}

TEST_F(ImportTest, ErrorOfTheImporterIsTheCallsError) {
  service_.during = [](const Context&) {
    return MakeError(common::v1::ERROR_REASON_IMPORT_MALFORMED, "no header", {{"file", "a"}});
  };
  const Outcome outcome = Send({Begin(), File("a"), Chunk("x")});
  EXPECT_THAT(outcome.status, HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_EQ(MetadataOf(outcome.status, "file"), "a");
}

TEST(ImportSpoolTest, DirectoryThatCannotBeMadeIsReported) {
  EXPECT_THAT(ImportSpool::Create("/nonexistent/steelyard", 1),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
}

}  // namespace
}  // namespace steelyard::ingest
