#include "services/strategy/measures/digits.h"

#include <cmath>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace steelyard::strategy {
namespace {

TEST(DigitsTest, AreTheFewestThatReadBackAsTheSameNumber) {
  EXPECT_EQ(Digits(0.1), "0.1");
  EXPECT_EQ(Digits(-1), "-1");
  EXPECT_EQ(Digits(12), "12");
  EXPECT_EQ(Digits(1000), "1000");
  EXPECT_EQ(Digits(1.0000001), "1.0000001");
  for (const double number :
       {1.0 / 3, std::nextafter(1.0, 2.0), 1e-300, std::numeric_limits<double>::max(), -2.5e17}) {
    EXPECT_EQ(std::stod(Digits(number)), number);
  }
}

TEST(DigitsTest, NameWhatIsNotFinite) {
  EXPECT_EQ(Digits(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(Digits(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(Digits(-std::numeric_limits<double>::quiet_NaN()), "nan");
}

}  // namespace
}  // namespace steelyard::strategy
