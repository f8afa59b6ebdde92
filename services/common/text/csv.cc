#include "services/common/text/csv.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/input_file.h"
#include "services/common/text/strings.h"

namespace steelyard::text {
namespace {

constexpr size_t kBlockBytes = 64 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Where a field stands.
enum class State {
  kStart,    // before its first byte
  kPlain,    // inside, without quotes
  kQuoted,   // inside quotes
  kClosing,  // behind a quote inside quotes: the closing one, or the first of a doubled one
  kClosed,   // behind the closing quote and a space
};

class Reader final : public CsvReader {
 public:
  Reader(InputFile file, std::string_view name, const CsvOptions& options)
      : file_(std::move(file)),
        name_(name),
        options_(options),
        decoder_(options.encoding),
        block_(kBlockBytes, '\0'),
        next_line_(options.first_line) {
    plain_end_.fill(false);
    for (const char c : {'\r', '\n', '\0', options.delimiter}) {
      plain_end_[static_cast<unsigned char>(c)] = true;
    }
    quoted_stop_.fill(false);
    for (const char c : {'\r', '\n', '\0', options.quote}) {
      quoted_stop_[static_cast<unsigned char>(c)] = true;
    }
  }

  absl::Status ReadHeader() {
    STEELYARD_RETURN_IF_ERROR(Fill());
    if (std::string_view(block_.data(), end_).substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      at_ = kByteOrderMark.size();
    }
    STEELYARD_ASSIGN_OR_RETURN(const bool found, Next());
    if (!found) {
      return Malformed(next_line_,
                       "the file is empty; a header with the columns' names is expected");
    }
    std::set<std::string> seen;
    for (std::string& column : fields_) {
      const size_t first = std::min(column.find_first_not_of(' '), column.size());
      column = column.substr(first, column.find_last_not_of(' ') + 1 - first);
      if (!column.empty() && !seen.insert(column).second) {
        return Malformed(line_, StrCat("the header has the column \"", column, "\" twice"), column);
      }
    }
    if (seen.empty()) {
      return Malformed(line_, "the header is blank; the columns' names are expected");
    }
    header_ = fields_;
    return absl::OkStatus();
  }

  const std::vector<std::string>& header() const override { return header_; }
  const std::vector<std::string>& fields() const override { return fields_; }
  int64_t line() const override { return line_; }

  absl::StatusOr<int> Column(std::string_view name) const override {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end()) {
      return Malformed(
          1, StrCat("the column \"", name, "\" is missing; there are ", StrJoin(header_, ", ")),
          name);
    }
    return static_cast<int>(found - header_.begin());
  }

  absl::StatusOr<bool> Next() override {
    if (!failure_.ok()) {
      return failure_;
    }
    auto more = ReadRow();
    if (!more.ok()) {
      failure_ = more.status();
    }
    return more;
  }

 private:
  absl::Status Malformed(int64_t line, std::string_view problem,
                         std::string_view column = "") const {
    ErrorMetadata metadata = {{"file", name_}, {"line", StrCat(line)}};
    if (!column.empty()) {
      metadata.emplace_back("column", column);
    }
    return MakeError(common::v1::ERROR_REASON_IMPORT_MALFORMED,
                     StrCat(name_, ", line ", line, ": ", problem), std::move(metadata));
  }

  // Reads the next block; end_ is 0 at the end of the file.
  absl::Status Fill() {
    const int64_t count = file_.Read(block_.data(), block_.size());
    if (count < 0) {
      return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                       StrCat(name_, " cannot be read from disk"), {{"file", name_}});
    }
    end_ = static_cast<size_t>(count);
    at_ = 0;
    return absl::OkStatus();
  }

