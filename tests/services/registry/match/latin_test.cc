#include "services/registry/match/latin.h"

#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace steelyard::registry::match {
namespace {

TEST(ToLatinTest, ReadsEveryScript) {
  struct Case {
    std::string word;
    std::string latin;
  };
  for (const Case& test : std::vector<Case>{
           {"mistral", "mistral"},
           {"łodz", "lodz"},
           {"яндекс", "yandeks"},
           {"щука", "shchuka"},
           {"αθηνα", "athena"},
           {"トヨタ", "toyota"},
           {"シャープ", "shapu"},
           {"ニッサン", "nisan"},
           {"フェイス", "feisu"},
           {"ひらがな", "hiragana"},
           {"삼성", "samseong"},
           {"롯데", "rotde"},
           {"华为", "huawei"},
           {"ارامكو", "aramku"},
           {"סמסונג", "smsung"},
       }) {
    SCOPED_TRACE(test.word);
    EXPECT_EQ(ToLatin(test.word), test.latin);
  }
}

TEST(ToLatinTest, IsTheSameFromManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 100; ++j) EXPECT_EQ(ToLatin("北京газпром삼성"), "beijinggazpromsamseong");
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(ToSimplifiedTest, MakesTraditionalCharactersSimplified) {
  EXPECT_EQ(ToSimplified("商湯科技"), "商汤科技");
  EXPECT_EQ(ToSimplified("商汤科技 abc"), "商汤科技 abc");
}

TEST(SkeletonTest, RomanisationsOfOneWordAgree) {
  EXPECT_EQ(Skeleton("gazprom"), Skeleton("gasprom"));
  EXPECT_EQ(Skeleton("yandex"), Skeleton("yandeks"));
  EXPECT_EQ(Skeleton("samsung"), Skeleton("smsung"));
  EXPECT_EQ(Skeleton("shufersal"), Skeleton("shuprsl"));
  EXPECT_EQ(Skeleton("deepseek"), Skeleton("dipsikeu"));
  EXPECT_NE(Skeleton("siemens"), Skeleton("samsung"));
  EXPECT_EQ(Skeleton(""), "");
}

}  // namespace
}  // namespace steelyard::registry::match
