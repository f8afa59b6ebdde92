#pragma once

// Makes the tables that names are matched with of what people keep in deploy/names, and of ICU's
// number words and names of countries. Runs when Steelyard is built.

#include <string>

namespace steelyard::registry::match {

// The texts of the tables in deploy/names, each a CSV with a header and no line ends in fields.
struct TableTexts {
  std::string legal_forms;
  std::string lexicon;
  std::string abbreviations;
  std::string words;
};

// In the form that compiled.h describes, the same text for the same tables and ICU. Throws
// std::invalid_argument when a line has more or fewer fields than its table's header.
std::string Compile(const TableTexts& texts);

}  // namespace steelyard::registry::match
