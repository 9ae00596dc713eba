#pragma once

#include <string>

#include "wit/error.h"
#include "wit/source.h"

namespace weir::wit {

// What is wrong, in one sentence without a place.
std::string message(const WitError& error);

// What could be done about it; often empty.
std::string hint(const WitError& error);

// The whole report: message, file with line and column, the line with the place marked, the place
// of the other party, the hint. Several lines, the last one ended.
std::string render(const WitError& error, const SourceMap& sources);

}  // namespace weir::wit
