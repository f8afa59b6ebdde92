#pragma once

// Looks for a figure in an answer, wherever it stands. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "steelyard/common/v1/figure.pb.h"

namespace steelyard::strategy {

// The first figure with that id, in the order of the message's fields; nullptr when there is none.
const common::v1::Figure* FindFigure(const google::protobuf::Message& answer, std::string_view id);

// The ids of all figures, each once, in that order; the first `most`.
std::vector<std::string> FigureIds(const google::protobuf::Message& answer, size_t most);

}  // namespace steelyard::strategy
