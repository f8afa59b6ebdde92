#include "gateway/import_client.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "gateway/backends.h"
#include "grpcpp/grpcpp.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::gateway {
namespace {

constexpr size_t kChunkBytes = size_t{256} * 1024;
constexpr absl::Duration kPollInterval = absl::Milliseconds(20);

std::chrono::system_clock::time_point ToDeadline(absl::Time time) {
  return time == absl::InfiniteFuture() ? std::chrono::system_clock::time_point::max()
                                        : absl::ToChronoTime(time);
}

absl::Status Unreadable(const std::string& path) {
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, StrCat("cannot read the file ", path),
                   {{"file", path}});
}

// Sends the files. False when the server no longer listens, which its status then explains; an
// error when a file cannot be read.
template <typename Request, typename Stream>
absl::StatusOr<bool> SendFiles(const ImportPlan& plan, Stream& stream) {
  Request request;
  *request.mutable_begin() = plan.begin;
  if (!stream.Write(request)) return false;
  std::string block(kChunkBytes, '\0');
  for (const ImportSource& source : plan.files) {
    std::ifstream file(source.path, std::ios::binary);
    if (!file) return Unreadable(source.path);
    request.mutable_file()->set_name(
        source.name.empty() ? std::filesystem::path(source.path).filename().string() : source.name);
    request.mutable_file()->set_format(source.format);
    if (!source.mapping_json.empty()) request.mutable_file()->set_mapping_json(source.mapping_json);
    if (!source.mapping_preset.empty()) {
      request.mutable_file()->set_mapping_preset(source.mapping_preset);
    }
    if (std::error_code error; std::filesystem::is_regular_file(source.path, error)) {
      request.mutable_file()->set_size(
          static_cast<int64_t>(std::filesystem::file_size(source.path, error)));
    }
    if (!stream.Write(request)) return false;
    while (file.read(block.data(), static_cast<std::streamsize>(block.size())) ||
           file.gcount() > 0) {
      request.set_chunk(block.data(), static_cast<size_t>(file.gcount()));
      if (!stream.Write(request)) return false;
    }
    if (file.bad()) return Unreadable(source.path);
    request.Clear();
  }
  return true;
}

// The import over one service's stream type: a thread writes while this one reads.
template <typename Request, typename Response, typename Stub>
absl::StatusOr<common::v1::ImportReport> Run(Stub& stub, const ImportPlan& plan,
                                             const ImportEvents& events, absl::Time deadline,
                                             std::string_view service) {
  grpc::ClientContext context;
  context.set_deadline(ToDeadline(deadline));
  const auto stream = stub.Import(&context);
  absl::StatusOr<bool> sent = true;
  std::thread writer([&] {
    sent = SendFiles<Request>(plan, *stream);
    // Only a half-close ends an import; a file that broke must not look like the end of one.
    if (sent.ok() && *sent) {
      stream->WritesDone();
    } else if (!sent.ok()) {
      context.TryCancel();
    }
  });
  common::v1::ImportReport report;
  bool reported = false;
  Response response;
  while (stream->Read(&response)) {
    if (response.has_progress() && events.progress) events.progress(response.progress());
    if (response.has_finding() && events.finding) events.finding(response.finding());
    if (response.has_report()) {
      report = std::move(*response.mutable_report());
      reported = true;
    }
  }
  writer.join();
  const grpc::Status status = stream->Finish();
  if (!sent.ok()) return sent.status();
  STEELYARD_RETURN_IF_ERROR(FromGrpcStatus(status, service));
  if (!reported) {
    return MakeError(common::v1::ERROR_REASON_IMPORT_PROTOCOL, "the import ended without a report");
  }
  return report;
}

}  // namespace

