#pragma once

// Relationship records of GLEIF (RR-CDF 2.1), however a file writes them down: who consolidates
// whom in its accounts.

#include <string>
#include <string_view>
#include <vector>

#include "services/registry/left_out.h"
#include "services/registry/pending_relations.h"

namespace steelyard::registry {

// Values as the file has them; empty where it has none.
struct RelationshipRecord {
  struct Period {
    std::string from;
    std::string to;
    std::string type;   // GLEIF's word, such as RELATIONSHIP_PERIOD
    std::string place;  // of its dates, in findings
  };
  std::string start;  // LEI of the company that is consolidated
  std::string end;    // LEI of the one that consolidates it
  std::string type;
  std::string status;
  std::string record_status;
  std::vector<Period> periods;
};

// Where the values of a record stand, in findings.
struct RelationshipPlaces {
  std::string_view start;
  std::string_view end;
  std::string_view type;
  std::string_view status;
  std::string_view record_status;
};

// Takes the record among the relations: IS_DIRECTLY_CONSOLIDATED_BY gives a parent,
// IS_ULTIMATELY_CONSOLIDATED_BY an ultimate one, for the time of its RELATIONSHIP_PERIOD; other
// periods are those of accounts and documents. Leaves out other types, such as branches and funds.
// Rejects records that GLEIF took back, that ended nobody knows when, and of companies whose LEIs
// nobody bears in the registry or in what the import has read so far.
void TakeRelationship(const RelationshipRecord& record, const RelationshipPlaces& places,
                      const Draft& draft, PendingRelations& relations, LeftOut& left_out,
                      RowFindings& row);

}  // namespace steelyard::registry
