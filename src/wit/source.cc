#include "wit/source.h"

#include <algorithm>

namespace weir::wit {
namespace {

constexpr uint64_t kMaxBytes = uint64_t{1} << 31;

// Counts Unicode scalar values; a byte that continues one does not count.
uint32_t count_characters(std::string_view text) {
  return static_cast<uint32_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::optional<uint32_t> SourceMap::add(std::string path, std::string text) {
  // One byte lies between files, so that the end of one is not the start of the next.
  if (uint64_t{end_} + text.size() + 1 > kMaxBytes) return std::nullopt;
  uint32_t offset = end_;
  end_ += static_cast<uint32_t>(text.size()) + 1;
  files_.push_back(std::make_unique<File>(std::move(path), std::move(text), offset));
  return offset;
}

const SourceMap::File* SourceMap::file_at(uint32_t offset) const {
  auto after = std::ranges::upper_bound(files_, offset, {}, [](auto& f) { return f->offset; });
  return after == files_.begin() ? nullptr : (after - 1)->get();
}

std::string_view SourceMap::text_at(uint32_t offset) const {
  const File* file = file_at(offset);
  return file ? std::string_view(file->text) : std::string_view();
}

std::string_view SourceMap::text_of(Span span) const {
  if (!span.known()) return {};
  const File* file = file_at(span.begin);
  if (!file) return {};
  std::string_view text = file->text;
  size_t begin = std::min<size_t>(span.begin - file->offset, text.size());
  return text.substr(begin, span.end - span.begin);
}

std::optional<Location> SourceMap::locate(Span span) const {
  if (!span.known()) return std::nullopt;
  const File* file = file_at(span.begin);
  if (!file) return std::nullopt;
  std::string_view text = file->text;
  size_t at = std::min<size_t>(span.begin - file->offset, text.size());
  size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  size_t line_begin = newline == std::string_view::npos ? 0 : newline + 1;
  size_t line_end = std::min(text.find('\n', at), text.size());
  size_t span_end = std::min<size_t>(span.end - file->offset, line_end);

  Location location;
  location.path = file->path;
  location.line = 1 + static_cast<uint32_t>(std::ranges::count(text.substr(0, line_begin), '\n'));
  location.column = 1 + count_characters(text.substr(line_begin, at - line_begin));
  location.text = text.substr(line_begin, line_end - line_begin);
  if (location.text.ends_with('\r')) location.text.remove_suffix(1);
  uint32_t width = span_end > at ? count_characters(text.substr(at, span_end - at)) : 0;
  location.width = std::max(1u, width);
  return location;
}

}  // namespace weir::wit
