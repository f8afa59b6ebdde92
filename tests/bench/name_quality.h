#pragma once

// How well pairs of names are told apart, beside what others do.

#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace steelyard::bench {

// Two names, and whether they are one company's.
struct NamePair {
  std::string group;
  std::string one;
  std::string other;
  bool is_match = false;
  std::string frozen;  // what another program says: "true", "false", or nothing
};

// Another measure of how alike two names are, in [0, 1].
struct Rival {
  std::string name;
  std::function<double(const std::string&, const std::string&)> score;
  bool folded = true;  // whether it is given folded names
};
const std::vector<Rival>& Rivals();

// Of a file with the columns case_group, name1, name2, is_match and perhaps logic_v2.
absl::StatusOr<std::vector<NamePair>> ReadPairs(const std::string& path);

// Of a file with columns of other names.
struct PairColumns {
  std::string one;
  std::string other;
  std::string is_match;
  std::string yes;  // what stands there when they are one company's
};
absl::StatusOr<std::vector<NamePair>> ReadPairs(const std::string& path,
                                                const PairColumns& columns);

// Of a file that says which rows are one: the names of a cluster, each with the next, and of all
// names in alphabetical order each with the next one of another cluster. Equal names are left out.
absl::StatusOr<std::vector<NamePair>> ReadClusters(const std::string& path,
                                                   const std::string& cluster,
                                                   const std::string& name);

// Right and wrong answers at a threshold.
struct Outcome {
  int tp = 0;
  int fp = 0;
  int fn = 0;
  int tn = 0;

  double Precision() const;
  double Recall() const;
  double F1() const;
};

// The method's scores of the pairs.
std::vector<double> ScoresOf(const std::vector<NamePair>& pairs);
Outcome At(double threshold, const std::vector<NamePair>& pairs, const std::vector<double>& scores);
// Mean distance between scores and shares of matches, over ten classes of scores.
double CalibrationError(const std::vector<NamePair>& pairs, const std::vector<double>& scores);

// Prints the whole report of a set: by group with its calibration error, beside the peers (each at
// the threshold that is best for it), and every error at the published threshold.
void ReportQuality(const std::string& title, const std::vector<NamePair>& pairs, bool with_errors,
                   std::ostream& out = std::cout);

}  // namespace steelyard::bench