  absl::StatusOr<bool> ReadRow() {
    BeginRow();
    while (true) {
      if (at_ == end_) {
        STEELYARD_RETURN_IF_ERROR(Fill());
        if (end_ == 0) {
          return EndOfFile();
        }
      }
      if (after_cr_) {  // the second half of a CR LF that was counted at its CR
        after_cr_ = false;
        if (block_[at_] == '\n') {
          // Inside quotes both halves are part of the text.
          if (state_ == State::kQuoted) {
            field_->push_back('\n');
          }
          ++at_;
          continue;
        }
      }
      if (state_ == State::kStart) {
        TakePlainFields();
        if (at_ == end_) {
          continue;
        }
      }
      bool row_ended = false;
      STEELYARD_RETURN_IF_ERROR(Step(row_ended));
      if (row_ended) {
        STEELYARD_RETURN_IF_ERROR(EndField());
        EndRow();
        return true;
      }
    }
  }

  // Most of most files: fields of plain ASCII that lie in the block with their delimiter.
  // Everything else is left to Step. The row's length is checked there, too: at its last field at
  // the latest.
  void TakePlainFields() {
    const char* const data = block_.data();
    while (at_ < end_ && data[at_] != options_.quote) {
      size_t to = at_;
      unsigned char bits = 0;
      while (to < end_ && !plain_end_[static_cast<unsigned char>(data[to])]) {
        bits |= static_cast<unsigned char>(data[to++]);
      }
      if (to == end_ || data[to] != options_.delimiter || bits >= 0x80) {
        return;
      }
      field_->assign(data + at_, to - at_);
      row_bytes_ += static_cast<int64_t>(to + 1 - at_);
      at_ = to + 1;
      BeginField();
    }
  }

  void BeginRow() {
    line_ = next_line_;
    count_ = 0;
    row_bytes_ = 0;
    state_ = State::kStart;
    BeginField();
  }

  void BeginField() {
    if (count_ == fields_.size()) {
      fields_.emplace_back();
    }
    field_ = &fields_[count_++];
    field_->clear();
    state_ = State::kStart;
    bits_ = 0;
  }

  void EndRow() {
    fields_.resize(count_);
    const auto blank = [](const std::string& field) {
      return field.find_first_not_of(' ') == std::string::npos;
    };
    // A row whose first field holds text, as most do, is not looked at further.
    if (std::all_of(fields_.begin(), fields_.end(), blank)) {
      std::for_each(fields_.begin(), fields_.end(), [](std::string& field) { field.clear(); });
    }
  }

  // Line ends of any kind, inside quotes or out.
  void CountLine(char c) {
    ++next_line_;
    after_cr_ = c == '\r';
  }

  // Takes a run of ordinary bytes, or one that means something.
  absl::Status Step(bool& row_ended) {
    switch (state_) {
      case State::kStart:
        if (block_[at_] == options_.quote && options_.quote != '\0') {
          state_ = State::kQuoted;
          return Skip();
        }
        state_ = State::kPlain;
        return StepPlain(row_ended);
      case State::kPlain:
        return StepPlain(row_ended);
      case State::kQuoted:
        return StepQuoted();
      case State::kClosing:
        if (block_[at_] == options_.quote) {
          field_->push_back(options_.quote);
          state_ = State::kQuoted;
          return Skip();
        }
        return StepClosed(row_ended);
      case State::kClosed:
        return StepClosed(row_ended);
    }
    return absl::OkStatus();
  }

  absl::Status StepPlain(bool& row_ended) {
    STEELYARD_RETURN_IF_ERROR(TakeRun(plain_end_));
    return at_ == end_ ? absl::OkStatus() : StepEnd(row_ended);
  }

  absl::Status StepQuoted() {
    STEELYARD_RETURN_IF_ERROR(TakeRun(quoted_stop_));
    if (at_ == end_) {
      return absl::OkStatus();
    }
    const char c = block_[at_];
    if (c == '\0') {
      return NulByte();
    }
    if (c == options_.quote) {
      state_ = State::kClosing;
    } else {
      CountLine(c);
      field_->push_back(c);
    }
    return Skip();
  }

  absl::Status StepClosed(bool& row_ended) {
    const char c = block_[at_];
    if (c == ' ') {
      state_ = State::kClosed;
      return Skip();
    }
    if (!plain_end_[static_cast<unsigned char>(c)]) {
      return Malformed(next_line_,
                       "text stands behind a closing quote; quotes inside a quoted field are "
                       "doubled (\"\")",
                       ColumnName());
    }
    return StepEnd(row_ended);
  }

