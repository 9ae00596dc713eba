#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wit/span.h"

namespace weir::wit {

// Where a span begins, for a person.
struct Location {
  std::string_view path;
  // Both count from 1; a column is one Unicode scalar value.
  uint32_t line;
  uint32_t column;
  // The whole line without its end.
  std::string_view text;
  // How many scalar values of that line the span covers, at least 1.
  uint32_t width;
};

// The texts of all files that were read. Spans index their concatenation. Only grows, and views
// of what is in it stay good as long as it lives.
class SourceMap {
 public:
  // Takes in a file and returns the offset of its first byte, or nothing if all files together
  // would pass 2 GiB. The path is only for messages.
  std::optional<uint32_t> add(std::string path, std::string text);

  // The text at an offset that `add` returned.
  std::string_view text_at(uint32_t offset) const;
  // The text that a known span covers.
  std::string_view text_of(Span span) const;
  // Nothing for an unknown span.
  std::optional<Location> locate(Span span) const;

 private:
  struct File {
    std::string path;
    std::string text;
    uint32_t offset;
  };

  const File* file_at(uint32_t offset) const;

  std::vector<std::unique_ptr<File>> files_;
  uint32_t end_ = 0;
};

}  // namespace weir::wit
