#include "gateway/cli/import_report.h"

#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

common::v1::ImportReport Report() {
  common::v1::ImportReport report;
  auto& file = *report.add_files();
  file.set_file("rounds.csv");
  file.set_rows_read(31679);
  file.set_rows_accepted(31616);
  file.set_rows_duplicate(63);
  file.set_rows_blank(5);
  file.set_values_repaired(12);
  file.set_rows_without_amount(2579);
  file.set_encoding("macintosh");
  auto& total = *file.add_totals();
  total.set_currency("USD");
  total.set_minor_units(28002635878200);
  total.set_rows(29100);
  total.set_duplicate_minor_units(123450);
  report.set_subjects_changed(31616);
  report.mutable_snapshot()->set_funding_revision(4);
  report.mutable_snapshot()->set_registry_revision(2);
  return report;
}

TEST(ImportReportTest, TotalsAreExactAndDuplicatesAccountedFor) {
  const std::string text = RenderReport("funding", Report());
  EXPECT_THAT(text, AllOf(HasSubstr("31,679"), HasSubstr("63"), HasSubstr("macintosh"),
                          HasSubstr("2,579 rows without an amount"),
                          HasSubstr("280,026,358,782 USD in 29,100 rows"),
                          HasSubstr("1,234.50 USD stood in duplicate rows"),
                          HasSubstr("31,616 subjects written, revision 4")));
  EXPECT_THAT(RenderReport("registry", Report()), HasSubstr("revision 2"));
  common::v1::ImportReport one = Report();
  one.set_subjects_changed(1);
  EXPECT_THAT(RenderReport("registry", one), HasSubstr("  1 subject written, revision 2"));
}

TEST(ImportReportTest, SaysWhenNothingWasWritten) {
  common::v1::ImportReport report = Report();
  report.set_already_imported(true);
  EXPECT_THAT(RenderReport("funding", report), HasSubstr("already imported: nothing changed"));
  report.set_dry_run(true);
  EXPECT_THAT(RenderReport("funding", report),
              AllOf(HasSubstr("dry run: nothing was written"), Not(HasSubstr("revision"))));
}

common::v1::ImportFinding Finding(int64_t line, common::v1::ImportAction action) {
  common::v1::ImportFinding finding;
  finding.set_file("rounds.csv");
  finding.set_line(line);
  finding.set_column("raised");
  finding.set_value("a \"b\"");
  finding.set_action(action);
  finding.set_reason("not a number");
  return finding;
}

TEST(FindingsTest, AreCountedByKindWithTheFirstLines) {
  Findings findings({});
  ASSERT_THAT(findings.Open(), IsOk());
  EXPECT_EQ(RenderFindings(findings), "");
  for (int line = 2; line < 7; ++line) {
    findings.Add("funding", Finding(line, common::v1::IMPORT_ACTION_CLEARED));
  }
  findings.Add("funding", Finding(9, common::v1::IMPORT_ACTION_REJECTED));
  ASSERT_EQ(findings.groups().size(), 2);
  EXPECT_EQ(findings.groups()[0].count, 5);
  const std::string text = RenderFindings(findings);
  EXPECT_THAT(text, AllOf(HasSubstr("cleared raised, 5 times\n"), HasSubstr("  line 2: "),
                          HasSubstr("  line 4: "), Not(HasSubstr("  line 5: ")),
                          HasSubstr("rejected raised, 1 time\n"), HasSubstr("not a number"),
                          HasSubstr("--findings FILE")));
}

TEST(FindingsTest, AreAllWrittenToAFileAsCsv) {
  const testing::TempDir directory;
  const std::string path = directory.path() + "/findings.csv";
  {
    Findings findings({.all = path});
    ASSERT_THAT(findings.Open(), IsOk());
    findings.Add("funding", Finding(2, common::v1::IMPORT_ACTION_DUPLICATE));
    EXPECT_THAT(RenderFindings(findings), HasSubstr(path));
  }
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(),
            "service,file,line,column,action,value,reason\n"
            "funding,\"rounds.csv\",2,\"raised\",duplicate,\"a \"\"b\"\"\",\"not a number\"\n");
}

