#pragma once

// The rows of a JSON file of an import, one at a time, and typed access to what they hold.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json_fwd.hpp"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/common/text/json_elements.h"
#include "services/registry/row_findings.h"

namespace steelyard::registry {

using Json = nlohmann::json;

// Not thread-safe.
class JsonRows {
 public:
  // Opens the file and starts its report. IMPORT_MALFORMED as JsonElements.
  static absl::StatusOr<std::unique_ptr<JsonRows>> Open(const Context& context,
                                                        const ingest::SpooledFile& file,
                                                        const text::JsonOptions& options,
                                                        ingest::Reporter& reporter);
  ~JsonRows();

  // Moves to the next element of the file; false at the end. Those that are rows are counted as
  // read, and sized up: what is no object is rejected here. IMPORT_MALFORMED as JsonElements, and
  // for an element that is no JSON, with file and line; CANCELLED and DEADLINE_EXCEEDED when the
  // context ended or nobody reads the findings any more.
  absl::StatusOr<bool> Next();

  // The current element, an object if it is a row.
  const Json& value() const;
  // Whether it is a row: an item of the list that the options name, or of the outermost array, or
  // any element when they name no list.
  bool is_row() const { return is_row_; }
  // The member that it stands under, or is an item of.
  const std::string& key() const { return elements_->key(); }
  int64_t line() const { return elements_->line(); }
  RowFindings findings() const { return {reporter_, line()}; }

 private:
  JsonRows(const Context& context, const ingest::SpooledFile& file,
           std::unique_ptr<text::JsonElements> elements, const text::JsonOptions& options,
           ingest::Reporter& reporter);
  absl::Status Parse();

  const Context& context_;
  const std::string file_;
  const std::string list_;
  std::unique_ptr<text::JsonElements> elements_;
  ingest::Reporter& reporter_;
  std::unique_ptr<Json> value_;
  bool is_row_ = false;
  int64_t read_ = 0;
};

// The member of an object; null when the value is no object, or has no such member, or a JSON null.
const Json* Member(const Json* object, std::string_view name);

// Text as everything else stores it: in form C, without spaces around it. Empty when it is not
// there; a value that is no text is cleared under `place`.
std::string TextOf(const Json* value, std::string_view place, RowFindings& row);

// The texts of an array; a single text is an array of one. What is no text, and everything after
// the first `most` items, is cleared. Empty texts and repetitions are left out.
std::vector<std::string> TextsOf(const Json* value, std::string_view place, size_t most,
                                 RowFindings& row);

}  // namespace steelyard::registry
