// Usage: steelyard-name-tables DIRECTORY OUT.cc
// Writes the tables of DIRECTORY (deploy/names) as the source of CompiledTables().

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "services/registry/match/compiler/compile.h"

namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) throw std::runtime_error("cannot read " + path);
  return text;
}

void Write(const std::string& path, const std::string& tables) {
  std::ofstream file(path, std::ios::binary);
  file << "// Made of deploy/names/*.csv.\n\n"
          "#include \"services/registry/match/compiled.h\"\n\n"
          "#pragma clang diagnostic ignored \"-Woverlength-strings\"\n\n"
          "namespace steelyard::registry::match {\n\n"
          "std::string_view CompiledTables() {\n  return R\"tables("
       << tables
       << ")tables\";\n}\n\n"
          "}  // namespace steelyard::registry::match\n";
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw std::invalid_argument("usage: steelyard-name-tables DIRECTORY OUT.cc");
    const std::string directory = argv[1];
    Write(argv[2], steelyard::registry::match::Compile(
                       {.legal_forms = Read(directory + "/legal_forms.csv"),
                        .lexicon = Read(directory + "/lexicon.csv"),
                        .abbreviations = Read(directory + "/abbreviations.csv"),
                        .words = Read(directory + "/words.csv")}));
  } catch (const std::exception& error) {
    std::cerr << "steelyard-name-tables: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
