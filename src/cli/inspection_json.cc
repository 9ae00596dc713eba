#include "cli/inspection_json.h"

#include <vector>

#include "component/summary.h"
#include "host/app.h"
#include "wasi/p2/incoming_handler.h"
#include "wit/json_writer.h"

namespace weir::cli {
namespace {

void add(wit::JsonWriter& out, std::string_view key, std::string_view value) {
  out.key(key);
  out.string(value);
}

void add(wit::JsonWriter& out, std::string_view key, uint64_t value) {
  out.key(key);
  out.number(value);
}

void add_externs(wit::JsonWriter& out, std::string_view key,
                 const std::vector<component::ExternSummary>& externs) {
  out.key(key);
  out.open_array();
  for (const component::ExternSummary& item : externs) {
    out.open_object();
    add(out, "name", item.name);
    add(out, "kind", item.kind);
    if (item.kind == "instance") {
      out.key("functions");
      out.open_array();
      for (const std::string& function : item.functions) out.string(function);
      out.close();
    }
    out.close();
  }
  out.close();
}

void add_demand(wit::JsonWriter& out, const component::Demand& demand) {
  out.key("each_request_takes");
  out.open_object();
  add(out, "core_instances", demand.core_instances);
  add(out, "memories", demand.memories);
  add(out, "memory_bytes", demand.memory_bytes);
  add(out, "tables", demand.tables);
  out.close();
}

}  // namespace

std::string inspection_json(std::string_view name, uint64_t size,
                            const component::Decoded& component,
                            const Result<component::Plan>& linked) {
  component::CoreSizes sizes = component::core_sizes_of(component);
  wit::JsonWriter out;
  out.open_object();
  add(out, "name", name);
  add(out, "size", size);
  add(out, "core_modules", sizes.modules);
  add(out, "code_size", sizes.code);
  add(out, "data_size", sizes.data);
  add_externs(out, "imports", component::imports_of(component));
  add_externs(out, "exports", component::exports_of(component));
  out.key("producers");
  out.open_array();
  for (const component::Producer& producer : component.producers) {
    out.open_object();
    add(out, "field", producer.field);
    add(out, "name", producer.name);
    add(out, "version", producer.version);
    out.close();
  }
  out.close();
  if (linked.ok()) {
    add_demand(out, component::demand_of(*linked, component));
    add(out, "linking_route", linked->direct ? "direct" : "general");
  }
  out.key("problem");
  if (!linked.ok()) {
    out.string(linked.error().message);
  } else if (!wasi::p2::find_incoming_handler(*linked)) {
    out.string(host::kNoHandler);
  } else {
    out.null();
  }
  out.close();
  return out.take() + "\n";
}

}  // namespace weir::cli
