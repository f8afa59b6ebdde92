#pragma once

// LEI records of GLEIF, however a file writes them down.

#include <string>
#include <vector>

#include "services/registry/listed.h"

namespace steelyard::registry {

// Values as the file has them; empty where it has none.
struct LeiRecord {
  struct Name {
    std::string text;
    std::string language;
    std::string type;  // GLEIF's word, such as PREVIOUS_LEGAL_NAME
    std::string place;
  };
  std::string lei;
  Name legal_name;
  std::vector<Name> other_names;
  std::string country;  // of the headquarters
  std::string city;
  std::string jurisdiction;     // of legal formation, such as DE or US-DE
  std::string legal_country;    // of the legal address
  std::string authority;        // registration authority, such as RA000754
  std::string authority_value;  // what it knows the entity by
  std::string category;         // such as GENERAL
  std::string legal_form;       // ISO 20275, such as 4QIE
  std::string entity_status;
  std::string record_status;
  std::string created;
  std::vector<std::string> successors;  // their LEIs
};

// Where the values of a record stand, in findings.
struct LeiPlaces {
  std::string_view lei;
  std::string_view country;
  std::string_view city;
  std::string_view jurisdiction;
  std::string_view legal_country;
  std::string_view authority;
  std::string_view authority_value;
  std::string_view category;
  std::string_view entity_status;
  std::string_view record_status;
  std::string_view created;
  std::string_view successor;
};

// Takes the record, or rejects it: without a valid LEI or a name; an LEI that GLEIF took back; and
// a sole proprietor, who is a person, or a category that is not known. The company's id is "lei-"
// and its LEI. Returns the id of the company that took it; empty when it was rejected.
std::string TakeLeiRecord(const LeiRecord& record, const LeiPlaces& places, const Draft& draft,
                          ListTaker& taker, RowFindings& row);

// Who succeeded whom, until a file is read to its end: successors may come after their
// predecessors. Not thread-safe.
class Successors {
 public:
  Successors(Draft& draft, ingest::Reporter& reporter) : draft_(draft), reporter_(reporter) {}

  // Of the record on a line, which a company took.
  void Add(int64_t line, const std::string& company, const std::vector<std::string>& leis);
  // Gives the companies their successors; an LEI that no company of the import or the registry
  // bears is cleared under `place`.
  void Settle(std::string_view place);

 private:
  struct Successor {
    int64_t line = 0;
    std::string company;
    std::string lei;
  };
  Draft& draft_;
  ingest::Reporter& reporter_;
  std::vector<Successor> successors_;
};

}  // namespace steelyard::registry
