#include "services/allinone/built_in_data.h"

#include <filesystem>

#include "absl/time/clock.h"
#include "gateway/import_client.h"
#include "grpcpp/grpcpp.h"
#include "services/common/observe/log.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::allinone {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(5);

absl::StatusOr<bool> FundingIsEmpty(const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = funding::v1::FundingService::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  funding::v1::GetStatusResponse status;
  STEELYARD_RETURN_IF_ERROR(
      FromGrpcStatus(stub->GetStatus(&context, {}, &status), "services/funding"));
  return status.rounds() == 0 && status.observations() == 0;
}

}  // namespace

std::string InstalledDataset() {
  std::error_code error;
  const std::filesystem::path executable = std::filesystem::read_symlink("/proc/self/exe", error);
  return (executable.parent_path().parent_path() / "share" / "steelyard" / "dataset").string();
}

absl::Status LoadIntoEmptyStores(const std::shared_ptr<grpc::Channel>& channel,
                                 const std::string& directory) {
  STEELYARD_ASSIGN_OR_RETURN(const bool empty, FundingIsEmpty(channel));
  if (!empty) return absl::OkStatus();
  const std::vector<gateway::ImportPlan> plans = gateway::PlanDataset(directory);
  STEELYARD_RETURN_IF_ERROR(gateway::CheckReadable(plans));
  int64_t registry_revision = 0;
  for (const gateway::ImportPlan& plan : plans) {
    STEELYARD_ASSIGN_OR_RETURN(const common::v1::ImportReport report,
                               gateway::RunImport(channel, plan, {}, absl::Now() + kPatience));
    if (plan.into == gateway::ImportPlan::Into::kRegistry) {
      registry_revision = report.snapshot().registry_revision();
    }
    for (const common::v1::ImportFileReport& file : report.files()) {
      observe::Log(observe::Severity::kInfo, "built-in data loaded",
                   {{"file", file.file()}, {"rows", StrCat(file.rows_accepted())}});
    }
  }
  return gateway::WaitForProjection(channel, registry_revision, absl::Now() + kPatience);
}

}  // namespace steelyard::allinone
