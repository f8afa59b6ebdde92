#include "services/funding/indexes.h"

namespace steelyard::funding {

// Unique ones of open rows (9223372036854775807 is ledger::kOpenRevision) would refuse a second
// state of a subject, should ever two commits overlap. That of rounds names the company too, by
// which a cluster distributes them.
ledger::Migration IndexMigration() {
  return {.name = "funding/0004-indexes",
          .statements = {},
          .indexes = {
              "CREATE INDEX rounds_id ON rounds(id, to_revision)",
              "CREATE INDEX rounds_company ON rounds(company_id, to_revision)",
              "CREATE INDEX rounds_from ON rounds(from_revision)",
              "CREATE INDEX rounds_to ON rounds(to_revision)",
              "CREATE UNIQUE INDEX rounds_open ON rounds(id, company_id) "
              "WHERE to_revision = 9223372036854775807",
              "CREATE INDEX participations_round ON participations(round_id, to_revision)",
              "CREATE INDEX participations_to ON participations(to_revision)",
              "CREATE INDEX investors_name ON investors(name, to_revision)",
              "CREATE UNIQUE INDEX investors_open ON investors(name) "
              "WHERE to_revision = 9223372036854775807",
              "CREATE INDEX company_projection_company ON company_projection(company_id, "
              "to_revision)",
              "CREATE UNIQUE INDEX company_projection_open ON company_projection(company_id) "
              "WHERE to_revision = 9223372036854775807",
              "CREATE INDEX round_assertions_round ON round_assertions(round_id, to_revision)",
              "CREATE INDEX round_assertions_id ON round_assertions(assertion_id, to_revision)",
              "CREATE INDEX round_assertions_from ON round_assertions(from_revision)",
              "CREATE INDEX round_assertions_to ON round_assertions(to_revision)",
              "CREATE INDEX round_links_round ON round_links(round_id, to_revision)",
              "CREATE INDEX round_links_related ON round_links(related_id, to_revision)",
              "CREATE INDEX source_facts_source ON source_facts(source, to_revision)",
              "CREATE INDEX observations_id ON observations(id, to_revision)",
              "CREATE INDEX observations_variable ON observations(variable, region, to_revision)",
              "CREATE INDEX observations_to ON observations(to_revision)",
              "CREATE INDEX exchange_rates_quote ON exchange_rates(quote, to_revision)",
              "CREATE INDEX exchange_rates_to ON exchange_rates(to_revision)",
          }};
}

}  // namespace steelyard::funding
