#include <unistd.h>

#include <fstream>

#include "gateway/cli/format.h"
#include "gateway/cli/import_report.h"
#include "gateway/cli/mapped_import.h"
#include "gateway/cli/verbs.h"
#include "gateway/import_client.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

// A large import may take its time; only silence of the network should end it.
constexpr absl::Duration kImportPatience = absl::Hours(6);
constexpr absl::Duration kProjectionPatience = absl::Minutes(10);

// One line on a terminal that shows how far an import is; silent elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(std::ostream& err) : err_(err), shown_(isatty(STDERR_FILENO) == 1) {}
  ~ProgressLine() { Clear(); }
  void Show(const common::v1::ImportProgress& progress) {
    if (!shown_) return;
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start_);
    const auto rate =
        static_cast<int64_t>(static_cast<double>(progress.rows_read()) / std::max(seconds, 0.001));
    err_ << "\r\033[K" << progress.file() << ": " << Grouped(progress.rows_read()) << " rows read, "
         << Grouped(progress.rows_rejected()) << " rejected, " << Grouped(rate) << " rows/s"
         << std::flush;
  }
  void Clear() {
    if (shown_) err_ << "\r\033[K" << std::flush;
  }

 private:
  std::ostream& err_;
  bool shown_;
  absl::Time start_ = absl::Now();
};

// Runs the plans in order, each a commit of its own, and reports what each brought.
class ImportRun {
 public:
  ImportRun(const Session& session, FindingsFiles files)
      : session_(session), findings_(std::move(files)), progress_(session.err()) {}

  int Run(const std::vector<gateway::ImportPlan>& plans) {
    absl::Status status = gateway::CheckReadable(plans);
    if (status.ok()) status = findings_.Open();
    if (!status.ok()) return session_.WrongUsage(status);
    for (const gateway::ImportPlan& plan : plans) {
      status = RunOne(plan);
      if (!status.ok()) return Failed(status);
    }
    progress_.Clear();
    PrintFindings();
    return kOk;
  }

 private:
  absl::Status RunOne(const gateway::ImportPlan& plan) {
    const bool into_registry = plan.into == gateway::ImportPlan::Into::kRegistry;
    const std::string_view service = into_registry ? "registry" : "funding";
    gateway::ImportEvents events;
    events.progress = [this](const common::v1::ImportProgress& progress) {
      progress_.Show(progress);
    };
    events.finding = [this, service](const common::v1::ImportFinding& finding) {
      findings_.Add(service, finding);
    };
    STEELYARD_ASSIGN_OR_RETURN(
        const common::v1::ImportReport report,
        gateway::RunImport(session_.channel(), plan, events, absl::Now() + kImportPatience));
    findings_.Finish(service, report);
    progress_.Clear();
    if (session_.json()) {
      session_.PrintJson(report);
    } else {
      session_.out() << RenderReport(service, report) << std::flush;
    }
    if (!into_registry || report.dry_run()) return absl::OkStatus();
    return gateway::WaitForProjection(session_.channel(), report.snapshot().registry_revision(),
                                      absl::Now() + kProjectionPatience);
  }

  void PrintFindings() const {
    if (!session_.json()) session_.out() << RenderFindings(findings_);
  }

  // What came in before the failure is reported all the same.
  int Failed(const absl::Status& status) {
    progress_.Clear();
    PrintFindings();
    return session_.Fail(status);
  }

  const Session& session_;
  Findings findings_;
  ProgressLine progress_;
};

}  // namespace

int ImportDataset(const Session& session, const ImportDatasetOptions& options) {
  const std::vector<gateway::ImportPlan> plans = gateway::PlanDataset(options.directory);
  const int code = ImportRun(session, {.all = options.findings}).Run(plans);
  const std::vector<std::string> left_out = gateway::LeftOut(options.directory, plans);
  if (code == kOk && !left_out.empty()) {
    (session.json() ? session.err() : session.out())
        << "not read: " << StrJoin(left_out, ", ") << '\n';
  }
  return code;
}

int ImportCrunchbase2013(const Session& session, const ImportCrunchbaseOptions& options) {
  return ImportRun(session, {.all = options.findings})
      .Run(gateway::PlanCrunchbase2013(options.companies, options.rounds, options.source,
                                       options.dry_run));
}

int ImportMapped(const Session& session, const ImportMappedOptions& options) {
  absl::StatusOr<std::vector<gateway::ImportPlan>> plans = PlanMapped(options);
  if (!plans.ok()) return session.WrongUsage(plans.status());
  if (options.match) {
    absl::Status status = gateway::CheckReadable(*plans);
    if (!status.ok()) return session.WrongUsage(status);
    status = MatchPlans(session, *plans);
    if (!status.ok()) return session.Fail(status);
  }
  const bool into_registry = plans->back().into == gateway::ImportPlan::Into::kRegistry;
  return ImportRun(session, {.all = options.findings,
                             .rejects = options.rejects,
                             .rejects_of = into_registry ? "registry" : "funding"})
      .Run(*plans);
}

}  // namespace steelyard::cli
