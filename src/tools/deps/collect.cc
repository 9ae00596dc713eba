#include "tools/deps/collect.h"

#include "tools/deps/layout.h"
#include "util/bytes.h"
#include "util/escape.h"

namespace weir::tools::deps {
namespace {

constexpr size_t kMaxHints = 4;

// The prefix under which a file would have been found.
std::string prefix_for(std::string_view path) {
  size_t end = path.rfind('/');
  std::string_view folder = end == std::string_view::npos ? "" : path.substr(0, end);
  if (folder.ends_with("/wit")) folder.remove_suffix(4);
  return std::string(folder);
}

}  // namespace

bool BundleSink::wants(std::string_view path) {
  auto place = place_of(path, prefix_);
  if (place && check_dependency_name(place->name).ok() &&
      (place->dependency.empty() || check_dependency_name(place->dependency).ok()))
    return !pinned_.contains(place->dependency);
  size_t name = path.rfind('/') + 1;
  if (is_wit_name(path.substr(name)) && elsewhere_.size() < kMaxHints &&
      path.find("/deps/") == std::string_view::npos)
    elsewhere_.insert(prefix_for(path));
  return false;
}

void BundleSink::take(std::string path, std::string content, bool executable) {
  auto place = place_of(path, prefix_);
  WEIR_ASSERT(place);
  Files& files = place->dependency.empty() ? bundle_.main : bundle_.deps[place->dependency];
  files[place->name] = {std::move(content), executable};
}

Result<Bundle> BundleSink::finish() {
  if (!bundle_.main.empty() || !bundle_.deps.empty()) return std::move(bundle_);
  std::string message = "it has no WIT where it is looked for (*.wit, wit/*.wit, */wit/*.wit" +
                        (prefix_.empty() ? std::string(")") : " below `" + escaped(prefix_) + "`)");
  const char* separator = "; set `prefix` to ";
  for (const std::string& folder : elsewhere_) {
    message += separator + ("`" + escaped(folder) + "`");
    separator = " or ";
  }
  return Err(Error{message});
}

Result<Bundle> bundle_of_archive(std::string_view bytes, const std::string& prefix,
                                 const std::set<std::string>& pinned) {
  BundleSink sink(prefix, pinned);
  ArchiveLimits limits;
  WEIR_TRY(read_archive(as_bytes(bytes), limits, sink));
  return sink.finish();
}

}  // namespace weir::tools::deps
