#pragma once

// The formats that the registry reads. Each importer takes the rows of one file into a draft and
// reports every row and value that it does not take as it stands. All share the contract of
// RowReader::Open and RowReader::Next; a row that is wrong is rejected and the rest is read. The
// formats are described for users in docs/formats/registry.md.

#include <optional>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/registry/draft.h"
#include "services/registry/rows.h"

namespace steelyard::registry {

// Checks that both of these share, for a value that names a source: the source, or the import's own
// when the cell is empty or names one that does not exist (which is cleared).
std::string SourceOrOwn(RowReader& row, size_t column, const Draft& draft);

// The time that two columns give; a beginning that is no date is cleared. nullopt when the end is
// no date, as an open end would say the contrary, or lies before the beginning: the row is rejected
// then.
std::optional<Validity> TakeValidity(RowReader& row, size_t from, size_t to);

// steelyard-sources: id, publisher, title, url, published_on, kind. Rejected: a bad or repeated id.
absl::Status ImportSources(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                           ingest::Reporter& reporter);

// steelyard-codes: codelist, position, code, label, label_fr, parent. Rejected: anything that is
// not right, since half a list would be worse than the old one's gap.
absl::Status ImportCodes(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                         ingest::Reporter& reporter);

// steelyard-companies: id, name, legal_name, legal_country, hq_country, hq_city, founded_year,
// website, layers, sectors, status, source_ids. Lists are separated by ';'. Rejected: a bad id or
// name, and a company given before; folded when the row is the same. Cleared: any other value that
// is not right.
absl::Status ImportCompanies(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                             ingest::Reporter& reporter);

// steelyard-names: company_id, name, language, kind, valid_from, valid_to, source_id, of companies
// in the import or in the registry.
absl::Status ImportNames(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                         ingest::Reporter& reporter);

// steelyard-identifiers: company_id, scheme, value, source_id, likewise. Rejected: one that another
// company bears.
absl::Status ImportIdentifiers(const Context& context, const ingest::SpooledFile& file,
                               Draft& draft, ingest::Reporter& reporter);

// Of companies in the import or in the registry, each row with the time in which it held.
// steelyard-relations: company_id, relation, object_id, valid_from, valid_to, source_id.
absl::Status ImportRelations(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                             ingest::Reporter& reporter);
// steelyard-headquarters: company_id, country, city, valid_from, valid_to, source_id.
absl::Status ImportHeadquarters(const Context& context, const ingest::SpooledFile& file,
                                Draft& draft, ingest::Reporter& reporter);
// steelyard-status-history: company_id, status, valid_from, valid_to, source_id.
absl::Status ImportStatusHistory(const Context& context, const ingest::SpooledFile& file,
                                 Draft& draft, ingest::Reporter& reporter);

// crunchbase-2013-companies: see import_crunchbase.cc.
absl::Status ImportCrunchbaseCompanies(const Context& context, const ingest::SpooledFile& file,
                                       Draft& draft, ingest::Reporter& reporter);

// crunchbase-2013-rounds: the companies that neither the import's companies files nor the registry
// have. What the rounds themselves say is not the registry's.
absl::Status ImportCrunchbaseRounds(const Context& context, const ingest::SpooledFile& file,
                                    Draft& draft, ingest::Reporter& reporter);

// mapped, of the kinds companies and rounds: see import_mapped.cc.
absl::Status ImportMapped(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                          ingest::Reporter& reporter);

// The formats below list companies that are told by codes: see listed.h for which company a row
// means, and the file of each format for what it reads.

// gleif-lei2-csv: GLEIF's golden copy of LEI records, as CSV.
absl::Status ImportGleifCsv(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                            ingest::Reporter& reporter);

// gleif-api-json: LEI records, and relationship records, as GLEIF's API answers them, one or many.
absl::Status ImportGleifJson(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                             ingest::Reporter& reporter);

// gleif-rr-csv: GLEIF's golden copy of relationship records, between companies that have LEIs.
absl::Status ImportGleifRelationships(const Context& context, const ingest::SpooledFile& file,
                                      Draft& draft, ingest::Reporter& reporter);

// sec-tickers: company_tickers.json of the SEC.
absl::Status ImportSecTickers(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                              ingest::Reporter& reporter);

// crunchbase-organizations: organizations.csv of the bulk export of the 2020s.
absl::Status ImportCrunchbaseOrganizations(const Context& context, const ingest::SpooledFile& file,
                                           Draft& draft, ingest::Reporter& reporter);

// name-suggestion-index: a file of brands.
absl::Status ImportNameSuggestions(const Context& context, const ingest::SpooledFile& file,
                                   Draft& draft, ingest::Reporter& reporter);

// opensanctions-entities: entities of the FollowTheMoney model, one a line.
absl::Status ImportOpenSanctions(const Context& context, const ingest::SpooledFile& file,
                                 Draft& draft, ingest::Reporter& reporter);

// What the registry says of Crunchbase's export of 2013 as a source, under the id of the import.
Source CrunchbaseSource(std::string_view id);

}  // namespace steelyard::registry
