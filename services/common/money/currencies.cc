#include "services/common/money/currencies.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace steelyard {
namespace {

// Codes of three letters with a space between, by their number of decimals. Active codes: ISO 4217
// table A.1 as of January 2026. The standard gives no exponents for historic codes (table A.3);
// those that had no minor unit in use when they were withdrawn are listed as such, the others had
// hundredths.
constexpr std::string_view kActiveWithTwo =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
    "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST "
    "XAD XCD XCG YER ZAR ZMW ZWG ";
constexpr std::string_view kActiveWithNone =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
constexpr std::string_view kActiveWithThree = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view kActiveWithFour = "CLF UYW ";
constexpr std::string_view kHistoricWithTwo =
    "AFA ALK ANG AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BGJ BGK BGL BGN BOP BRB BRC BRE BRN "
    "BRR BUK CHC CSD CSJ CSK CUC CYP DDM DEM ECS ECV EEK FIM FRF GEK GHC GHP GNE GNS GQE GWE "
    "GWP HRD HRK IEP ILP ILR ISJ LAJ LSM LTL LTT LVL LVR MLF MRO MTL MTP MVQ MXP MZE MZM NIC "
    "NLG PEH PEI PES PLZ RHD ROK ROL RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM UAK UGS UGW "
    "USS UYN UYP VEB VEF VNC XEU YDD YUD YUM YUN ZAL ZMK ZRN ZRZ ZWC ZWD ZWL ZWN ZWR ";
constexpr std::string_view kHistoricWithNone =
    "ADP BEC BEF BEL BYB BYR ESA ESB ESP GRD ITL LUC LUF LUL MGF PTE TPE TRL ";

constexpr size_t kStride = 4;
constexpr size_t kCount =
    (kActiveWithTwo.size() + kActiveWithNone.size() + kActiveWithThree.size() +
     kActiveWithFour.size() + kHistoricWithTwo.size() + kHistoricWithNone.size()) /
    kStride;

struct Currency {
  std::string_view code;
  int digits = 0;
};

constexpr bool ByCode(const Currency& a, const Currency& b) { return a.code < b.code; }

constexpr std::array<Currency, kCount> MakeTable() {
  constexpr std::array<std::pair<std::string_view, int>, 6> kGroups = {{{kActiveWithTwo, 2},
                                                                        {kActiveWithNone, 0},
                                                                        {kActiveWithThree, 3},
                                                                        {kActiveWithFour, 4},
                                                                        {kHistoricWithTwo, 2},
                                                                        {kHistoricWithNone, 0}}};
  std::array<Currency, kCount> table;
  size_t next = 0;
  for (const auto& [codes, digits] : kGroups) {
    for (size_t at = 0; at < codes.size(); at += kStride) {
      table[next++] = {codes.substr(at, 3), digits};
    }
  }
  std::sort(table.begin(), table.end(), ByCode);
  return table;
}

constexpr std::array<Currency, kCount> kTable = MakeTable();

}  // namespace

std::optional<int> CurrencyDigits(std::string_view code) {
  const auto* found = std::lower_bound(kTable.begin(), kTable.end(), Currency{code, 0}, ByCode);
  if (found == kTable.end() || found->code != code) {
    return std::nullopt;
  }
  return found->digits;
}

const std::vector<std::string>& CurrencyCodes() {
  static const auto& codes = *[] {
    auto* all = new std::vector<std::string>();
    for (const Currency& currency : kTable) {
      all->emplace_back(currency.code);
    }
    return all;
  }();
  return codes;
}

}  // namespace steelyard
