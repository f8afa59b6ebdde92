#include <cstdint>

#include "services/common/snapshot/snapshot.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "tests/fuzz/fuzz_input.h"

namespace steelyard {
namespace {

using fuzz::Require;

void Check(std::string_view token) {
  const auto id = DecodeToken(token);
  if (id.ok()) {
    Require(EncodeToken(*id) == token, "a state has one token");
    return;
  }
  const ErrorReason reason = ReasonOf(id.status());
  Require(reason == common::v1::ERROR_REASON_INVALID_SNAPSHOT ||
              reason == common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE,
          "bad tokens have their reason");
}

}  // namespace
}  // namespace steelyard

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = steelyard::fuzz::AsText(data, size);
  steelyard::Check(text);
  // With a right check, which no fuzzer guesses, so that what stands before it is read.
  steelyard::Check(steelyard::StrCat(text, ".", steelyard::text::Sha256Hex(text).substr(0, 8)));
  return 0;
}