std::vector<ImportPlan> PlanDataset(const std::string& directory) {
  const auto files = [&directory](std::initializer_list<std::pair<const char*, const char*>> list) {
    std::vector<ImportSource> sources;
    for (const auto& [name, format] : list) {
      sources.push_back({.path = StrCat(directory, "/", name), .format = format});
    }
    return sources;
  };
  ImportPlan registry;
  registry.into = ImportPlan::Into::kRegistry;
  registry.begin.set_source("editorial");
  registry.files = files({{"sources.csv", "steelyard-sources"},
                          {"codes.csv", "steelyard-codes"},
                          {"companies.csv", "steelyard-companies"},
                          {"names.csv", "steelyard-names"},
                          {"identifiers.csv", "steelyard-identifiers"}});
  ImportPlan funding;
  funding.into = ImportPlan::Into::kFunding;
  funding.begin.set_source("editorial");
  funding.files = files({{"sources.csv", "steelyard-sources"},
                         {"region_sets.csv", "steelyard-region-sets"},
                         {"ecb_rates.csv", "ecb-rates"},
                         {"investors.csv", "steelyard-investors"},
                         {"rounds.csv", "steelyard-rounds"},
                         {"exits.csv", "steelyard-exits"},
                         {"round_conflicts.csv", "steelyard-round-conflicts"},
                         {"exit_conflicts.csv", "steelyard-exit-conflicts"},
                         {"round_links.csv", "steelyard-round-links"},
                         {"statistics.csv", "steelyard-statistics"}});
  return {std::move(registry), std::move(funding)};
}

std::vector<std::string> LeftOut(const std::string& directory,
                                 const std::vector<ImportPlan>& plans) {
  std::set<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.path().extension() == ".csv") names.insert(entry.path().filename().string());
  }
  for (const ImportPlan& plan : plans) {
    for (const ImportSource& file : plan.files) {
      names.erase(std::filesystem::path(file.path).filename().string());
    }
  }
  return {names.begin(), names.end()};
}

std::vector<ImportPlan> PlanCrunchbase2013(const std::string& companies, const std::string& rounds,
                                           const std::string& source, bool dry_run) {
  ImportPlan registry;
  registry.into = ImportPlan::Into::kRegistry;
  registry.begin.set_source(source);
  registry.begin.set_dry_run(dry_run);
  registry.files = {{.path = companies, .format = "crunchbase-2013-companies"},
                    {.path = rounds, .format = "crunchbase-2013-rounds"}};
  ImportPlan funding;
  funding.into = ImportPlan::Into::kFunding;
  funding.begin = registry.begin;
  funding.files = {{.path = rounds, .format = "crunchbase-2013-rounds"}};
  return {std::move(registry), std::move(funding)};
}

absl::Status CheckReadable(const std::vector<ImportPlan>& plans) {
  for (const ImportPlan& plan : plans) {
    for (const ImportSource& source : plan.files) {
      std::error_code error;
      // A pipe must not be opened here: it can be read only once.
      const bool readable = std::filesystem::is_regular_file(source.path, error)
                                ? std::ifstream(source.path).good()
                                : std::filesystem::is_fifo(source.path, error);
      if (!readable) return Unreadable(source.path);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<common::v1::ImportReport> RunImport(const std::shared_ptr<grpc::Channel>& channel,
                                                   const ImportPlan& plan,
                                                   const ImportEvents& events,
                                                   absl::Time deadline) {
  if (plan.into == ImportPlan::Into::kRegistry) {
    const auto stub = registry::v1::RegistryService::NewStub(channel);
    return Run<registry::v1::ImportRequest, registry::v1::ImportResponse>(*stub, plan, events,
                                                                          deadline, kRegistry);
  }
  const auto stub = funding::v1::FundingService::NewStub(channel);
  return Run<funding::v1::ImportRequest, funding::v1::ImportResponse>(*stub, plan, events, deadline,
                                                                      kFunding);
}

absl::Status WaitForProjection(const std::shared_ptr<grpc::Channel>& channel, int64_t revision,
                               absl::Time deadline) {
  const auto stub = funding::v1::FundingService::NewStub(channel);
  while (true) {
    grpc::ClientContext context;
    context.set_deadline(ToDeadline(deadline));
    funding::v1::GetStatusResponse status;
    STEELYARD_RETURN_IF_ERROR(FromGrpcStatus(stub->GetStatus(&context, {}, &status), kFunding));
    if (status.snapshot().registry_revision() >= revision) return absl::OkStatus();
    if (absl::Now() >= deadline) {
      return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED,
                       StrCat("funding has followed the registry to revision ",
                              status.snapshot().registry_revision(), " of ", revision));
    }
    absl::SleepFor(kPollInterval);
  }
}

}  // namespace steelyard::gateway
