#include "tests/e2e/workload.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/import_client.h"
#include "grpcpp/grpcpp.h"
#include "services/common/status/status.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"

namespace steelyard::testing {
namespace {

constexpr int kRowsOfFile = 300;
constexpr absl::Duration kPatience = absl::Minutes(1);

std::string CompanyOf(size_t number) { return absl::StrCat("companies/c", number); }
std::string RoundOf(size_t number) { return absl::StrCat("rounds/r", number); }
std::string SourceOf(size_t number) { return absl::StrCat("batch", number); }

std::unique_ptr<grpc::ClientContext> Soon() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  return context;
}

absl::Status Of(const grpc::Status& status) { return FromGrpcStatus(status, "the suite"); }

// Asks again while there is no answer: a suite whose database was away finds it within seconds.
template <typename Ask>
auto Patiently(const Ask& ask) {
  const absl::Time until = absl::Now() + kPatience;
  auto answer = ask();
  while (absl::IsUnavailable(answer.status()) && absl::Now() < until) answer = ask();
  return answer;
}

}  // namespace

Workload::Workload()
    : companies_{.rows = 1,
                 .newest = &Workload::registry_,
                 .write = &Workload::WriteCompany,
                 .rows_of = &Workload::CompaniesOf},
      rounds_{.rows = 1,
              .newest = &Workload::funding_,
              .write = &Workload::WriteRound,
              .rows_of = &Workload::RoundsOf},
      imports_{.rows = kRowsOfFile,
               .newest = &Workload::funding_,
               .write = &Workload::ImportRounds,
               .rows_of = &Workload::RoundsOfImport} {}

absl::StatusOr<int64_t> Workload::WriteCompany(const Channel& channel, size_t number) {
  registry::v1::UpsertCompaniesRequest request;
  request.set_request_id(CompanyOf(number));
  request.add_companies()->set_name(CompanyOf(number));
  request.mutable_companies(0)->set_display_name(absl::StrCat("Company ", number));
  registry::v1::UpsertCompaniesResponse response;
  STEELYARD_RETURN_IF_ERROR(Of(registry::v1::RegistryService::NewStub(channel)->UpsertCompanies(
      Soon().get(), request, &response)));
  return response.snapshot().registry_revision();
}

absl::StatusOr<int64_t> Workload::WriteRound(const Channel& channel, size_t number) {
  funding::v1::UpsertRoundsRequest request;
  request.set_request_id(RoundOf(number));
  funding::v1::Round& round = *request.add_rounds();
  round.set_name(RoundOf(number));
  round.set_company(CompanyOf(number));
  round.mutable_announced_on()->set_year(2024);
  round.set_stage(funding::v1::STAGE_SEED);
  round.add_sources("sources/s");
  funding::v1::UpsertRoundsResponse response;
  STEELYARD_RETURN_IF_ERROR(Of(funding::v1::FundingService::NewStub(channel)->UpsertRounds(
      Soon().get(), request, &response)));
  return response.snapshot().funding_revision();
}

absl::StatusOr<int64_t> Workload::ImportRounds(const Channel& channel, size_t number) {
  const std::string path = files_.File("rounds.csv");
  {
    std::ofstream file(path);
    file << "company,announced,stage,amount,currency\n";
    for (int i = 0; i < kRowsOfFile; ++i) {
      file << SourceOf(number) << " made " << i << ",2024-05-06,Seed," << 1000 + i << ",USD\n";
    }
  }
  gateway::ImportPlan plan{
      .into = gateway::ImportPlan::Into::kFunding,
      .begin = {},
      .files = {{.path = path, .format = "mapped", .mapping_preset = "rounds"}}};
  plan.begin.set_source(SourceOf(number));
  STEELYARD_ASSIGN_OR_RETURN(const auto report,
                             gateway::RunImport(channel, plan, {}, absl::Now() + kPatience));
  return report.snapshot().funding_revision();
}

absl::StatusOr<int64_t> Workload::CompaniesOf(const Channel& channel, size_t number) {
  registry::v1::GetCompanyRequest request;
  request.set_name(CompanyOf(number));
  registry::v1::GetCompanyResponse response;
  const grpc::Status status =
      registry::v1::RegistryService::NewStub(channel)->GetCompany(Soon().get(), request, &response);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) return 0;
  STEELYARD_RETURN_IF_ERROR(Of(status));
  return 1;
}

absl::StatusOr<int64_t> Workload::CountRounds(const Channel& channel, const std::string& filter) {
  funding::v1::ListRoundsRequest request;
  request.set_filter(filter);
  request.set_page_size(1);
  funding::v1::ListRoundsResponse response;
  STEELYARD_RETURN_IF_ERROR(Of(
      funding::v1::FundingService::NewStub(channel)->ListRounds(Soon().get(), request, &response)));
  return response.total_size();
}

