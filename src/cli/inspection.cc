#include "cli/inspection.h"

#include <algorithm>
#include <set>
#include <vector>

#include "cli/printable.h"
#include "component/summary.h"
#include "host/app.h"
#include "util/escape.h"
#include "wasi/p2/incoming_handler.h"

namespace weir::cli {
namespace {

using component::ExternSummary;
using Externs = std::vector<ExternSummary>;

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

std::string size_text(uint64_t bytes) {
  if (bytes < 10 * kKiB) return std::to_string(bytes) + " bytes";
  if (bytes < 10 * kMiB) return std::to_string((bytes + kKiB / 2) / kKiB) + " KiB";
  return std::to_string((bytes + kMiB / 2) / kMiB) + " MiB";
}

std::string count_text(uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

// The part of `text` before, or after, the first `separator`.
std::string_view before(std::string_view text, char separator) {
  return text.substr(0, text.find(separator));
}
std::string_view after(std::string_view text, char separator) {
  size_t at = text.find(separator);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
}

// Whether an import is among those of wasi:http/proxy.
bool in_proxy(std::string_view interface) {
  std::string_view package = before(interface, '/');
  std::string_view name = before(after(interface, '/'), '@');
  if (package == "wasi:http" || package == "wasi:io" || package == "wasi:clocks") return true;
  if (package == "wasi:random") return name == "random";
  return package == "wasi:cli" && (name == "stdin" || name == "stdout" || name == "stderr");
}

std::string world_text(const Externs& imports, const Externs& exports) {
  struct Known {
    std::string_view interface, world;
  };
  constexpr Known kWorlds[] = {{"wasi:http/handler", "wasi:http/service"},
                               {"wasi:http/incoming-handler", "wasi:http/proxy"},
                               {"wasi:cli/run", "wasi:cli/command"}};
  for (const Known& known : kWorlds) {
    for (const ExternSummary& item : exports) {
      if (before(item.name, '@') != known.interface) continue;
      std::string text(known.world);
      if (std::string_view version = after(item.name, '@'); !version.empty())
        text += "@" + escaped(version);
      std::set<std::string> more;
      if (known.world == "wasi:http/proxy")
        for (const ExternSummary& import : imports)
          if (!in_proxy(import.name)) more.insert(escaped(before(before(import.name, '/'), '@')));
      std::string_view separator = ", with more of ";
      for (const std::string& package : more) {
        text.append(separator).append(package);
        separator = ", ";
      }
      return text;
    }
  }
  return "one of its own";
}

size_t width_of(const Externs& externs) {
  size_t width = 0;
  for (const ExternSummary& item : externs) width = std::max(width, item.name.size());
  return width;
}

void append_externs(std::string& out, std::string_view verb, const Externs& externs, size_t width) {
  for (const ExternSummary& item : externs) {
    std::string name = escaped(item.name);
    out.append("  ").append(verb).append(" ").append(name);
    if (item.kind != "instance" || !item.functions.empty()) {
      out.append(width > name.size() ? width - name.size() + 2 : 2, ' ');
      out.append(item.kind != "instance"
                     ? item.kind
                     : count_text(item.functions.size(), "function", "functions"));
    }
    out.push_back('\n');
  }
}

bool imports_any(const Externs& imports, std::string_view prefix) {
  return std::any_of(imports.begin(), imports.end(),
                     [&](const ExternSummary& item) { return item.name.starts_with(prefix); });
}

void append_grants(std::string& out, const Externs& imports) {
  std::string grants, never;
  if (imports_any(imports, "wasi:http/outgoing-handler"))
    grants += "  --allow-outbound PATTERN  to send requests (wasi:http/outgoing-handler)\n";
  if (imports_any(imports, "wasi:cli/environment"))
    grants += "  --env NAME=VALUE          to read variables (wasi:cli/environment)\n";
  if (imports_any(imports, "wasi:filesystem/"))
    never += "  files (wasi:filesystem): there are none, and opening one fails\n";
  if (imports_any(imports, "wasi:sockets/"))
    never += "  sockets (wasi:sockets): connecting, listening and look-ups are denied\n";
  out += grants.empty() ? "grants it may need: none\n" : "grants it may need:\n" + grants;
  if (!never.empty()) out += "what no grant gives:\n" + never;
}

std::string demand_text(const component::Demand& demand) {
  std::string text = count_text(demand.core_instances, "core instance", "core instances") + ", " +
                     count_text(demand.tables, "table", "tables") + ", " +
                     count_text(demand.memories, "memory", "memories");
  if (demand.memories == 0) return text;
  return text + (demand.memories == 1 ? " that starts with " : " that start with ") +
         size_text(demand.memory_bytes);
}

std::string route_text(const component::Plan& plan) {
  if (!plan.direct) return "general: " + escaped(plan.general_reason);
  if (plan.deferred.empty()) return "direct";
  return "direct; " + count_text(plan.deferred.size(), "adapter is", "adapters are") +
         " instantiated when first called";
}

}  // namespace

std::string inspection(std::string_view name, uint64_t size, const component::Decoded& component,
                       const Result<component::Plan>& linked) {
  Externs imports = component::imports_of(component);
  Externs exports = component::exports_of(component);
  component::CoreSizes sizes = component::core_sizes_of(component);
  std::string out = escaped(name) + ": a component of " + size_text(size) + "; " +
                    count_text(sizes.modules, "core module", "core modules") + " with " +
                    size_text(sizes.code) + " of code and " + size_text(sizes.data) + " of data\n";
  out += "world: " + world_text(imports, exports) + "\n";
  size_t width = std::max(width_of(imports), width_of(exports));
  append_externs(out, "import", imports, width);
  append_externs(out, "export", exports, width);
  for (const component::Producer& producer : component.producers) {
    out += "producer: " + escaped(producer.name);
    if (!producer.version.empty()) out += " " + escaped(producer.version);
    out += " (" + escaped(producer.field) + ")\n";
  }
  if (!linked.ok()) return out + printable(linked.error().message) + "\n";
  out += "each request takes: " + demand_text(component::demand_of(*linked, component)) + "\n";
  out += "linking route: " + route_text(*linked) + "\n";
  append_grants(out, imports);
  if (!wasi::p2::find_incoming_handler(*linked))
    out.append("cannot be served: ").append(host::kNoHandler).append("\n");
  return out;
}

}  // namespace weir::cli
