#pragma once

#include <gtest/gtest.h>

#include <string>

#include "wit/load.h"
#include "wit/render.h"

namespace weir::wit {

// WIT of a test, resolved; a failure of the test where it cannot be.
struct Text {
  SourceMap sources;
  Resolve resolve;
  PackageId main;

  explicit Text(std::string text) {
    auto loaded = load_files({{{"a.wit", std::move(text)}}}, {.all = true}, sources, resolve);
    if (loaded) {
      main = loaded->main;
    } else {
      ADD_FAILURE() << render(loaded.error(), sources);
    }
  }
};

}  // namespace weir::wit