TEST(FindingsTest, RejectedRowsOfOneServiceAreWrittenToAFileOfTheirOwn) {
  const testing::TempDir directory;
  const std::string path = directory.path() + "/rejects.csv";
  {
    Findings findings({.rejects = path, .rejects_of = "funding"});
    ASSERT_THAT(findings.Open(), IsOk());
    findings.Add("registry", Finding(2, common::v1::IMPORT_ACTION_REJECTED));
    findings.Add("funding", Finding(3, common::v1::IMPORT_ACTION_CLEARED));
    findings.Add("funding", Finding(4, common::v1::IMPORT_ACTION_REJECTED));
  }
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(),
            "line,column,value,reason\n4,\"raised\",\"a \"\"b\"\"\",\"not a number\"\n");
}

TEST(FindingsTest, FilesAndScreenSayWhatWasNotSent) {
  const testing::TempDir directory;
  const std::string all = directory.path() + "/findings.csv";
  const std::string rejects = directory.path() + "/rejects.csv";
  common::v1::ImportReport report;
  report.set_findings_omitted(1200);
  report.add_files()->set_rows_rejected(201);
  report.add_files()->set_rows_rejected(100);
  {
    Findings findings({.all = all, .rejects = rejects, .rejects_of = "funding"});
    ASSERT_THAT(findings.Open(), IsOk());
    findings.Add("registry", Finding(3, common::v1::IMPORT_ACTION_REJECTED));
    findings.Finish("registry", Report());
    EXPECT_EQ(findings.left_out(), "");
    EXPECT_THAT(RenderFindings(findings), HasSubstr("every line of it: "));
    findings.Add("funding", Finding(4, common::v1::IMPORT_ACTION_REJECTED));
    findings.Finish("funding", report);
    EXPECT_THAT(
        RenderFindings(findings),
        AllOf(HasSubstr("every line that was sent: "), Not(HasSubstr("every line of it")),
              HasSubstr("funding: 1,200 more findings were counted and not sent, 300 of them "
                        "rejected rows; the files lack them, too\n")));
  }
  const auto read = [](const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  };
  EXPECT_EQ(read(rejects),
            "line,column,value,reason\n4,\"raised\",\"a \"\"b\"\"\",\"not a number\"\n"
            ",\"\",\"\",\"300 more rejected rows are not in this file: an import sends the first "
            "10,000 findings\"\n");
  EXPECT_THAT(read(all), HasSubstr("\nfunding,\"\",,\"\",left out,\"\",\"1,200 more findings are "
                                   "not in this file: an import sends the first 10,000 "
                                   "findings\"\n"));
}

TEST(FindingsTest, FilesWithEveryRejectedRowSayNothing) {
  const testing::TempDir directory;
  const std::string path = directory.path() + "/rejects.csv";
  common::v1::ImportReport report;
  report.set_findings_omitted(5);  // mended values
  report.add_files()->set_rows_rejected(1);
  {
    Findings findings({.rejects = path, .rejects_of = "funding"});
    ASSERT_THAT(findings.Open(), IsOk());
    findings.Add("funding", Finding(4, common::v1::IMPORT_ACTION_REJECTED));
    findings.Finish("funding", report);
    EXPECT_THAT(findings.left_out(), HasSubstr("0 of them rejected rows"));
  }
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_THAT(text.str(), Not(HasSubstr("more rejected rows")));
}

TEST(RenderReportTest, NamesWhatTheMappingDoesNotTranslateAndWhatWasNotSent) {
  common::v1::ImportReport report;
  report.set_findings_omitted(1200);
  common::v1::ImportFileReport& file = *report.add_files();
  file.set_file("deals.csv");
  file.set_format("mapped");
  file.set_unmapped_omitted(5);
  for (int i = 0; i < 12; ++i) {
    common::v1::UnmappedValue& value = *file.add_unmapped();
    value.set_field("stage");
    value.set_value("odd " + std::to_string(i));
    value.set_rows(100 - i);
  }
  const std::string text = RenderReport("funding", report);
  EXPECT_THAT(text, HasSubstr("deals.csv: 1,139 values that the mapping does not translate"));
  EXPECT_THAT(text, HasSubstr("stage \"odd 0\" in 100 rows"));
  EXPECT_THAT(text, HasSubstr("and 2 others"));
  EXPECT_THAT(text, HasSubstr("1,200 findings were counted, but not sent"));
  file.set_format("opensanctions-entities");
  EXPECT_THAT(RenderReport("registry", report),
              HasSubstr("deals.csv: 1,139 rows of sorts that the format leaves out"));
}

TEST(FindingsTest, AFileThatCannotBeWrittenIsNamed) {
  Findings findings({.all = "/nonexistent/findings.csv"});
  const absl::Status status = findings.Open();
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nonexistent/findings.csv"));
}

}  // namespace
}  // namespace steelyard::cli
