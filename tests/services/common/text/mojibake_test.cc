#include "services/common/text/mojibake.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace steelyard::text {
namespace {

TEST(MojibakeTest, MendsWhatWasDecodedTwice) {
  struct Case {
    std::string damaged;
    std::string mended;
  };
  for (const Case& test : {
           Case{"QuÃ©bec", "Québec"}, Case{"agÃ¡mi Systems", "agámi Systems"},
           Case{"PanÃ¨ve", "Panève"},
           Case{"InsideAxisâ„¢", "InsideAxis™"},           // only Windows-1252 has these characters
           Case{"don\xC3\xA2\xC2\x80\xC2\x99t", "don’t"},  // only Latin-1 has these
           Case{"MalmoÌˆ", "Malmö"},                       // a letter and its mark become one
       }) {
    SCOPED_TRACE(test.damaged);
    EXPECT_EQ(MendMojibake(test.damaged), test.mended);
  }
}

TEST(MojibakeTest, LeavesTextAloneThatIsRight) {
  for (const std::string text : {"", "Condé Nast", "Anchor™", "plain", "Furnésh", "Jack and Jake’s",
                                 "月之暗面", "BerkÃ_na Wireless", "Ã", "\xFF\xFE"}) {
    EXPECT_EQ(MendMojibake(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace steelyard::text
