#include "services/strategy/measures/measure_catalog.h"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/aggregate.pb.h"

namespace steelyard::strategy {
namespace {

using ::testing::MatchesRegex;

// nullptr when there is none.
const v1::MeasureInfo* Find(std::string_view id) {
  for (const v1::MeasureInfo& measure : MeasureCatalog()) {
    if (measure.id() == id) return &measure;
  }
  return nullptr;
}

TEST(MeasureCatalogTest, IsOrderedByIdWithoutRepetition) {
  const std::vector<v1::MeasureInfo>& catalog = MeasureCatalog();
  ASSERT_FALSE(catalog.empty());
  for (size_t i = 1; i < catalog.size(); ++i) {
    EXPECT_LT(catalog[i - 1].id(), catalog[i].id());
  }
}

TEST(MeasureCatalogTest, SaysEverythingAboutEachMeasure) {
  for (const v1::MeasureInfo& measure : MeasureCatalog()) {
    SCOPED_TRACE(measure.id());
    EXPECT_THAT(measure.id(), MatchesRegex("[a-z_]+/[0-9]+"));
    for (const std::string* text : {&measure.title(), &measure.expression(), &measure.unit(),
                                    &measure.range(), &measure.edges(), &measure.reference()}) {
      EXPECT_FALSE(text->empty());
    }
    EXPECT_THAT(measure.range(), MatchesRegex("[[(].+, .+[])]"));
  }
}

TEST(MeasureCatalogTest, HoldsEveryMeasureOfFunding) {
  const google::protobuf::EnumDescriptor& all = *funding::v1::Measure_descriptor();
  const std::string prefix = "MEASURE_";
  for (int i = 0; i < all.value_count(); ++i) {
    if (all.value(i)->number() == 0) continue;
    std::string id = all.value(i)->name().substr(prefix.size());
    for (char& c : id) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_NE(Find(id + "/1"), nullptr) << id;
  }
}

// Every formula that the comments of the contract name.
TEST(MeasureCatalogTest, HoldsEveryMeasureThatTheContractNames) {
  // What is no measure: ways to write a gap, and the source policies of an axis.
  const std::set<std::string> others = {"people/1", "market/1", "listed-order/1", "priority/1",
                                        "freshest/1"};
  int named = 0;
  for (const char* file :
       {"strategy", "profile", "gap", "scenario", "ranking", "formula", "claim"}) {
    SCOPED_TRACE(file);
    std::ifstream proto(
        StrCat(STEELYARD_SOURCE_DIR, "/protos/steelyard/strategy/v1/", file, ".proto"));
    std::ostringstream text;
    text << proto.rdbuf();
    for (const std::string& quoted : std::vector<std::string>(absl::StrSplit(text.str(), '"'))) {
      if (!::testing::Matches(MatchesRegex("[a-z_-]+/1"))(quoted) || others.contains(quoted))
        continue;
      EXPECT_NE(Find(quoted), nullptr) << quoted;
      ++named;
    }
  }
  EXPECT_GT(named, 40);
}

TEST(MeasureCatalogTest, ExamplesAreComputed) {
  int examples = 0;
  for (const v1::MeasureInfo& measure : MeasureCatalog()) {
    if (measure.example().empty()) continue;
    ++examples;
    EXPECT_THAT(measure.example(), MatchesRegex("[(0-9].* = -?[0-9]+[.]?[0-9]*")) << measure.id();
  }
  EXPECT_GT(examples, 50);
  const auto example = [](std::string_view id) { return Find(id)->example(); };
  EXPECT_EQ(example(kHhi), "(20, 50, 20, 10) = 0.34");
  EXPECT_EQ(example(kConcentrationRatio), "(20, 50, 20, 10), 2 = 0.7");
  EXPECT_EQ(example(kFingerKreinin), "(0.5, 0.3, 0.2, 0), (0.1, 0.2, 0.3, 0.4) = 0.5");
  EXPECT_EQ(example(kLocationQuotient), "(1714, 79006, 879213, 15593224) = 0.384762");
  EXPECT_EQ(example(kRsca), "0.5 = -0.333333");
  EXPECT_EQ(example(kKrugmanOthers),
            "(45000, 15000, 32000, 10000, 30000), (35000, 12000, 30000, 8000, 22000), "
            "(40000, 10000, 25000, 9000, 18000), (30000, 11000, 18000, 3000, 13000), "
            "(40000, 6000, 11000, 2000, 12000) = 0.159502");
  EXPECT_EQ(example(kShiftShareNational).substr(example(kShiftShareNational).size() - 5), " = 27");
  EXPECT_EQ(example(kCatchUpTime), "(12.278, 1, 0.1, 0.25) = 19.6178");
  EXPECT_EQ(example(kImputedSum), "");
}

// --- The page of the documentation ---

constexpr std::string_view kIntroduction = R"(# Measures

Every figure names its formula by id and version. This page is made from the catalogue that `ListMeasures` and
`steelyard measures` give: what each measure is, in which unit and range, what it gives at the edges, and where it is
defined. A formula that changes gets a new version, and a new id with it. What is said of a measure holds for every
figure of it: a value that is not defined has the status `UNDEFINED` and a reason; it is never zero and never NaN.

`x_rk` is the amount of region r in slice k (a layer, a sector), `X_r` the sum over the slices, `X_.k` the sum over
the regions, `X` the sum over both, `s_rk = x_rk / X_r` a share, and `n` the number of units, those with nothing among
them. "currency" is the currency of the answer. Units are otherwise those of UCUM: `1` is a pure number, `1/a` is per
year. Examples are computed by the measures themselves; lists stand in brackets, in the order of the formula. An
example of what has a value for each unit, factor or region is that of the first one. A measure without example is
computed from rounds, published statistics, random paths or many readings, not from a list of numbers.
)";

constexpr size_t kLineLength = 114;

// Words over lines, those after the first one indented.
void Wrap(std::string_view text, std::string_view indent, std::string* page) {
  size_t length = 0;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(ToAbsl(text), ' '))) {
    if (length > 0 && length + 1 + word.size() > kLineLength) {
      StrAppend(page, "\n", indent);
      length = indent.size();
    } else if (length > 0) {
      *page += ' ';
      ++length;
    }
    *page += word;
    length += word.size();
  }
  *page += '\n';
}

std::string Page() {
  std::string page(kIntroduction);
  for (const v1::MeasureInfo& measure : MeasureCatalog()) {
    StrAppend(&page, "\n## ", measure.id(), "\n\n");
    Wrap(StrCat("**", measure.title(), "**"), "", &page);
    page += "\n    ";
    Wrap(measure.expression(), "      ", &page);
    StrAppend(&page, "\n- unit `", measure.unit(), "`, range `", measure.range(), "`\n");
    Wrap(StrCat("- edges: ", measure.edges()), "  ", &page);
    Wrap(StrCat("- source: ", measure.reference()), "  ", &page);
    if (!measure.example().empty()) StrAppend(&page, "- example: `", measure.example(), "`\n");
  }
  return page;
}

// To write the page after a change: STEELYARD_UPDATE_GOLDEN=1, and run this test.
TEST(MeasureCatalogTest, IsThePageOfTheDocumentation) {
  const std::string path = StrCat(STEELYARD_SOURCE_DIR, "/docs/measures.md");
  if (std::getenv("STEELYARD_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << Page();
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), Page()) << "docs/measures.md is not the catalogue; run this test with "
                                   "STEELYARD_UPDATE_GOLDEN=1 to write it";
}

}  // namespace
}  // namespace steelyard::strategy
