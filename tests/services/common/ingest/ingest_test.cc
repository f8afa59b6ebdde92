#include "services/common/ingest/ingest.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::ingest {
namespace {

using common::v1::IMPORT_ACTION_CLEARED;
using common::v1::IMPORT_ACTION_DUPLICATE;
using common::v1::IMPORT_ACTION_REJECTED;
using common::v1::IMPORT_ACTION_REPAIRED;
using common::v1::ImportFinding;
using common::v1::ImportProgress;
using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::SizeIs;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// A reporter whose messages are kept; sending fails once `answer` is an error.
struct Sink {
  std::vector<ImportFinding> findings;
  std::vector<ImportProgress> progress;
  absl::Status answer;
  Reporter reporter{[this](const ImportFinding& finding) {
                      findings.push_back(finding);
                      return answer;
                    },
                    [this](const ImportProgress& message) {
                      progress.push_back(message);
                      return answer;
                    }};
};

SpooledFile File(const std::string& name) { return {name, "crunchbase-2013", "/tmp/x", 1}; }

TEST(Reporter, CountsByFile) {
  Sink sink;
  Reporter& reporter = sink.reporter;
  reporter.BeginFile(File("a.csv"), "macintosh");
  reporter.RowRead();
  reporter.RowAccepted();
  reporter.RowRead();
  reporter.Find(3, "", "x", IMPORT_ACTION_REJECTED, "no company");
  reporter.RowRead();
  reporter.Find(4, "", "y", IMPORT_ACTION_DUPLICATE, "repeats line 2");
  reporter.RowBlank();
  reporter.BeginFile(File("b.csv"), "UTF-8");
  reporter.RowRead();
  reporter.WithoutAmount();
  reporter.RowAccepted();
  reporter.Find(2, "name", "#NAME?", IMPORT_ACTION_CLEARED, "a spreadsheet's error");
  reporter.Find(2, "city", "Malm\xCC", IMPORT_ACTION_REPAIRED, "read as Mac-Roman");
  EXPECT_THAT(reporter.status(), IsOk());
  EXPECT_THAT(reporter.TakeReport(), EqualsProto(R"pb(
                files {
                  file: "a.csv"
                  format: "crunchbase-2013"
                  rows_read: 3
                  rows_accepted: 1
                  rows_rejected: 1
                  rows_duplicate: 1
                  rows_blank: 1
                  encoding: "macintosh"
                }
                files {
                  file: "b.csv"
                  format: "crunchbase-2013"
                  rows_read: 1
                  rows_accepted: 1
                  values_repaired: 2
                  rows_without_amount: 1
                  encoding: "UTF-8"
                })pb"));
}

TEST(Reporter, SendsFindingsWithTheirPlace) {
  Sink sink;
  sink.reporter.BeginFile(File("a.csv"), "UTF-8");
  sink.reporter.Find(7, "amount", "-5", IMPORT_ACTION_REJECTED, "must not be negative");
  ASSERT_THAT(sink.findings, SizeIs(1));
  EXPECT_THAT(sink.findings[0], EqualsProto(R"pb(
                file: "a.csv"
                line: 7
                column: "amount"
                value: "-5"
                action: IMPORT_ACTION_REJECTED
                reason: "must not be negative")pb"));
}

TEST(Reporter, CutsLongValuesBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += "é";
  }
  Sink sink;
  sink.reporter.BeginFile(File("a.csv"), "UTF-8");
  sink.reporter.Find(1, "", text, IMPORT_ACTION_CLEARED, "");
  sink.reporter.Find(2, "", "caf\xE9", IMPORT_ACTION_CLEARED, "");
  sink.reporter.Find(3, "", std::string(5000, '\xE9'), IMPORT_ACTION_CLEARED, "");
  EXPECT_EQ(sink.findings.at(0).value(), text.substr(0, 400));
  EXPECT_EQ(sink.findings.at(1).value(), "caf\xEF\xBF\xBD");
  EXPECT_TRUE(text::IsUtf8(sink.findings.at(2).value()));
  EXPECT_EQ(sink.findings.at(2).value().size(), 600U);
}

TEST(Reporter, SumsAmountsByCurrency) {
  Sink sink;
  sink.reporter.BeginFile(File("a.csv"), "UTF-8");
  sink.reporter.Amount("USD", 100, false);
  sink.reporter.Amount("EUR", 5, false);
  sink.reporter.Amount("USD", 100, true);
  sink.reporter.Amount("GBP", 7, false);
  sink.reporter.Amount("AUD", 1, false);
  const auto report = sink.reporter.TakeReport();
  EXPECT_THAT(
      report.files(0), EqualsProto(R"pb(
        file: "a.csv"
        format: "crunchbase-2013"
        encoding: "UTF-8"
        totals { currency: "AUD" minor_units: 1 rows: 1 }
        totals { currency: "EUR" minor_units: 5 rows: 1 }
        totals { currency: "GBP" minor_units: 7 rows: 1 }
        totals { currency: "USD" minor_units: 200 rows: 2 duplicate_minor_units: 100 })pb"));
}

TEST(Reporter, RefusesTotalsBeyond64Bits) {
  Sink sink;
  sink.reporter.BeginFile(File("a.csv"), "UTF-8");
  sink.reporter.Amount("USD", kMost, false);
  EXPECT_THAT(sink.reporter.status(), IsOk());
  sink.reporter.Amount("USD", 1, true);
  EXPECT_THAT(sink.reporter.status(), HasReason(common::v1::ERROR_REASON_INVALID_AMOUNT));
  EXPECT_EQ(MetadataOf(sink.reporter.status(), "currency"), "USD");
}

TEST(Reporter, SendsProgressOverAllFiles) {
  Sink sink;
  for (const std::string& name : {"a.csv", "b.csv"}) {
    sink.reporter.BeginFile(File(name), "UTF-8");
    for (int i = 0; i < 15'000; ++i) {
      if (i % 3 == 0) {
        sink.reporter.Find(i, "", "", IMPORT_ACTION_REJECTED, "");
      } else {
        sink.reporter.RowAccepted();
      }
      sink.reporter.RowRead();
    }
  }
  ASSERT_THAT(sink.progress, SizeIs(3));
  EXPECT_THAT(sink.progress[0], EqualsProto(R"pb(file: "a.csv"
                                                 rows_read: 10000
                                                 rows_accepted: 6666
                                                 rows_rejected: 3334)pb"));
  EXPECT_THAT(sink.progress[1], EqualsProto(R"pb(file: "b.csv"
                                                 rows_read: 20000
                                                 rows_accepted: 13333
                                                 rows_rejected: 6667)pb"));
}

TEST(Reporter, CountsFindingsThatItDoesNotSend) {
  Sink sink;
  sink.reporter.BeginFile(File("a.csv"), "UTF-8");
  for (int i = 0; i < 10'005; ++i) {
    sink.reporter.Find(i, "", "", IMPORT_ACTION_REJECTED, "");
  }
  EXPECT_THAT(sink.findings, SizeIs(10'000));
  const auto report = sink.reporter.TakeReport();
  EXPECT_EQ(report.findings_omitted(), 5);
  EXPECT_EQ(report.files(0).rows_rejected(), 10'005);
}

TEST(Reporter, StopsSendingWhenTheCallerWentAway) {
  Sink sink;
  sink.answer = MakeError(common::v1::ERROR_REASON_CANCELLED, "the caller went away");
  sink.reporter.BeginFile(File("a.csv"), "UTF-8");
  sink.reporter.Find(1, "", "", IMPORT_ACTION_REJECTED, "");
  sink.reporter.Find(2, "", "", IMPORT_ACTION_REJECTED, "");
  for (int i = 0; i < 10'000; ++i) {
    sink.reporter.RowRead();
  }
  EXPECT_THAT(sink.findings, SizeIs(1));
  EXPECT_THAT(sink.progress, SizeIs(0));
  EXPECT_THAT(sink.reporter.status(), HasReason(common::v1::ERROR_REASON_CANCELLED));
}

}  // namespace
}  // namespace steelyard::ingest
