#pragma once

// The tables of deploy/names, compiled in: what names are made of, in many languages.

#include <string_view>

namespace steelyard::registry::match {

// legal_forms.csv: form, class, family. Spellings of legal forms; those of one form share its
// class.
std::string_view LegalFormsCsv();
// lexicon.csv: concept, language, words. Words of many languages that mean the same.
std::string_view LexiconCsv();
// abbreviations.csv: short, long. Words that stand for a longer one.
std::string_view AbbreviationsCsv();
// words.csv: word, per_million. In how many of a million company names a word occurs.
std::string_view WordsCsv();

}  // namespace steelyard::registry::match
