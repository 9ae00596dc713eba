#include "tools/wit/open.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "component/decode.h"
#include "engine/module.h"
#include "tools/wit/features.h"
#include "util/bytes.h"
#include "util/escape.h"
#include "util/whole_file.h"
#include "wit/binary/decode.h"
#include "wit/load.h"
#include "wit/render.h"

namespace weir::tools {
namespace {

constexpr size_t kMaxFile = size_t{1} << 30;

Result<std::string> read_file(const std::string& path) {
  auto read = read_whole_file(path, kMaxFile);
  if (read) return std::move(*read);
  if (read.error() == EFBIG) return Err(report(path, "is larger than 1 GiB"));
  return Err(report(path, std::string("cannot be read: ") + std::strerror(read.error())));
}

// Whether text is WebAssembly's, and not WIT's: after comments it begins with a parenthesis.
bool is_assembly(std::string_view text) {
  while (true) {
    size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return false;
    text.remove_prefix(start);
    if (!text.starts_with(";;")) return text.starts_with('(');
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
}

}  // namespace

Error report(const std::string& path, const std::string& message) {
  return {"error: " + escaped(path) + ": " + message + "\n"};
}

Result<void> validate(std::span<const uint8_t> bytes) {
  auto valid = component::decode(bytes, features_of_tools());
  if (!valid) return Err(valid.error());
  return {};
}

std::vector<wit::PackageId> OpenedWit::others() const {
  std::vector<wit::PackageId> ids;
  for (uint32_t i = 0; i < resolve.packages.size(); ++i) {
    if (i != main.index) ids.push_back({i});
  }
  return ids;
}

Result<std::optional<std::vector<uint8_t>>> read_component(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return std::nullopt;
  std::string content = WEIR_TRY(read_file(path));
  std::vector<uint8_t> bytes;
  if (wit::is_wasm(as_bytes(content))) {
    bytes.assign(content.begin(), content.end());
  } else if (is_assembly(content)) {
    auto assembled = engine::assemble(content);
    if (!assembled) return Err(report(path, assembled.error().message));
    bytes.assign(assembled->span().begin(), assembled->span().end());
  } else {
    return std::nullopt;
  }
  auto valid = validate(bytes);
  if (!valid) return Err(report(path, valid.error().message));
  return bytes;
}

namespace {

// Reads a dependency that is a binary package.
Result<wit::DecodedWit> read_package(std::string content) {
  if (!wit::is_wasm(as_bytes(content))) {
    Bytes assembled = WEIR_TRY(engine::assemble(content));
    content = assembled.view();
  }
  WEIR_TRY(validate(as_bytes(content)));
  wit::DecodedWit decoded = WEIR_TRY(wit::decode_wit(as_bytes(content)));
  if (decoded.world.valid()) return Err("it is a component, not a package of WIT");
  return decoded;
}

}  // namespace

Result<OpenedWit> open_wit(const std::string& path, const wit::Features& features) {
  if (auto bytes = WEIR_TRY(read_component(path))) {
    auto decoded = wit::decode_wit(*bytes);
    if (!decoded) return Err(report(path, decoded.error().message));
    return OpenedWit{std::move(decoded->resolve), decoded->main, decoded->world};
  }
  OpenedWit opened;
  wit::SourceMap sources;
  auto loaded = wit::load_path(path, features, sources, opened.resolve, read_package);
  if (!loaded) return Err(Error{wit::render(loaded.error(), sources)});
  opened.main = loaded->main.valid() ? loaded->main : loaded->packages.back();
  return opened;
}

}  // namespace weir::tools
