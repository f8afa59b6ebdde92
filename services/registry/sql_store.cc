#include "services/registry/sql_store.h"

#include <optional>
#include <utility>

#include "services/common/status/status.h"
#include "services/registry/read_states.h"
#include "services/registry/sql_read.h"
#include "services/registry/sql_write.h"

namespace steelyard::registry {
namespace {

class SqlStore final : public Store {
 public:
  SqlStore(sql::Pool& pool, ledger::Ledger& ledger) : pool_(pool), ledger_(ledger) {}

  absl::StatusOr<std::vector<Company>> Companies(const Context& context, int64_t revision,
                                                 std::span<const std::string> ids) const override {
    return Read(context, revision, [&](const SqlReader& reader) { return reader.Companies(ids); });
  }
  absl::StatusOr<std::vector<Company>> Records(const Context& context, int64_t revision,
                                               std::span<const std::string> ids) const override {
    return Read(context, revision, [&](const SqlReader& reader) { return reader.Records(ids); });
  }
  absl::StatusOr<std::vector<Decision>> Decisions(const Context& context,
                                                  int64_t revision) const override {
    return Read(context, revision, [](const SqlReader& reader) { return reader.Decisions(); });
  }
  absl::StatusOr<std::vector<CompanyPair>> LookAlikes(const Context& context, int64_t revision,
                                                      int limit) const override {
    return Read(context, revision,
                [&](const SqlReader& reader) { return reader.LookAlikes(limit); });
  }
  absl::StatusOr<CompanyPage> ListCompanies(const Context& context, int64_t revision,
                                            const CompanyQuery& query) const override {
    return Read(context, revision,
                [&](const SqlReader& reader) { return reader.ListCompanies(query); });
  }
  absl::StatusOr<std::map<std::string, std::string>> Bearers(
      const Context& context, int64_t revision, std::span<const std::string> keys) const override {
    return Read(context, revision, [&](const SqlReader& reader) { return reader.Bearers(keys); });
  }
  absl::Status ReadStates(const Context& context, int64_t after, int64_t upto, const Begun& begun,
                          std::vector<Ended>& ended) const override {
    return registry::ReadStates(pool_, context, after, upto, begun, ended);
  }
  absl::StatusOr<std::vector<Company>> ChangedIn(const Context& context, int64_t revision,
                                                 std::string_view after_id,
                                                 int limit) const override {
    return Read(context, revision,
                [&](const SqlReader& reader) { return reader.ChangedIn(after_id, limit); });
  }
  absl::StatusOr<std::vector<CompanyState>> States(const Context& context, int64_t revision,
                                                   const std::string& id, int64_t offset,
                                                   int limit) const override {
    return Read(context, revision,
                [&](const SqlReader& reader) { return reader.States(id, offset, limit); });
  }
  absl::StatusOr<std::vector<Source>> Sources(const Context& context, int64_t revision,
                                              std::span<const std::string> ids, int64_t offset,
                                              int limit) const override {
    return Read(context, revision,
                [&](const SqlReader& reader) { return reader.Sources(ids, offset, limit); });
  }
  absl::StatusOr<std::vector<Codelist>> Codelists(const Context& context, int64_t revision,
                                                  std::string_view id) const override {
    return Read(context, revision, [&](const SqlReader& reader) { return reader.Codelists(id); });
  }
  absl::StatusOr<Counts> Count(const Context& context, int64_t revision) const override {
    return Read(context, revision, [](const SqlReader& reader) { return reader.Count(); });
  }
  absl::StatusOr<Directory> ReadOwnership(const Context& context, int64_t revision) const override {
    return Read(context, revision, [](const SqlReader& reader) { return reader.ReadOwnership(); });
  }
  absl::StatusOr<Directory> ReadDirectory(const Context& context, int64_t revision) const override {
    return Read(context, revision, [](const SqlReader& reader) { return reader.ReadDirectory(); });
  }

  absl::StatusOr<Written> Write(const Context& context, const Edit& edit, bool validate_only,
                                const Receipt* receipt) override {
    Written written;
    const auto body = [&](sql::Connection& connection,
                          int64_t revision) -> absl::StatusOr<ledger::Changes> {
      SqlWriting writing(connection, context, revision);
      STEELYARD_RETURN_IF_ERROR(edit(revision - 1, writing));
      written = writing.TakeWritten();
      return ledger::Changes{.subjects = validate_only ? 0 : written.subjects,
                             .registry_revision = std::nullopt};
    };
    ledger::Ledger::Memory memory;
    if (receipt != nullptr) {
      memory = {.of = receipt->of,
                .id = receipt->id,
                .digest = receipt->digest,
                .reply = [&](const ledger::Revision& revision) {
                  written.revision = revision;
                  return receipt->reply(written);
                }};
    }
    const bool remember = receipt != nullptr && !validate_only;
    STEELYARD_ASSIGN_OR_RETURN(written.revision,
                               ledger_.Commit(context, body, remember ? &memory : nullptr));
    return written;
  }

 private:
  template <typename Function>
  auto Read(const Context& context, int64_t revision, Function function) const
      -> decltype(function(std::declval<const SqlReader&>())) {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    return function(SqlReader{*session, context, revision});
  }

  sql::Pool& pool_;
  ledger::Ledger& ledger_;
};

}  // namespace

std::unique_ptr<Store> MakeSqlStore(sql::Pool& pool, ledger::Ledger& ledger) {
  return std::make_unique<SqlStore>(pool, ledger);
}

}  // namespace steelyard::registry
