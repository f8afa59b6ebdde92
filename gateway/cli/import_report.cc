#include "gateway/cli/import_report.h"

#include <algorithm>

#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "services/common/ingest/ingest.h"
#include "services/common/mapping/mapping.h"
#include "services/common/money/money.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

constexpr size_t kActionPrefix = sizeof("IMPORT_ACTION_") - 1;
constexpr size_t kShownOfGroup = 3;

std::string ActionWord(common::v1::ImportAction action) {
  return Words(common::v1::ImportAction_Name(action).substr(kActionPrefix));
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

// Exact, with grouped units: "280,026,358,782 USD".
std::string Exact(int64_t minor_units, const std::string& currency) {
  const std::string decimal = ToDecimal({.minor_units = minor_units, .currency = currency});
  const size_t point = decimal.find('.');
  const std::string fraction = point == std::string::npos ? "" : decimal.substr(point);
  const bool whole = fraction.find_first_not_of(".0") == std::string::npos;
  return StrCat(Grouped(std::stoll(decimal.substr(0, point))), whole ? "" : fraction, " ",
                currency);
}

std::string Totals(const common::v1::ImportFileReport& file) {
  if (file.totals().empty()) return "";
  std::string text =
      StrCat("  ", file.file(), ": ", Grouped(file.rows_without_amount()),
             file.rows_without_amount() == 1 ? " row" : " rows", " without an amount\n");
  for (const common::v1::AmountTotal& total : file.totals()) {
    StrAppend(&text, "  ", file.file(), ": ", Exact(total.minor_units(), total.currency()), " in ",
              Grouped(total.rows()), total.rows() == 1 ? " row" : " rows");
    if (total.duplicate_minor_units() > 0) {
      StrAppend(&text, ", of which ", Exact(total.duplicate_minor_units(), total.currency()),
                " stood in duplicate rows and is counted once");
    }
    text += '\n';
  }
  return text;
}

// The values that a mapping does not translate, or what a format leaves out; those with the most
// rows.
std::string UnmappedValues(const common::v1::ImportFileReport& file) {
  constexpr int kShown = 10;
  std::string text;
  int64_t rows = file.unmapped_omitted();
  for (const common::v1::UnmappedValue& value : file.unmapped()) rows += value.rows();
  if (rows == 0) return text;
  const bool one = rows == 1;
  StrAppend(&text, "  ", file.file(), ": ", Grouped(rows),
            file.format() != mapping::kMappedFormat
                ? (one ? " row of a sort that" : " rows of sorts that")
                : (one ? " value that" : " values that"),
            file.format() != mapping::kMappedFormat ? " the format leaves out\n"
                                                    : " the mapping does not translate\n");
  for (int i = 0; i < std::min(file.unmapped_size(), kShown); ++i) {
    const common::v1::UnmappedValue& value = file.unmapped(i);
    StrAppend(&text, "    ", value.field(), " ", Quoted(value.value()), " in ",
              Grouped(value.rows()), value.rows() == 1 ? " row\n" : " rows\n");
  }
  if (file.unmapped_size() > kShown) {
    StrAppend(&text, "    and ", Grouped(file.unmapped_size() - kShown),
              " others; all of them: --json\n");
  }
  return text;
}

}  // namespace

absl::Status Findings::Open() {
  const auto open = [](const std::string& path, std::string_view header, std::ofstream& file) {
    if (path.empty()) return absl::OkStatus();
    file.open(path);
    if (!file) {
      return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                       StrCat("cannot write the file ", path), {{"file", path}});
    }
    file << header << '\n';
    return absl::OkStatus();
  };
  STEELYARD_RETURN_IF_ERROR(
      open(files_.all, "service,file,line,column,action,value,reason", file_));
  return open(files_.rejects, "line,column,value,reason", rejects_);
}

