#include "wit/bindgen/host_writer.h"

#include <algorithm>

#include "wit/bindgen/cpp_names.h"

namespace weir::wit {
namespace {

// The folder of a namespace: `weir` is the root of the include path.
std::string folder_of(std::string_view space) {
  std::string folder;
  while (!space.empty()) {
    size_t colons = space.find("::");
    std::string_view part = space.substr(0, colons);
    if (part != "weir" || !folder.empty()) folder.append(part).append("/");
    space.remove_prefix(colons == std::string_view::npos ? space.size() : colons + 2);
  }
  return folder;
}

}  // namespace

HostWriter::HostWriter(const Resolve& resolve, InterfaceId id, const HostOptions& options)
    : resolve_(resolve),
      id_(id),
      interface_(resolve[id]),
      options_(options),
      types_(resolve, id),
      name_(host_name(resolve, id)),
      space_(options.space + "::" + name_),
      folder_(folder_of(options.space)) {
  for (const auto& [name, type] : interface_.types) {
    if (std::holds_alternative<Resource>(resolve_[type].shape)) has_resources_ = true;
  }
  find_methods();
}

void HostWriter::begin_namespace(Writer& out, const std::string& space) {
  out.line("namespace ", space, " {");
}

void HostWriter::end_namespace(Writer& out, const std::string& space) {
  out.line("}  // namespace ", space);
}

void HostWriter::includes(Writer& out) {
  out.line("#include <array>");
  out.line("#include <cstdint>");
  out.line("#include <memory>");
  out.line("#include <optional>");
  out.line("#include <span>");
  out.line("#include <string>");
  out.line("#include <string_view>");
  out.line("#include <tuple>");
  out.line("#include <utility>");
  out.line("#include <variant>");
  out.line("#include <vector>");
  out.gap();
  out.line("#include \"component/host/linker.h\"");
  out.line("#include \"util/bytes.h\"");
  out.line("#include \"util/result.h\"");
  std::vector<std::string> headers;
  for (InterfaceId needed : interface_.dependencies) {
    headers.push_back(folder_ + host_name(resolve_, needed) + ".h");
  }
  std::ranges::sort(headers);
  for (const std::string& header : headers) out.line("#include \"", header, "\"");
}

GeneratedFile HostWriter::header() {
  Writer out;
  out.line("// ", resolve_.id_of(id_), ": generated from WIT by weir-bindgen-host.");
  out.line("#pragma once");
  out.gap();
  includes(out);
  out.gap();
  out.cpp_docs(interface_.docs);
  begin_namespace(out, space_);
  for (const auto& [name, type] : interface_.types) {
    out.gap();
    definition(out, type);
  }
  bool has_host = !methods_.empty() || has_resources_;
  bool has_traits = std::ranges::any_of(interface_.types,
                                        [&](const auto& entry) { return has_trait(entry.second); });
  if (has_traits) {
    out.gap();
    end_namespace(out, space_);
    out.gap();
    traits(out);
    if (has_host) {
      out.gap();
      begin_namespace(out, space_);
    }
  }
  if (has_host) {
    out.gap();
    host_class(out);
  }
  if (has_host || !has_traits) {
    out.gap();
    end_namespace(out, space_);
  }
  return {folder_ + name_ + ".h", out.take()};
}

GeneratedFile HostWriter::source() {
  Writer out;
  out.line("// ", resolve_.id_of(id_), ": generated from WIT by weir-bindgen-host.");
  out.line("#include \"", folder_, name_, ".h\"");
  out.gap();
  if (!options_.includes.empty()) {
    for (const std::string& include : options_.includes) out.line("#include \"", include, "\"");
    out.gap();
  }
  begin_namespace(out, space_);
  variant_factories(out);
  if (!methods_.empty() || has_resources_) {
    out.gap();
    link(out);
  }
  layout_assertions(out);
  out.gap();
  end_namespace(out, space_);
  return {folder_ + name_ + ".cc", out.take()};
}

std::string HostWriter::unique(std::string name, std::vector<std::string>& taken) {
  while (std::ranges::find(taken, name) != taken.end()) name.push_back('_');
  taken.push_back(name);
  return name;
}

bool HostWriter::holds_own(const Shape& shape) const {
  if (std::holds_alternative<Own>(shape)) return true;
  bool any = false;
  for_each_reference(shape, [&](Type part) {
    any = any || (!part.is_prim() && holds_own(resolve_[part.id()].shape));
  });
  return any;
}

}  // namespace weir::wit
