#include <cstdint>
#include <limits>

#include "absl/strings/escaping.h"
#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "tests/fuzz/fuzz_input.h"

namespace steelyard::filter {
namespace {

using fuzz::Require;

void Check(std::string_view token) {
  const auto page = DecodePage(token, "query");
  if (page.ok()) {
    Require(page->offset >= 0, "offsets are not negative");
    Require(EncodePage(*page, "query") == token, "a place has one token");
  } else {
    Require(ReasonOf(page.status()) == common::v1::ERROR_REASON_INVALID_PAGE_TOKEN,
            "bad tokens have their reason");
  }
}

}  // namespace
}  // namespace steelyard::filter

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using steelyard::fuzz::Require;
  const std::string_view text = steelyard::fuzz::AsText(data, size);
  steelyard::filter::Check(text);
  // With a right check, which no fuzzer guesses.
  steelyard::filter::Check(absl::WebSafeBase64Escape(
      steelyard::StrCat(text, steelyard::text::Sha256(text).substr(0, 4))));

  steelyard::fuzz::Input input(text);
  const int64_t offset = input.Int64() & std::numeric_limits<int64_t>::max();
  if (input.Rest().size() <= 128) {
    const steelyard::filter::Page page = {std::string(input.Rest()), offset};
    const std::string token = steelyard::filter::EncodePage(page, text);
    const auto back = steelyard::filter::DecodePage(token, text);
    Require(back.ok() && back->snapshot == page.snapshot && back->offset == offset,
            "places come back");
    Require(!steelyard::filter::DecodePage(token, steelyard::StrCat(text, "x")).ok(),
            "tokens belong to their query");
  }
  return 0;
}
