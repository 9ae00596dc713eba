#include "wast/probe.h"
#include "component/function_job.h"

#include <cstdio>

#include "component/component_instance.h"
#include "component/decode.h"
#include "component/value_call.h"

namespace weir::wast {
namespace {

using component::HandleTable;
using component::Instance;
using engine::Trap;

constexpr uint64_t kCpuLimit = 20'000'000'000;
constexpr uint64_t kMaxTurns = 1'000'000;

Probe& probe_of(void* state) { return *static_cast<Probe*>(state); }

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string error_line(std::string_view text) {
  std::string out = "{\"error\": ";
  append_string(out, text);
  return out + "}";
}

void append_memory(std::string& out, std::span<const uint8_t> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  uint8_t fill = bytes.empty() ? 0 : bytes.back();
  size_t size = bytes.size();
  while (size > 0 && bytes[size - 1] == fill) --size;
  out += "\"fill\": " + std::to_string(fill) + ", \"size\": " + std::to_string(bytes.size()) +
         ", \"memory\": \"";
  for (uint8_t byte : bytes.first(size)) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  out += "\", ";
}

const char* name_of(component::TableItem::Kind kind) {
  using Kind = component::TableItem::Kind;
  switch (kind) {
    case Kind::waitable_set:
      return "waitable-set";
    case Kind::subtask:
      return "subtask";
    case Kind::readable_stream:
      return "readable-stream";
    case Kind::writable_stream:
      return "writable-stream";
    case Kind::readable_future:
      return "readable-future";
    case Kind::writable_future:
      return "writable-future";
  }
  return "";
}

const char* name_of(const HandleTable::Entry& entry) {
  switch (entry.kind) {
    case HandleTable::Kind::own:
      return "own";
    case HandleTable::Kind::borrow:
      return "borrow";
    case HandleTable::Kind::item:
      return name_of(entry.item->kind());
    case HandleTable::Kind::free:
      break;
  }
  return "";
}

void append_handles(std::string& out, HandleTable& handles) {
  out += "\"handles\": [";
  uint32_t left = handles.size();
  for (uint32_t index = 1; left != 0; ++index) {
    const HandleTable::Entry* entry = handles.find(index);
    if (!entry) continue;
    out += '[' + std::to_string(index) + ", \"" + name_of(*entry) + "\", " +
           std::to_string(entry->object.rep) + ", " + std::to_string(entry->lends) + ']';
    if (--left != 0) out += ", ";
  }
  out += ']';
}

}  // namespace

Probe::Probe(engine::Engine& engine, const component::Features& features, uint64_t seed)
    : engine_(engine), features_(features), seed_(seed) {
  linker_.interface<Probe>("", &probe_of).function<&Probe::log>("log");
}

component::OrTrap<void> Probe::log(component::Call&, uint32_t a, uint32_t b, uint32_t c) {
  trace_.push_back({a, b, c});
  return {};
}

std::string Probe::check(std::span<const uint8_t> wasm) {
  auto component = component::Component::compile(engine_, wasm, {features_});
  return component.ok() ? "{\"error\": null}" : error_line(component.error().message);
}

std::string Probe::decode(std::span<const uint8_t> wasm) {
  auto decoded = component::decode(wasm, features_);
  return decoded.ok() ? "{\"error\": null}" : error_line(decoded.error().message);
}

std::string Probe::run(std::span<const uint8_t> wasm) {
  auto component = component::Component::compile(engine_, wasm, {features_});
  if (!component.ok()) return error_line(component.error().message);
  auto linked = component::Linked::link(engine_, *component, linker_);
  if (!linked.ok()) return error_line(linked.error().message);
  std::optional<component::ExportId> id = (*linked)->find("", "run");
  if (!id) return error_line("it has no export `run`");

  trace_.clear();
  ManualExecutor executor;
  component::InstanceOptions options{.executor = executor, .state = this};
  options.cpu_limit_ns = kCpuLimit;
  options.schedule_seed = seed_;
  Instance instance(engine_, **linked, options);
  component::FunctionJob job([id = *id](Instance& instance) -> component::OrTrap<void> {
    component::OrTrap<component::Value> done = component::call_values(instance, id, {});
    if (!done.ok()) return std::move(done.trap());
    return {};
  });
  instance.start(job);
  uint64_t turns = 0;
  while (turns < kMaxTurns && executor.turn()) ++turns;
  bool finished = job.ended;
  // Tasks that went on after `run` had its result.
  component::Scheduler* scheduler = instance.scheduler();
  if (!job.trap && scheduler && scheduler->failed()) job.trap = scheduler->take_trap();

  std::string out = "{\"trap\": ";
  if (job.trap) {
    append_string(out, job.trap.message());
  } else {
    out += "null";
  }
  out += finished ? ", \"finished\": true, \"trace\": [" : ", \"finished\": false, \"trace\": [";
  for (const Entry& entry : trace_) {
    if (&entry != trace_.data()) out += ", ";
    out += '[' + std::to_string(entry[0]) + ", " + std::to_string(entry[1]) + ", " +
           std::to_string(entry[2]) + ']';
  }
  out += "], \"instances\": [";
  const component::Plan& plan = instance.plan();
  for (uint32_t i = 0; i < plan.instances.size(); ++i) {
    out += i == 0 ? "{" : ", {";
    for (uint32_t slot = 0; slot < plan.memories.size(); ++slot) {
      engine::Memory& memory = instance.memory(component::MemorySlot{slot});
      if (plan.memories[slot].owner.index != i || !memory) continue;
      append_memory(out, memory.bytes());
      break;
    }
    append_handles(out, instance.component(component::InstanceId{i}).handles);
    out += '}';
  }
  return out + "]}";
}

}  // namespace weir::wast
