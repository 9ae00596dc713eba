#include <algorithm>
#include <cstdio>
#include <set>
#include <string>

#include "cli/commands.h"
#include "component/linked.h"
#include "engine/engine.h"
#include "host/load.h"
#include "util/escape.h"
#include "wasi/p2/incoming_handler.h"
#include "wasi/p2/link.h"

namespace weir::cli {
namespace {

class NoLog final : public Log {
 public:
  void write(Level, std::string_view) override {}
};

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

void print_externs(const char* verb, const std::vector<component::ExternSummary>& externs) {
  for (const component::ExternSummary& item : externs) {
    std::string line = "  " + std::string(verb) + " " + escaped(item.name);
    if (item.kind != "instance") line += " (" + item.kind + ")";
    if (!item.functions.empty())
      line += ": " + std::to_string(item.functions.size()) +
              (item.functions.size() == 1 ? " function" : " functions");
    print(line);
  }
}

// Which grants the component's imports speak of.
std::set<std::string> grants_needed(const std::vector<component::ExternSummary>& imports) {
  std::set<std::string> needed;
  for (const component::ExternSummary& item : imports) {
    if (item.name.starts_with("wasi:http/outgoing-handler"))
      needed.insert("--allow-outbound PATTERN   to send requests");
    if (item.name.starts_with("wasi:cli/environment"))
      needed.insert("--env K=V                  if it reads variables");
  }
  return needed;
}

}  // namespace

Result<void> inspect(const InspectOptions& options) {
  NoLog log;
  auto engine = WEIR_TRY(engine::Engine::create(engine::Config()));
  auto component = WEIR_TRY(host::load_component(*engine, options.app, nullptr, log));
  auto imports = component->imports();
  print(escaped(options.app) + ": a component of " + std::to_string(component->size()) +
        " bytes, " + std::to_string(component->modules().size()) + " core modules with " +
        std::to_string(component->code_size()) + " bytes of code and " +
        std::to_string(component->data_size()) + " bytes of data");
  for (const component::Producer& producer : component->producers())
    print("  produced by: " + escaped(producer.field) + " " + escaped(producer.name) + " " +
          escaped(producer.version));
  print_externs("import", imports);
  print_externs("export", component->exports());
  component::Linker linker;
  wasi::p2::link(linker);
  auto linked = component::Linked::link(*engine, component, linker);
  if (!linked.ok()) {
    print("cannot be served: " + linked.error().message);
    print("`--unknown-imports trap` loads it anyway");
    return {};
  }
  const component::Plan& plan = (*linked)->plan();
  print("linking route: " +
        (plan.direct ? std::string("direct") : "general: " + plan.general_reason));
  if (!wasi::p2::find_incoming_handler(**linked))
    print("cannot be served: it exports no wasi:http/incoming-handler@0.2");
  for (const std::string& grant : grants_needed(imports)) print("grant: " + grant);
  return {};
}

}  // namespace weir::cli
