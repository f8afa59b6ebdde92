#include "services/registry/upsert.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/registry/convert.h"
#include "services/registry/validate.h"

namespace steelyard::registry {
namespace {

using Memory = ledger::Ledger::Memory;

// Of what the request asks for; lists of companies that mean the same have the same.
std::string DigestOf(const std::vector<Company>& companies) {
  text::Sha256Stream digest;
  for (const Company& company : companies) digest.UpdateFramed(Canonical(company));
  return digest.FinishHex();
}

v1::UpsertCompaniesResponse ResponseTo(const Written& written, const ledger::Ledger& ledger,
                                       bool validate_only) {
  v1::UpsertCompaniesResponse response;
  for (const std::string& id : written.changed_companies) {
    response.add_changed(StrCat(kCompanies, id));
  }
  if (!validate_only) *response.mutable_snapshot() = ledger.Describe(written.revision);
  return response;
}

// The answer that the request_id got before; nullopt when it is new.
absl::StatusOr<std::optional<v1::UpsertCompaniesResponse>> Earlier(const Context& context,
                                                                   const ledger::Ledger& ledger,
                                                                   const std::string& request_id,
                                                                   const std::string& digest) {
  if (request_id.empty()) return std::nullopt;
  STEELYARD_ASSIGN_OR_RETURN(const std::optional<ledger::Remembered> remembered,
                             ledger.Recall(context, Memory::Of::kRequest, request_id));
  if (!remembered.has_value()) return std::nullopt;
  if (remembered->digest != digest) {
    return MakeError(common::v1::ERROR_REASON_REQUEST_ID_REUSED,
                     StrCat("the request_id \"", request_id,
                            "\" came before with other companies; use a new one for a new change"),
                     {{"request_id", request_id}});
  }
  v1::UpsertCompaniesResponse response;
  if (!response.ParseFromString(remembered->reply)) {
    return MakeError(common::v1::ERROR_REASON_INTERNAL, "a remembered reply is damaged");
  }
  return response;
}

}  // namespace

absl::Status UpsertCompanies(const Context& context, Store& store, const ledger::Ledger& ledger,
                             const v1::UpsertCompaniesRequest& request,
                             v1::UpsertCompaniesResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> given, Validate(request));
  std::vector<Company> companies = given;
  for (Company& company : companies) Normalize(company);
  const std::string digest = DigestOf(companies);
  STEELYARD_ASSIGN_OR_RETURN(std::optional<v1::UpsertCompaniesResponse> earlier,
                             Earlier(context, ledger, request.request_id(), digest));
  if (earlier.has_value()) {
    response = *std::move(earlier);
    return absl::OkStatus();
  }
  const Receipt receipt{.of = Memory::Of::kRequest,
                        .id = request.request_id(),
                        .digest = digest,
                        .reply = [&](const Written& written) {
                          return ResponseTo(written, ledger, false).SerializeAsString();
                        }};
  const absl::StatusOr<Written> written = store.Write(
      context,
      [&](int64_t newest) -> absl::StatusOr<Batch> {
        STEELYARD_RETURN_IF_ERROR(CheckReferences(context, store, newest, given));
        return Batch{.companies = companies, .sources = {}, .codelists = {}};
      },
      request.validate_only(), request.request_id().empty() ? nullptr : &receipt);
  if (!written.ok()) {
    // The same request_id may have been committed since it was looked up.
    if (context.Check().ok()) {
      STEELYARD_ASSIGN_OR_RETURN(earlier, Earlier(context, ledger, request.request_id(), digest));
    }
    if (!earlier.has_value()) return written.status();
    response = *std::move(earlier);
    return absl::OkStatus();
  }
  response = ResponseTo(*written, ledger, request.validate_only());
  return absl::OkStatus();
}

}  // namespace steelyard::registry
