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
  std::string authority;        // registration authority, such as RA000754
  std::string authority_value;  // what it knows the entity by
  std::string category;         // such as GENERAL
  std::string legal_form;       // ISO 20275, such as 4QIE
  std::string entity_status;
  std::string record_status;
  std::string created;
};

// Where the values of a record stand, in findings.
struct LeiPlaces {
  std::string_view lei;
  std::string_view country;
  std::string_view city;
  std::string_view authority;
  std::string_view category;
  std::string_view entity_status;
  std::string_view record_status;
  std::string_view created;
};

// Takes the record, or rejects it: without a valid LEI or a name; an LEI that GLEIF took back; and
// a sole proprietor, who is a person, or a category that is not known. The company's id is "lei-"
// and its LEI.
void TakeLeiRecord(const LeiRecord& record, const LeiPlaces& places, const Draft& draft,
                   ListTaker& taker, RowFindings& row);

}  // namespace steelyard::registry
