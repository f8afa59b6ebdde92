#pragma once

// Large JSON files in bounded memory: their elements one at a time, as text, with the line each
// starts on. What an element holds is for a JSON parser to read.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace steelyard::text {

struct JsonOptions {
  // Whether every line holds a value of its own (JSON lines). Else the file is one object or array.
  bool lines = false;
  // The member of the outermost object whose items are elements, if it is an array; the values of
  // all other members are elements themselves. An object must have it. An outermost array is such a
  // list itself.
  std::string_view list;
  // Largest element in bytes, and most containers inside each other in it.
  size_t max_bytes = 1 << 20;
  int max_depth = 32;
};

// Not thread-safe.
class JsonElements {
 public:
  // Opens a file, whose byte order mark is skipped. IMPORT_MALFORMED when that is not possible.
  // `name` is the file's name in errors.
  static absl::StatusOr<std::unique_ptr<JsonElements>> Open(const std::string& path,
                                                            std::string_view name,
                                                            const JsonOptions& options);
  virtual ~JsonElements() = default;
  // Moves to the next element; false at the end. IMPORT_MALFORMED (metadata file, line) for NUL
  // bytes, an element that is too large, too deep or cut off, and for anything around elements that
  // is not JSON. After an error there are no more elements. STORE_UNAVAILABLE when the disk fails.
  virtual absl::StatusOr<bool> Next() = 0;
  // Of the current element: the member that it is or is an item of, as the file spells it (empty in
  // an outermost array, and for lines); its text; its first line. The text has balanced quotes and
  // brackets, and may be no JSON all the same.
  virtual const std::string& key() const = 0;
  virtual const std::string& text() const = 0;
  virtual int64_t line() const = 0;
};

}  // namespace steelyard::text