void Findings::Add(std::string_view service, const common::v1::ImportFinding& finding) {
  const std::string action = ActionWord(finding.action());
  if (file_.is_open()) {
    file_ << service << ',' << Quoted(finding.file()) << ',' << finding.line() << ','
          << Quoted(finding.column()) << ',' << action << ',' << Quoted(finding.value()) << ','
          << Quoted(finding.reason()) << '\n';
  }
  if (rejects_.is_open() && service == files_.rejects_of &&
      finding.action() == common::v1::IMPORT_ACTION_REJECTED) {
    rejects_ << finding.line() << ',' << Quoted(finding.column()) << ',' << Quoted(finding.value())
             << ',' << Quoted(finding.reason()) << '\n';
  }
  if (finding.action() == common::v1::IMPORT_ACTION_REJECTED) ++rejected_[std::string(service)];
  const std::string title = StrCat(service, ": ", finding.file(), ": ", action,
                                   finding.column().empty() ? "" : " ", finding.column());
  const auto [at, fresh] = index_.try_emplace(title, groups_.size());
  if (fresh) groups_.push_back({.title = title, .count = 0, .first = {}});
  Group& group = groups_[at->second];
  ++group.count;
  if (group.first.size() < kShownOfGroup) group.first.push_back(finding);
}

void Findings::Finish(std::string_view service, const common::v1::ImportReport& report) {
  if (report.findings_omitted() == 0) return;
  int64_t rejected = -rejected_[std::string(service)];
  for (const common::v1::ImportFileReport& file : report.files()) rejected += file.rows_rejected();
  const std::string why =
      StrCat(": an import sends the first ", Grouped(ingest::kMostFindings), " findings");
  if (file_.is_open()) {
    file_ << service << ",\"\",,\"\",left out,\"\","
          << Quoted(StrCat(Grouped(report.findings_omitted()),
                           " more findings are not in this file", why))
          << '\n';
  }
  if (rejects_.is_open() && service == files_.rejects_of && rejected > 0) {
    rejects_ << ",\"\",\"\","
             << Quoted(StrCat(Grouped(rejected), " more rejected rows are not in this file", why))
             << '\n';
  }
  StrAppend(&left_out_, service, ": ", Grouped(report.findings_omitted()),
            " more findings were counted and not sent, ", Grouped(rejected),
            " of them rejected rows; the files lack them, too\n");
}

std::string RenderReport(std::string_view service, const common::v1::ImportReport& report) {
  Table table({StrCat(service, ", file"), "read", "taken", "duplicate", "rejected", "repaired",
               "blank", "encoding"},
              {Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight,
               Align::kRight, Align::kRight, Align::kLeft});
  std::string totals;
  for (const common::v1::ImportFileReport& file : report.files()) {
    table.AddRow({file.file(), Grouped(file.rows_read()), Grouped(file.rows_accepted()),
                  Grouped(file.rows_duplicate()), Grouped(file.rows_rejected()),
                  Grouped(file.values_repaired()), Grouped(file.rows_blank()), file.encoding()});
    totals += Totals(file);
    totals += UnmappedValues(file);
  }
  std::string end;
  if (report.dry_run()) {
    end = "dry run: nothing was written";
  } else if (report.already_imported()) {
    end = "already imported: nothing changed";
  } else {
    const common::v1::Snapshot& snapshot = report.snapshot();
    const int64_t revision =
        service == "registry" ? snapshot.registry_revision() : snapshot.funding_revision();
    const int64_t subjects = report.subjects_changed();
    end = StrCat(Grouped(subjects), subjects == 1 ? " subject" : " subjects", " written, revision ",
                 revision);
  }
  if (report.findings_omitted() > 0) {
    StrAppend(&end, "\n  ", Grouped(report.findings_omitted()),
              " findings were counted, but not sent");
  }
  return StrCat(table.Render(), totals, "  ", end, "\n\n");
}

std::string RenderFindings(const Findings& findings) {
  std::string text;
  for (const Findings::Group& group : findings.groups()) {
    StrAppend(&text, group.title, ", ", Grouped(group.count),
              group.count == 1 ? " time\n" : " times\n");
    for (const common::v1::ImportFinding& finding : group.first) {
      StrAppend(&text, "  line ", finding.line(), ": ",
                finding.value().empty() ? "" : Quoted(finding.value()),
                finding.value().empty() ? "" : ": ", finding.reason(), "\n");
    }
    if (group.count > static_cast<int64_t>(group.first.size())) text += "  ...\n";
  }
  if (text.empty()) return text;
  const std::string_view which =
      findings.left_out().empty() ? "every line of it: " : "every line that was sent: ";
  StrAppend(&text, which, findings.path().empty() ? "--findings FILE" : findings.path(), "\n",
            findings.left_out());
  return text;
}

}  // namespace steelyard::cli
