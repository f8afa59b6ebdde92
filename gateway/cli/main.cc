// steelyard: asks a gateway from the command line.

#include <iostream>

#include "gateway/cli/command_line.h"

int main(int argc, char** argv) { return steelyard::cli::Main(argc, argv, std::cout, std::cerr); }
