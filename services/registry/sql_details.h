#pragma once

// The table of details: what companies have beside their own fields, names and identifiers, one row
// each, by facet and place.

#include <vector>

#include "services/common/sql/driver.h"
#include "services/registry/company.h"

namespace steelyard::registry {

// What a row is about. The numbers are stored; 0 is an identifier, which has its own table.
enum class Facet {
  kMember = 1,        // code: an id that is part of the company
  kRelation = 2,      // code: the object; detail: the number of its kind
  kHeadquarters = 3,  // code: the country; detail: the city
  kStatus = 4,        // code: empty; detail: the number of the status
  kName = 5,          // the validity of the name in this place
};

// The rows of a company's details, without their revisions.
std::vector<std::vector<sql::Value>> DetailRows(const Company& company);

// Takes a detail into its company, which has its names. The columns of `rows`: company, ordinal,
// facet, code, detail, source, valid_from, valid_to.
void TakeDetail(const sql::Rows& rows, Company& company);

}  // namespace steelyard::registry
