#pragma once

// The rows of a file as its mapping reads them: finds the columns, counts what is read, reports
// blank, ragged and excluded rows, and gives cells that are translated and typed.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/common/mapping/date_format.h"
#include "services/common/mapping/number_format.h"
#include "services/common/mapping/text_file.h"
#include "services/common/money/money.h"

namespace steelyard::mapping {

// One way to a field: a column, or a constant.
struct Way {
  const FieldMapping* rule = nullptr;
  int column = -1;                            // in the file; -1: a constant
  int currency_column = -1;                   // likewise, of an amount
  int scale_column = -1;                      // likewise, of a number
  std::map<std::string, std::string> values;  // by their folded form
};

// A field's cell in the current row. Empty text: it has no value.
struct Cell {
  std::string field;
  std::string column;  // its name in the file, for reports; the field's for a constant
  std::string text;    // without spaces around it
  const Way* way = nullptr;
  bool constant = false;
};

// An amount, or why there is none.
struct Amount {
  Cell cell;
  std::optional<Money> money;
  std::string fault;          // empty when nothing is wrong
  bool out_of_range = false;  // it is a number that no amount can be
};

// A column of a wide layout.
struct WideColumn {
  int column = -1;
  std::string name;
  const common::v1::ValueColumn* rule = nullptr;  // null for columns found by their names
};

// Not thread-safe; context, file and reporter outlive it.
class Rows {
 public:
  // Opens a file that has a mapping, and starts its report. IMPORT_MALFORMED, also for columns that
  // are missing.
  static absl::StatusOr<std::unique_ptr<Rows>> Open(const Context& context,
                                                    const ingest::SpooledFile& file,
                                                    ingest::Reporter& reporter);

  // Moves to the next row with as many fields as the header; blank rows are counted, others and
  // excluded ones rejected. At the end, which is false, the untranslated values are reported.
  // IMPORT_MALFORMED; what context or reporter ended with.
  absl::StatusOr<bool> Next();

  const Mapping& mapping() const { return mapping_; }
  const std::vector<WideColumn>& wide() const { return wide_; }
  int64_t line() const { return file_.csv->line(); }

  // Whether the mapping fills the field from a column that is there, or by a constant.
  bool Has(std::string_view field) const;
  // The field's value as it stands: of the first way that has one.
  Cell Get(std::string_view field) const;
  // Of a wide column.
  Cell GetWide(const WideColumn& column, std::string_view field) const;
  // What the mapping says that the cell means; the text itself for values it does not list.
  std::string Translate(const Cell& cell) const;
  bool IsListed(const Cell& cell) const;
  // A text: translated, without markup where the mapping wants it, at most so many characters.
  std::string Text(const Cell& cell, int most);
  // The parts of a list, each at most so many characters.
  std::vector<std::string> List(std::string_view field, int most);
  // The id that the mapping lists for it, else the cell in the mapping's style with its prefix; may
  // be no id.
  std::string Id(const Cell& cell) const;
  ReadDate Date(const Cell& cell) const;
  // A plain decimal, scaled, or the fault. An odd grouping is reported.
  ReadNumber Number(const Cell& cell);
  // What the mapping says of a category; null when it does not list it.
  const common::v1::CategoryMeaning* MeaningOf(std::string_view category) const;
  // An amount by the first way that has a number and a currency.
  Amount MoneyOf(std::string_view field);

  // What becomes of the current row.
  void Accept() { reporter_.RowAccepted(); }
  void Reject(const Cell& cell, std::string_view reason);
  void Reject(std::string_view reason);
  void Duplicate(std::string_view reason);
  // Findings about a value of it.
  void Repair(const Cell& cell, std::string_view reason);
  void Clear(const Cell& cell, std::string_view reason);
  // Counts a value that the mapping does not translate.
  void Unmapped(const Cell& cell, std::string_view value);

 private:
  Rows(const Context& context, const ingest::SpooledFile& file, TextFile text,
       ingest::Reporter& reporter);
  absl::Status FindColumns();
  absl::Status AddWay(const FieldMapping& field, std::vector<Way>& ways) const;
  absl::Status FindWideColumns();
  // Whether a column is read for something else than a wide layout.
  bool IsTaken(int column) const;
  // Place of the first of the names in the header; -1 when there is none.
  template <typename Names>
  int Find(const Names& names) const;
  template <typename Names>
  absl::Status Missing(const Names& names, std::string_view field) const;
  std::string_view Raw(int column) const;
  bool IsNull(std::string_view text) const;
  // Why the row is left out; empty when it is not.
  std::string Exclusion() const;
  void FlushUnmapped();

  const Context& context_;
  const ingest::SpooledFile& spooled_;
  const Mapping& mapping_;
  TextFile file_;
  ingest::Reporter& reporter_;
  NumberFormat numbers_;
  DateFormat dates_;
  std::vector<std::string> nulls_;  // in lower case
  std::map<std::string, std::vector<Way>, std::less<>> fields_;
  std::vector<int> exclusions_;  // columns, in the mapping's order
  std::vector<WideColumn> wide_;
  std::map<std::string, const common::v1::CategoryMeaning*> meanings_;  // by their folded form
  // Rows by field, column and value.
  std::map<std::tuple<std::string, std::string, std::string>, int64_t> unmapped_;
  int64_t unmapped_omitted_ = 0;
  int64_t rows_ = 0;
};

}  // namespace steelyard::mapping
