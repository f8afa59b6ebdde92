#include "services/registry/json_rows.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "nlohmann/json.hpp"
#include "services/common/status/status.h"
#include "services/common/text/encoding.h"
#include "services/common/text/strings.h"

namespace steelyard::registry {
namespace {

// How often the context is looked at.
constexpr int64_t kRowsBetweenChecks = 1024;
// Most bytes of a value of another kind that are shown in a finding.
constexpr size_t kMostShown = 200;

std::string Shown(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, kMostShown);
}

}  // namespace

absl::StatusOr<std::unique_ptr<JsonRows>> JsonRows::Open(const Context& context,
                                                         const ingest::SpooledFile& file,
                                                         const text::JsonOptions& options,
                                                         ingest::Reporter& reporter) {
  reporter.BeginFile(file, text::NameOf(text::Encoding::kUtf8));
  STEELYARD_ASSIGN_OR_RETURN(std::unique_ptr<text::JsonElements> elements,
                             text::JsonElements::Open(file.path, file.name, options));
  return absl::WrapUnique(new JsonRows(context, file, std::move(elements), options, reporter));
}

JsonRows::JsonRows(const Context& context, const ingest::SpooledFile& file,
                   std::unique_ptr<text::JsonElements> elements, const text::JsonOptions& options,
                   ingest::Reporter& reporter)
    : context_(context),
      file_(file.name),
      list_(options.list),
      elements_(std::move(elements)),
      reporter_(reporter),
      value_(std::make_unique<Json>()) {}

JsonRows::~JsonRows() = default;

const Json& JsonRows::value() const { return *value_; }

absl::StatusOr<bool> JsonRows::Next() {
  while (true) {
    if (read_++ % kRowsBetweenChecks == 0) STEELYARD_RETURN_IF_ERROR(context_.Check());
    STEELYARD_RETURN_IF_ERROR(reporter_.status());
    STEELYARD_ASSIGN_OR_RETURN(const bool more, elements_->Next());
    if (!more) return false;
    STEELYARD_RETURN_IF_ERROR(Parse());
    is_row_ = list_.empty() || key().empty() || key() == list_;
    if (!is_row_) return true;
    reporter_.RowRead();
    if (value_->is_object()) return true;
    findings().Reject(key(), Shown(*value_),
                      StrCat("a JSON object is expected, not ", value_->type_name()));
  }
}

absl::Status JsonRows::Parse() {
  // The parser has no other way to say where it stopped.
  try {
    *value_ = Json::parse(elements_->text());
  } catch (const Json::exception& fault) {
    std::string_view what = fault.what();
    if (const size_t name = what.find("] "); name != std::string_view::npos) {
      what.remove_prefix(name + 2);
    }
    return MakeError(
        common::v1::ERROR_REASON_IMPORT_MALFORMED,
        StrCat(file_, ", line ", line(), ": the value that starts here is no JSON: ", what),
        {{"file", file_}, {"line", StrCat(line())}});
  }
  return absl::OkStatus();
}

const Json* Member(const Json* object, std::string_view name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto member = object->find(name);
  return member == object->end() || member->is_null() ? nullptr : &*member;
}

std::string TextOf(const Json* value, std::string_view place, RowFindings& row) {
  if (value == nullptr) return "";
  if (!value->is_string()) {
    row.Clear(place, Shown(*value), StrCat("a text is expected, not ", value->type_name()));
    return "";
  }
  static const text::Decoder decoder(text::Encoding::kUtf8);
  std::string text = value->get_ref<const std::string&>();
  decoder.Decode(text);
  absl::StripAsciiWhitespace(&text);
  return text;
}

std::vector<std::string> TextsOf(const Json* value, std::string_view place, size_t most,
                                 RowFindings& row) {
  std::vector<std::string> texts;
  const auto add = [&](std::string text) {
    if (text.empty() || std::find(texts.begin(), texts.end(), text) != texts.end()) return;
    texts.push_back(std::move(text));
  };
  if (value == nullptr || !value->is_array()) {
    add(TextOf(value, place, row));
    return texts;
  }
  for (const Json& item : *value) {
    if (texts.size() == most) {
      row.Clear(place, "", StrCat("at most ", most, " are taken; the rest is left out"));
      break;
    }
    add(TextOf(&item, place, row));
  }
  return texts;
}

}  // namespace steelyard::registry
