#include "services/common/ingest/ingest.h"

#include <iterator>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard::ingest {
namespace {

using common::v1::AmountTotal;
using common::v1::ImportFileReport;

constexpr int64_t kProgressRows = 10'000;
constexpr int kMostCharacters = 200;
constexpr size_t kMostBytes = 4 * kMostCharacters;  // of so many characters in UTF-8

// The file's total in a currency; totals stay sorted.
AmountTotal& TotalOf(ImportFileReport& file, std::string_view currency) {
  auto& totals = *file.mutable_totals();
  int at = 0;
  while (at < totals.size() && totals.Get(at).currency() < currency) {
    ++at;
  }
  if (at < totals.size() && totals.Get(at).currency() == currency) {
    return *totals.Mutable(at);
  }
  totals.Add()->set_currency(std::string(currency));
  for (int i = totals.size() - 1; i > at; --i) {
    totals.SwapElements(i, i - 1);
  }
  return *totals.Mutable(at);
}

void CountAction(ImportFileReport& file, common::v1::ImportAction action) {
  switch (action) {
    case common::v1::IMPORT_ACTION_REJECTED:
      file.set_rows_rejected(file.rows_rejected() + 1);
      break;
    case common::v1::IMPORT_ACTION_DUPLICATE:
      file.set_rows_duplicate(file.rows_duplicate() + 1);
      break;
    case common::v1::IMPORT_ACTION_REPAIRED:
    case common::v1::IMPORT_ACTION_CLEARED:
      file.set_values_repaired(file.values_repaired() + 1);
      break;
    default:
      break;
  }
}

}  // namespace

Reporter::Reporter(Send finding, SendProgress progress)
    : send_(std::move(finding)), send_progress_(std::move(progress)) {}

void Reporter::BeginFile(const SpooledFile& file, std::string_view encoding) {
  ImportFileReport& report = *report_.add_files();
  report.set_file(file.name);
  report.set_format(file.format);
  report.set_encoding(std::string(encoding));
}

common::v1::ImportFileReport& Reporter::current() {
  return report_.files().empty() ? *report_.add_files() : *report_.mutable_files()->rbegin();
}

void Reporter::RowRead() {
  current().set_rows_read(current().rows_read() + 1);
  if (++rows_read_ % kProgressRows != 0 || !status_.ok()) {
    return;
  }
  common::v1::ImportProgress progress;
  progress.set_file(current().file());
  progress.set_rows_read(rows_read_);
  for (const ImportFileReport& file : report_.files()) {
    progress.set_rows_accepted(progress.rows_accepted() + file.rows_accepted());
    progress.set_rows_rejected(progress.rows_rejected() + file.rows_rejected());
  }
  status_ = send_progress_(progress);
}

void Reporter::RowAccepted() { current().set_rows_accepted(current().rows_accepted() + 1); }

void Reporter::RowBlank() { current().set_rows_blank(current().rows_blank() + 1); }

void Reporter::RowLeftOut() { current().set_rows_rejected(current().rows_rejected() + 1); }

void Reporter::WithoutAmount() {
  current().set_rows_without_amount(current().rows_without_amount() + 1);
}

void Reporter::Amount(std::string_view currency, int64_t minor_units, bool duplicate) {
  AmountTotal& total = TotalOf(current(), currency);
  int64_t sum = 0;
  if (__builtin_add_overflow(total.minor_units(), minor_units, &sum)) {
    if (status_.ok()) {
      status_ = MakeError(common::v1::ERROR_REASON_INVALID_AMOUNT,
                          StrCat(current().file(), ": the amounts in ", currency,
                                 " together exceed 9,223,372,036,854,775,807 minor units; import "
                                 "the file in parts"),
                          {{"file", current().file()}, {"currency", std::string(currency)}});
    }
    return;
  }
  total.set_minor_units(sum);
  total.set_rows(total.rows() + 1);
  if (duplicate) {
    total.set_duplicate_minor_units(total.duplicate_minor_units() + minor_units);
  }
}

void Reporter::Unmapped(std::vector<common::v1::UnmappedValue> values, int64_t omitted) {
  current().mutable_unmapped()->Assign(std::make_move_iterator(values.begin()),
                                       std::make_move_iterator(values.end()));
  current().set_unmapped_omitted(omitted);
}

void Reporter::Find(int64_t line, std::string_view column, std::string_view value,
                    common::v1::ImportAction action, std::string_view reason) {
  CountAction(current(), action);
  if (findings_sent_ == kMostFindings) {
    report_.set_findings_omitted(report_.findings_omitted() + 1);
    return;
  }
  if (!status_.ok()) {
    return;
  }
  common::v1::ImportFinding finding;
  finding.set_file(current().file());
  finding.set_line(line);
  finding.set_column(text::ToUtf8(column));
  finding.set_value(text::Truncate(text::ToUtf8(value.substr(0, kMostBytes)), kMostCharacters));
  finding.set_action(action);
  finding.set_reason(text::ToUtf8(reason));
  ++findings_sent_;
  status_ = send_(finding);
}

common::v1::ImportReport Reporter::TakeReport() { return std::exchange(report_, {}); }

}  // namespace steelyard::ingest
