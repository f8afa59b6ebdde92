// The built-in data set: nothing in it is refused or mended, and every name of the article it was
// made for finds its company.

#include <fstream>
#include <iterator>
#include <set>

#include "gmock/gmock.h"
#include "services/common/text/fold.h"
#include "services/registry/match/complete.h"
#include "services/registry/match/names.h"
#include "tests/services/registry/registry_fixture.h"

namespace steelyard::registry {
namespace {

using ::testing::IsEmpty;

class DatasetTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    std::vector<FileToImport> files;
    for (const std::string name : {"companies", "names", "identifiers", "sources", "codes"}) {
      std::ifstream file(std::string(STEELYARD_SOURCE_DIR) + "/deploy/dataset/" + name + ".csv",
                         std::ios::binary);
      ASSERT_TRUE(file) << name;
      files.push_back({"steelyard-" + name, {std::istreambuf_iterator<char>(file), {}}});
    }
    ASSERT_OK_AND_ASSIGN(report_, Import(files));
  }
  common::v1::ImportReport report_;
};

TEST_F(DatasetTest, ComesInWhole) {
  EXPECT_THAT(Findings(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const Counts counts, store_->Count(Context::Background(), head()));
  EXPECT_EQ(counts.companies, 191);
  EXPECT_EQ(counts.identifiers, 248);
  EXPECT_EQ(counts.sources, 512 + 1);  // and the import's own
  EXPECT_GE(counts.names, 551);
}

TEST_F(DatasetTest, EveryNameOfTheArticleFindsItsCompany) {
  match::Names names(*store_, *ledger_, 1);
  ASSERT_OK_AND_ASSIGN(const auto index, names.At(Context::Background(), head()));
  struct Case {
    std::string query;
    std::string company;
  };
  for (const Case& test : {
           Case{"Nébius", "nebius"},
           Case{"Néchelle", "nscale"},
           Case{"Domyne", "domyn"},
           Case{"OnzeLabs", "elevenlabs"},
           Case{"Profond", "deepl"},
           Case{"Laboratoires de la Forêt-Noire", "black-forest-labs"},
           Case{"laboratoires de la foret noire", "black-forest-labs"},
           Case{"NEBIUS GROUP", "nebius"},
           Case{"Black Forest Labs", "black-forest-labs"},
           Case{"月之暗面", "moonshot-ai"},
       }) {
    SCOPED_TRACE(test.query);
    const std::vector<match::Hit> hits = match::Complete(*index, head(), text::Fold(test.query), 3);
    ASSERT_FALSE(hits.empty());
    EXPECT_EQ(hits.front().company, test.company);
    EXPECT_EQ(hits.front().rank, MatchRank::kExact);
  }
}

TEST_F(DatasetTest, HasEveryCodelistOfTheContractInBothLanguages) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Codelist> lists,
                       store_->Codelists(Context::Background(), head(), ""));
  std::set<std::string> ids;
  for (const Codelist& list : lists) {
    ids.insert(list.id);
    for (const Code& code : list.codes) {
      EXPECT_FALSE(code.label.empty() || code.label_fr.empty()) << list.id << " " << code.code;
    }
  }
  EXPECT_EQ(ids,
            (std::set<std::string>{"EU_AMBITION", "EU_FOCUS", "EU_INDUSTRY", "LAYER", "SECTOR",
                                   "STRATEGY_EU_EFFICIENCY", "STRATEGY_US_SCALE", "US_PILLAR"}));
}

}  // namespace
}  // namespace steelyard::registry
