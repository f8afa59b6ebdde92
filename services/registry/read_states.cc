#include "services/registry/read_states.h"

#include <memory>
#include <string>
#include <utility>

#include "services/common/ledger/ledger.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/sql_read.h"

namespace steelyard::registry {
namespace {

constexpr std::string_view kBegun =
    " WHERE from_revision > ? AND from_revision <= ? ORDER BY company, from_revision";

// The rows of a table that began in the commits, by company and revision, which are the first two
// columns.
class Stream {
 public:
  static absl::StatusOr<Stream> Open(sql::Pool& pool, const Context& context,
                                     std::string_view columns, std::string_view table,
                                     std::string_view then_by, int64_t after, int64_t upto) {
    STEELYARD_ASSIGN_OR_RETURN(sql::Pool::Lease session, pool.Borrow(context));
    const std::vector<sql::Value> parameters = {after, upto};
    STEELYARD_ASSIGN_OR_RETURN(std::unique_ptr<sql::Rows> rows,
                               session->Query(context,
                                              StrCat("SELECT company, from_revision, ", columns,
                                                     " FROM ", table, kBegun, then_by),
                                              parameters));
    Stream stream(std::move(session), std::move(rows));
    STEELYARD_RETURN_IF_ERROR(stream.Next());
    return stream;
  }

  bool done() const { return done_; }
  const sql::Rows& row() const { return *rows_; }
  absl::Status Next() {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows_->Next());
    done_ = !more;
    return absl::OkStatus();
  }
  bool IsOf(std::string_view company, int64_t from) const {
    return !done_ && rows_->Text(0) == company && rows_->Int(1) == from;
  }

 private:
  Stream(sql::Pool::Lease session, std::unique_ptr<sql::Rows> rows)
      : session_(std::move(session)), rows_(std::move(rows)) {}

  sql::Pool::Lease session_;
  std::unique_ptr<sql::Rows> rows_;  // before the session goes
  bool done_ = false;
};

std::string TextAt(const Stream& stream, int column) {
  return std::string(stream.row().Text(column));
}

Company FieldsOf(const Stream& companies) {
  Company company;
  company.id = TextAt(companies, 0);
  company.display_name = TextAt(companies, 3);
  company.country = TextAt(companies, 4);
  company.city = TextAt(companies, 5);
  if (!companies.row().IsNull(6)) {
    const absl::StatusOr<PartialDate> date = ParseDate(companies.row().Text(6));
    if (date.ok()) company.founded_on = *date;
  }
  company.status = static_cast<CompanyStatus>(companies.row().Int(7));
  company.website = TextAt(companies, 8);
  company.layers = SplitList(companies.row().Text(9));
  company.sectors = SplitList(companies.row().Text(10));
  company.sources = SplitList(companies.row().Text(11));
  company.source_category = TextAt(companies, 12);
  company.legal_country = TextAt(companies, 13);
  return company;
}

absl::Status AddNames(Stream& names, int64_t from, Company& company) {
  while (names.IsOf(company.id, from)) {
    company.names.push_back({.text = TextAt(names, 2),
                             .language = TextAt(names, 3),
                             .kind = static_cast<NameKind>(names.row().Int(4)),
                             .source = TextAt(names, 5)});
    STEELYARD_RETURN_IF_ERROR(names.Next());
  }
  return absl::OkStatus();
}

absl::Status AddIdentifiers(Stream& identifiers, int64_t from, Company& company) {
  while (identifiers.IsOf(company.id, from)) {
    company.identifiers.push_back({.scheme = TextAt(identifiers, 2),
                                   .value = TextAt(identifiers, 3),
                                   .source = TextAt(identifiers, 4)});
    STEELYARD_RETURN_IF_ERROR(identifiers.Next());
  }
  return absl::OkStatus();
}

absl::Status ReadBegun(sql::Pool& pool, const Context& context, int64_t after, int64_t upto,
                       const Store::Begun& begun) {
  STEELYARD_ASSIGN_OR_RETURN(
      Stream companies,
      Stream::Open(pool, context,
                   "to_revision, display_name, country, city, founded_on, status, website, layers, "
                   "sectors, sources, source_category, legal_country",
                   "companies", "", after, upto));
  STEELYARD_ASSIGN_OR_RETURN(Stream names,
                             Stream::Open(pool, context, "name_text, language, kind, source",
                                          "company_names", ", ordinal", after, upto));
  STEELYARD_ASSIGN_OR_RETURN(
      Stream identifiers, Stream::Open(pool, context, "scheme, code, source", "company_identifiers",
                                       ", ordinal", after, upto));
  while (!companies.done()) {
    Company company = FieldsOf(companies);
    const int64_t from = companies.row().Int(1);
    const int64_t to = companies.row().Int(2);
    STEELYARD_RETURN_IF_ERROR(AddNames(names, from, company));
    STEELYARD_RETURN_IF_ERROR(AddIdentifiers(identifiers, from, company));
    begun(std::move(company), from, to > upto ? ledger::kOpenRevision : to);
    STEELYARD_RETURN_IF_ERROR(companies.Next());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadStates(sql::Pool& pool, const Context& context, int64_t after, int64_t upto,
                        const Store::Begun& begun, std::vector<Ended>& ended) {
  STEELYARD_RETURN_IF_ERROR(ReadBegun(pool, context, after, upto, begun));
  if (after == 0) return absl::OkStatus();  // nothing was before
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool.Borrow(context));
  const std::vector<sql::Value> parameters = {after, after, upto};
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<sql::Rows> rows,
      session->Query(context,
                     "SELECT company, from_revision, to_revision FROM companies WHERE "
                     "from_revision <= ? AND to_revision > ? AND to_revision <= ? ORDER BY company",
                     parameters));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
    ended.push_back(
        {.company = std::string(rows->Text(0)), .from = rows->Int(1), .to = rows->Int(2)});
  }
}

}  // namespace steelyard::registry
