#include "services/registry/sql_schema.h"

#include <vector>

namespace steelyard::registry {

namespace {

ledger::Migration RecordsAndDecisions() {
  return {.name = "registry 4: records and decisions",
          .statements =
              {
                  R"(CREATE TABLE records (
                company VARCHAR NOT NULL,
                display_name VARCHAR NOT NULL,
                country VARCHAR NOT NULL,
                city VARCHAR NOT NULL,
                founded_on VARCHAR,
                founded_year BIGINT,
                status BIGINT NOT NULL,
                website VARCHAR NOT NULL,
                layers VARCHAR NOT NULL,
                sectors VARCHAR NOT NULL,
                sources VARCHAR NOT NULL,
                source_category VARCHAR NOT NULL,
                digest VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
                  R"(CREATE TABLE record_names (
                company VARCHAR NOT NULL,
                ordinal BIGINT NOT NULL,
                name_text VARCHAR NOT NULL,
                language VARCHAR NOT NULL,
                kind BIGINT NOT NULL,
                source VARCHAR NOT NULL,
                folded VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
                  R"(CREATE TABLE record_identifiers (
                company VARCHAR NOT NULL,
                ordinal BIGINT NOT NULL,
                scheme VARCHAR NOT NULL,
                code VARCHAR NOT NULL,
                source VARCHAR NOT NULL,
                lookup_key VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
                  R"(CREATE TABLE company_details (
                company VARCHAR NOT NULL,
                ordinal BIGINT NOT NULL,
                facet BIGINT NOT NULL,
                code VARCHAR NOT NULL,
                detail VARCHAR NOT NULL,
                source VARCHAR NOT NULL,
                valid_from VARCHAR,
                valid_to VARCHAR,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
                  R"(CREATE TABLE record_details (
                company VARCHAR NOT NULL,
                ordinal BIGINT NOT NULL,
                facet BIGINT NOT NULL,
                code VARCHAR NOT NULL,
                detail VARCHAR NOT NULL,
                source VARCHAR NOT NULL,
                valid_from VARCHAR,
                valid_to VARCHAR,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
                  R"(CREATE TABLE identity_decisions (
                decision VARCHAR NOT NULL,
                kind BIGINT NOT NULL,
                company VARCHAR NOT NULL,
                other VARCHAR NOT NULL,
                source VARCHAR NOT NULL,
                comment VARCHAR NOT NULL,
                digest VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
              },
          .placements = {{.table = "records", .column = "company"},
                         {.table = "record_names", .column = "company"},
                         {.table = "record_identifiers", .column = "company"},
                         {.table = "company_details", .column = "company"},
                         {.table = "record_details", .column = "company"},
                         {.table = "identity_decisions"}},
          .indexes = {
              "CREATE INDEX records_company ON records(company, to_revision)",
              "CREATE UNIQUE INDEX records_open ON records(company) "
              "WHERE to_revision = 9223372036854775807",
              "CREATE INDEX record_names_company ON record_names(company, to_revision)",
              "CREATE INDEX record_identifiers_company ON record_identifiers(company, "
              "to_revision)",
              "CREATE INDEX record_identifiers_key ON record_identifiers(lookup_key, "
              "to_revision)",
              "CREATE INDEX company_details_company ON company_details(company, to_revision)",
              "CREATE INDEX record_details_company ON record_details(company, to_revision)",
              "CREATE UNIQUE INDEX identity_decisions_open ON identity_decisions(decision) "
              "WHERE to_revision = 9223372036854775807",
          }};
}

}  // namespace

std::span<const ledger::Migration> Migrations() {
  static const std::vector<ledger::Migration> kMigrations = {
      {.name = "registry 1: companies, sources, codelists",
       .statements =
           {
               R"(CREATE TABLE companies (
                company VARCHAR NOT NULL,
                display_name VARCHAR NOT NULL,
                country VARCHAR NOT NULL,
                city VARCHAR NOT NULL,
                founded_on VARCHAR,
                founded_year BIGINT,
                status BIGINT NOT NULL,
                website VARCHAR NOT NULL,
                layers VARCHAR NOT NULL,
                sectors VARCHAR NOT NULL,
                sources VARCHAR NOT NULL,
                source_category VARCHAR NOT NULL,
                digest VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
               R"(CREATE TABLE company_names (
                company VARCHAR NOT NULL,
                ordinal BIGINT NOT NULL,
                name_text VARCHAR NOT NULL,
                language VARCHAR NOT NULL,
                kind BIGINT NOT NULL,
                source VARCHAR NOT NULL,
                folded VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
               R"(CREATE TABLE company_identifiers (
                company VARCHAR NOT NULL,
                ordinal BIGINT NOT NULL,
                scheme VARCHAR NOT NULL,
                code VARCHAR NOT NULL,
                source VARCHAR NOT NULL,
                lookup_key VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
               R"(CREATE TABLE sources (
                source VARCHAR NOT NULL,
                publisher VARCHAR NOT NULL,
                title VARCHAR NOT NULL,
                uri VARCHAR NOT NULL,
                published_on VARCHAR,
                kind VARCHAR NOT NULL,
                digest VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
               R"(CREATE TABLE codelists (
                codelist VARCHAR NOT NULL,
                digest VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
               R"(CREATE TABLE codes (
                codelist VARCHAR NOT NULL,
                ordinal BIGINT NOT NULL,
                code VARCHAR NOT NULL,
                label VARCHAR NOT NULL,
                label_fr VARCHAR NOT NULL,
                parent VARCHAR NOT NULL,
                from_revision BIGINT NOT NULL,
                to_revision BIGINT NOT NULL))",
           }},
      {.name = "registry 2: distribution",
       .statements = {},
       .placements = {{.table = "companies", .column = "company"},
                      {.table = "company_names", .column = "company"},
                      {.table = "company_identifiers", .column = "company"},
                      {.table = "sources"},
                      {.table = "codelists"},
                      {.table = "codes"}}},
      // Unique ones of open rows (9223372036854775807 is ledger::kOpenRevision) would refuse a
      // second state of a subject, should ever two commits overlap.
      {.name = "registry 3: indexes",
       .statements = {},
       .indexes =
           {
               "CREATE INDEX companies_company ON companies(company, to_revision)",
               "CREATE UNIQUE INDEX companies_open ON companies(company) "
               "WHERE to_revision = 9223372036854775807",
               "CREATE INDEX companies_from ON companies(from_revision)",
               "CREATE INDEX companies_to ON companies(to_revision)",
               "CREATE INDEX company_names_company ON company_names(company, to_revision)",
               "CREATE INDEX company_identifiers_company ON company_identifiers(company, "
               "to_revision)",
               "CREATE INDEX company_identifiers_key ON company_identifiers(lookup_key, "
               "to_revision)",
               "CREATE INDEX sources_source ON sources(source, to_revision)",
               "CREATE UNIQUE INDEX sources_open ON sources(source) "
               "WHERE to_revision = 9223372036854775807",
           }},
      // Records that are not all that readers see of a company, in the form of the tables of
      // companies, which hold what readers see; and details of both (sql_details.h).
      RecordsAndDecisions(),
      // Several records of an id: `company` is their key (KeyOf), and the id its first part.
      {.name = "registry 5: records of sources",
       .statements = {},
       .indexes = {"CREATE INDEX records_id ON records(split_part(company, ' ', 1), to_revision)"}},
      {.name = "registry 6: country of incorporation",
       .statements = {"ALTER TABLE companies ADD COLUMN legal_country VARCHAR DEFAULT ''",
                      "ALTER TABLE records ADD COLUMN legal_country VARCHAR DEFAULT ''"}},
  };
  return kMigrations;
}

}  // namespace steelyard::registry