absl::StatusOr<int64_t> Workload::RoundsOf(const Channel& channel, size_t number) {
  return CountRounds(channel, absl::StrCat("id = \"r", number, "\""));
}

absl::StatusOr<int64_t> Workload::RoundsOfImport(const Channel& channel, size_t number) {
  return CountRounds(channel, absl::StrCat("sources:\"", SourceOf(number), "\""));
}

void Workload::Start(const std::string& target) {
  const Channel channel = grpc::CreateChannel(target, grpc::InsecureChannelCredentials());
  const std::vector<std::vector<Kind*>> all = {{&companies_, &rounds_}, {&imports_}};
  running_ = all.size();
  for (const std::vector<Kind*>& kinds : all) {
    writers_.emplace_back([this, channel, kinds] { RunWriter(channel, kinds); });
  }
}

void Workload::RunWriter(const Channel& channel, std::vector<Kind*> kinds) {
  for (size_t turn = 0;; ++turn) {
    Kind& kind = *kinds[turn % kinds.size()];
    kind.writes.push_back(State::kUnknown);
    if (!Write(channel, kind, kind.writes.size() - 1).ok()) break;
  }
  {
    const std::lock_guard lock(mutex_);
    --running_;
  }
  ended_.notify_all();
}

absl::StatusOr<int64_t> Workload::Write(const Channel& channel, Kind& kind, size_t number) {
  STEELYARD_ASSIGN_OR_RETURN(const int64_t revision, (this->*kind.write)(channel, number));
  const std::lock_guard lock(mutex_);
  kind.writes[number] = State::kAcknowledged;
  this->*kind.newest = std::max(this->*kind.newest, revision);
  ++acknowledged_;
  return revision;
}

void Workload::AwaitMoment(absl::Time moment) {
  std::unique_lock lock(mutex_);
  ended_.wait_until(lock, absl::ToChronoTime(moment), [this] { return running_ == 0; });
}

void Workload::Join() {
  for (std::thread& writer : writers_) writer.join();
  writers_.clear();
}

Losses Workload::Check(const std::string& target, bool all) {
  const Channel channel = grpc::CreateChannel(target, grpc::InsecureChannelCredentials());
  Losses losses;
  for (Kind* kind : {&companies_, &rounds_, &imports_}) {
    for (size_t number = 0; number < kind->writes.size(); ++number) {
      if (all || kind->writes[number] != State::kChecked) {
        CheckWrite(channel, *kind, number, losses);
      }
    }
  }
  CheckTotals(channel, losses);
  return losses;
}

void Workload::CheckWrite(const Channel& channel, Kind& kind, size_t number, Losses& losses) {
  const auto rows = Patiently([&] { return (this->*kind.rows_of)(channel, number); });
  if (!rows.ok()) {
    ++losses.failed;
  } else if (*rows == 0 && kind.writes[number] == State::kUnknown) {
    if (!Patiently([&] { return Write(channel, kind, number); }).ok()) ++losses.failed;
  } else if (*rows == 0) {
    ++losses.lost;
  } else if (*rows != kind.rows) {
    ++losses.half;
  }
  kind.writes[number] = State::kChecked;
}

void Workload::CheckTotals(const Channel& channel, Losses& losses) {
  const auto registry = Patiently([&]() -> absl::StatusOr<registry::v1::GetStatusResponse> {
    registry::v1::GetStatusResponse status;
    STEELYARD_RETURN_IF_ERROR(
        Of(registry::v1::RegistryService::NewStub(channel)->GetStatus(Soon().get(), {}, &status)));
    return status;
  });
  const auto funding = Patiently([&]() -> absl::StatusOr<funding::v1::GetStatusResponse> {
    funding::v1::GetStatusResponse status;
    STEELYARD_RETURN_IF_ERROR(
        Of(funding::v1::FundingService::NewStub(channel)->GetStatus(Soon().get(), {}, &status)));
    return status;
  });
  if (!registry.ok() || !funding.ok()) {
    ++losses.failed;
    return;
  }
  const auto rows = [](const Kind& kind) {
    return static_cast<int64_t>(kind.writes.size()) * kind.rows;
  };
  if (registry->companies() != rows(companies_)) ++losses.other;
  if (funding->rounds() != rows(rounds_) + rows(imports_)) ++losses.other;
  for (const auto& [seen, newest] :
       {std::pair(registry->snapshot().registry_revision(), &registry_),
        std::pair(funding->snapshot().funding_revision(), &funding_)}) {
    if (seen < *newest) ++losses.back;
    *newest = std::max(*newest, seen);
  }
}

}  // namespace steelyard::testing