  // At a byte that ends an unquoted field.
  absl::Status StepEnd(bool& row_ended) {
    const char c = block_[at_];
    if (c == options_.delimiter) {
      STEELYARD_RETURN_IF_ERROR(EndField());
      BeginField();
      return Skip();
    }
    if (c == '\0') {
      return NulByte();
    }
    CountLine(c);
    row_ended = true;
    return Skip();
  }

  absl::Status NulByte() const {
    return Malformed(next_line_,
                     "a NUL byte; the file is not text, or is text in UTF-16, which is not read");
  }

  // Moves past one byte.
  absl::Status Skip() {
    ++at_;
    return CheckLength(1);
  }

  // Adds the bytes up to the next one in `stop` to the field.
  absl::Status TakeRun(const std::array<bool, 256>& stop) {
    const auto* data = reinterpret_cast<const unsigned char*>(block_.data());
    size_t to = at_;
    unsigned char bits = bits_;
    while (to < end_ && !stop[data[to]]) {
      bits |= data[to++];
    }
    bits_ = bits;
    const size_t length = to - at_;
    field_->append(block_, at_, length);
    at_ = to;
    return CheckLength(length);
  }

  absl::Status CheckLength(size_t length) {
    row_bytes_ += static_cast<int64_t>(length);
    if (row_bytes_ <= options_.max_row_bytes) {
      return absl::OkStatus();
    }
    return Malformed(line_, StrCat("the row is longer than ", options_.max_row_bytes, " bytes",
                                   state_ == State::kQuoted ? "; a quote is never closed" : ""));
  }

  absl::Status EndField() {
    if (bits_ < 0x80 || decoder_.Decode(*field_)) {
      return absl::OkStatus();
    }
    return Malformed(line_,
                     StrCat("the bytes are not ", NameOf(options_.encoding), " in column ",
                            ColumnName().empty() ? StrCat(count_) : ColumnName()),
                     ColumnName());
  }

  // Of the current field; empty in the header and beyond it.
  std::string ColumnName() const { return count_ <= header_.size() ? header_[count_ - 1] : ""; }

  absl::StatusOr<bool> EndOfFile() {
    if (state_ == State::kQuoted) {
      return Malformed(line_, "the file ends inside quotes; it was cut off, or a quote is missing",
                       ColumnName());
    }
    if (state_ == State::kStart && count_ == 1) {
      return false;  // behind the last line end
    }
    STEELYARD_RETURN_IF_ERROR(CheckLength(0));
    STEELYARD_RETURN_IF_ERROR(EndField());
    EndRow();
    return true;
  }

  InputFile file_;
  const std::string name_;
  const CsvOptions options_;
  const Decoder decoder_;
  std::array<bool, 256> plain_end_{};
  std::array<bool, 256> quoted_stop_{};

  std::string block_;
  size_t at_ = 0;
  size_t end_ = 0;

  State state_ = State::kStart;
  bool after_cr_ = false;
  unsigned char bits_ = 0;  // all bytes of the field or-ed: below 0x80 for ASCII
  std::string* field_ = nullptr;
  // Fields begun in this row; strings of the last row beyond it keep their memory.
  size_t count_ = 0;
  int64_t row_bytes_ = 0;
  int64_t line_ = 0;
  int64_t next_line_;

  std::vector<std::string> header_;
  std::vector<std::string> fields_;
  absl::Status failure_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Open(const std::string& path,
                                                           std::string_view name,
                                                           const CsvOptions& options) {
  auto file = InputFile::Open(path);
  if (!file.has_value() || !file->SkipTo(options.offset)) {
    return MakeError(common::v1::ERROR_REASON_IMPORT_MALFORMED, StrCat(name, " cannot be opened"),
                     {{"file", std::string(name)}});
  }
  auto reader = std::make_unique<Reader>(*std::move(file), name, options);
  STEELYARD_RETURN_IF_ERROR(reader->ReadHeader());
  return reader;
}

}  // namespace steelyard::text
