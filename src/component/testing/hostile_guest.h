#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/host/operation.h"
#include "component/host/stream_sink.h"
#include "component/host/stream_source.h"
#include "component/instance.h"
#include "component/linked.h"
#include "component/value.h"
#include "component/value_call.h"
#include "util/manual_executor.h"

// Guests that do what a program of bytes says: two component instances whose core code calls any
// built-in with any handle. Tests and fuzzers alone include it.
namespace weir::component::testing {

// A built-in, or a function of the other component: how it is written, and what it takes.
struct HostileCall {
  std::string_view name;
  // What defines it, without `(core func $name (` and `))`.
  std::string_view canon;
  // One letter each: h a handle, p a pointer, n a length, v a value, i an index of the table.
  std::string_view params;
  // i, l (an i64) or nothing.
  std::string_view result;
};

#define MEMORY " (memory (core memory $memory \"memory\"))"
#define REALLOC MEMORY " (realloc (core func $memory \"realloc\"))"

inline constexpr HostileCall kHostileBuiltins[] = {
    {"stream-new", "canon stream.new $s", "", "l"},
    {"stream-read", "canon stream.read $s" MEMORY, "hpn", "i"},
    {"stream-read-async", "canon stream.read $s async" MEMORY, "hpn", "i"},
    {"stream-write", "canon stream.write $s" MEMORY, "hpn", "i"},
    {"stream-write-async", "canon stream.write $s async" MEMORY, "hpn", "i"},
    {"stream-cancel-read", "canon stream.cancel-read $s", "h", "i"},
    {"stream-cancel-read-async", "canon stream.cancel-read $s async", "h", "i"},
    {"stream-cancel-write", "canon stream.cancel-write $s", "h", "i"},
    {"stream-drop-readable", "canon stream.drop-readable $s", "h", ""},
    {"stream-drop-writable", "canon stream.drop-writable $s", "h", ""},
    {"texts-new", "canon stream.new $texts", "", "l"},
    {"texts-read", "canon stream.read $texts async" REALLOC, "hpn", "i"},
    {"texts-write", "canon stream.write $texts async" MEMORY, "hpn", "i"},
    {"texts-drop", "canon stream.drop-writable $texts", "h", ""},
    {"future-new", "canon future.new $f", "", "l"},
    {"future-read", "canon future.read $f" MEMORY, "hp", "i"},
    {"future-read-async", "canon future.read $f async" MEMORY, "hp", "i"},
    {"future-write", "canon future.write $f" MEMORY, "hp", "i"},
    {"future-write-async", "canon future.write $f async" MEMORY, "hp", "i"},
    {"future-cancel-read", "canon future.cancel-read $f", "h", "i"},
    {"future-cancel-write-async", "canon future.cancel-write $f async", "h", "i"},
    {"future-drop-readable", "canon future.drop-readable $f", "h", ""},
    {"future-drop-writable", "canon future.drop-writable $f", "h", ""},
    {"set-new", "canon waitable-set.new", "", "i"},
    {"set-wait", "canon waitable-set.wait" MEMORY, "hp", "i"},
    {"set-poll", "canon waitable-set.poll" MEMORY, "hp", "i"},
    {"set-drop", "canon waitable-set.drop", "h", ""},
    {"join", "canon waitable.join", "hh", ""},
    {"subtask-cancel", "canon subtask.cancel", "h", "i"},
    {"subtask-cancel-async", "canon subtask.cancel async", "h", "i"},
    {"subtask-drop", "canon subtask.drop", "h", ""},
    {"return-number", "canon task.return (result u32)" MEMORY, "v", ""},
    {"return-nothing", "canon task.return" MEMORY, "", ""},
    {"return-text", "canon task.return (result string)" MEMORY, "pn", ""},
    {"return-stream", "canon task.return (result $s)" MEMORY, "h", ""},
    {"task-cancel", "canon task.cancel", "", ""},
    {"yield", "canon thread.yield", "", "i"},
    {"pressure-inc", "canon backpressure.inc", "", ""},
    {"pressure-dec", "canon backpressure.dec", "", ""},
    {"context-get", "canon context.get i32 0", "", "i"},
    {"context-set", "canon context.set i32 1", "v", ""},
    {"resource-new", "canon resource.new $own", "v", "i"},
    {"resource-rep", "canon resource.rep $own", "h", "i"},
    {"resource-drop", "canon resource.drop $own", "h", ""},
    {"other-drop", "canon resource.drop $R", "h", ""},
    {"thread-index", "canon thread.index", "", "i"},
    {"thread-new", "canon thread.new-indirect $start (core table $memory \"table\")", "iv", "i"},
    {"thread-later", "canon thread.resume-later", "h", ""},
    {"thread-suspend", "canon thread.suspend", "", "i"},
    {"thread-switch", "canon thread.suspend-then-resume", "h", "i"},
    {"thread-yield-to", "canon thread.yield-then-resume", "h", "i"},
    {"thread-promote", "canon thread.suspend-then-promote", "h", "i"},
    {"thread-yield-promote", "canon thread.yield-then-promote", "h", "i"},
    {"log", "canon lower (func $log)", "vvv", ""},
    {"later", "canon lower (func $later) async" MEMORY, "vp", "i"},
    {"later-sync", "canon lower (func $later)", "v", "i"},
    {"source", "canon lower (func $source)", "v", "i"},
    {"sink", "canon lower (func $sink)", "h", ""},
};

// Functions of the callee, lowered in both ways.
inline constexpr HostileCall kHostileImports[] = {
    {"call-turns", "canon lower (func $b \"turns\") async" MEMORY, "p", "i"},
    {"call-turns-sync", "canon lower (func $b \"turns\")" MEMORY, "", "i"},
    {"call-stack", "canon lower (func $b \"stack\") async" MEMORY, "hp", "i"},
    {"call-stack-sync", "canon lower (func $b \"stack\")" MEMORY, "h", "i"},
    {"call-lock", "canon lower (func $b \"lock\") async" REALLOC, "pnp", "i"},
    {"call-lock-sync", "canon lower (func $b \"lock\")" REALLOC, "pnp", ""},
    {"call-plain", "canon lower (func $b \"plain\")" REALLOC, "hhpnp", ""},
    {"call-make", "canon lower (func $b \"make\")", "v", "i"},
};

#undef REALLOC
#undef MEMORY

// Where the program lies, and the word that has its end.
inline constexpr uint32_t kHostileProgram = 0x8000;
inline constexpr uint32_t kHostileProgramMax = 0x4000;
inline constexpr uint32_t kHostileProgramEnd = 8;

inline std::string hostile_signature(const HostileCall& call) {
  std::string text;
  if (!call.params.empty()) {
    text += "(param";
    for (size_t i = 0; i < call.params.size(); ++i) text += " i32";
    text += ")";
  }
  if (call.result == "i") text += " (result i32)";
  if (call.result == "l") text += " (result i64)";
  return text;
}

inline std::string hostile_call(const HostileCall& call) {
  std::string text = "(call $" + std::string(call.name);
  for (char kind : call.params) {
    switch (kind) {
      case 'h':
        text += " (i32.and (call $next) (i32.const 15))";
        break;
      case 'p':
        // Rarely unaligned or out of bounds.
        text +=
            " (i32.mul (call $next) (i32.add (i32.const 8) (i32.and (call $wild) (i32.const "
            "511))))";
        break;
      case 'n':
        text +=
            " (i32.shl (i32.and (call $next) (i32.const 63)) (i32.and (call $wild) (i32.const "
            "31)))";
        break;
      case 'i':
        text += " (i32.and (call $next) (i32.const 3))";
        break;
      default:
        text += " (call $next)";
    }
  }
  text += ")";
  return call.result.empty() ? text : "(drop " + text + ")";
}

// What makes a component instance that follows its program: definitions up to the core instance
// `$m`, which has `turn`, `callback`, and so on.
inline std::string hostile_core(std::span<const HostileCall> more) {
  std::string imports, canons, instance, ops;
  uint32_t op = 4;
  auto add = [&](const HostileCall& call) {
    std::string name(call.name);
    imports +=
        "(import \"\" \"" + name + "\" (func $" + name + " " + hostile_signature(call) + "))\n";
    canons += "(core func $" + name + " (" + std::string(call.canon) + "))\n";
    instance += "(export \"" + name + "\" (func $" + name + "))\n";
    ops += "(if (i32.eq (local.get $op) (i32.const " + std::to_string(op++) + ")) (then " +
           hostile_call(call) + " (return (i32.const 0))))\n";
  };
  std::string calls;
  for (const HostileCall& call : kHostileBuiltins) add(call);
  for (const HostileCall& call : more) add(call);
  std::string count = std::to_string(op);
  return R"(
  (core module $memory
    (memory (export "memory") 1 4)
    (table (export "table") 4 funcref)
    (type $step (func (result i32)))
    (global $at (mut i32) (i32.const )" +
         std::to_string(kHostileProgram) + R"())
    ;; The next byte of the program; 0 after its end.
    (func $next (export "next") (result i32)
      (if (i32.ge_u (global.get $at) (i32.load (i32.const )" +
         std::to_string(kHostileProgramEnd) + R"())) (then (return (i32.const 0))))
      (i32.load8_u (global.get $at))
      (global.set $at (i32.add (global.get $at) (i32.const 1))))
    (func (export "over") (result i32)
      (i32.ge_u (global.get $at) (i32.load (i32.const )" +
         std::to_string(kHostileProgramEnd) + R"())))
    ;; Mostly 0.
    (func $wild (export "wild") (result i32) (local $v i32)
      (local.set $v (call $next))
      (select (local.get $v) (i32.const 0) (i32.gt_u (local.get $v) (i32.const 250))))
    (func $more (if (i32.gt_u (call $next) (i32.const 200))
      (then (drop (call_indirect (type $step) (i32.const 0))))))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (call $more)
      (i32.mul (call $next) (i32.add (i32.const 8) (i32.and (call $wild) (i32.const 511)))))
    (func (export "post") (call $more))
    (func (export "destroy") (param i32) (call $more)))
  (core instance $memory (instantiate $memory))
  (type $s (stream u8))
  (type $texts (stream string))
  (type $f (future u32))
  (type $own (resource (rep i32) (dtor (core func $memory "destroy"))))
  (core type $start (func (param i32)))
  )" + canons +
         R"(
  (core module $m
    (import "m" "table" (table 4 funcref))
    (import "m" "next" (func $next (result i32)))
    (import "m" "over" (func $over (result i32)))
    (import "m" "wild" (func $wild (result i32)))
    (import "m" "post" (func $post))
    )" + imports +
         R"(
    (elem (i32.const 0) $step $thread $thread)
    ;; One operation; not 0 when it ends the turn: one more than what the turn answers.
    (func $step (result i32) (local $op i32)
      (if (call $over) (then (return (i32.const 1))))
      (local.set $op (i32.rem_u (call $next) (i32.const )" +
         count + R"()))
      (if (i32.eq (local.get $op) (i32.const 0)) (then (return (i32.const 1))))
      (if (i32.eq (local.get $op) (i32.const 1)) (then (return (i32.const 2))))
      (if (i32.eq (local.get $op) (i32.const 2)) (then (return (i32.add (i32.const 3)
        (i32.shl (i32.and (call $next) (i32.const 15)) (i32.const 4))))))
      (if (i32.eq (local.get $op) (i32.const 3)) (then (return (call $next))))
      )" +
         ops + R"(
      unreachable)
    (func $turn (result i32) (local $r i32)
      (loop $l (br_if $l (i32.eqz (local.tee $r (call $step)))))
      (i32.sub (local.get $r) (i32.const 1)))
    (func $thread (param i32) (drop (call $turn)))
    (func (export "turns") (result i32) (call $turn))
    (func (export "callback") (param i32 i32 i32) (result i32) (call $turn))
    (func (export "stack") (param i32) (drop (call $turn)))
    (func (export "lock") (param i32 i32) (result i32) (drop (call $turn)) (i32.shl (call $next) (i32.const 3)))
    (func (export "plain") (param i32 i32 i32 i32) (result i32)
      (drop (call $turn)) (i32.shl (call $next) (i32.const 3)))
    (func (export "post") (param i32) (call $post))
    (func (export "make") (param i32) (result i32) (call $resource-new (local.get 0)))
    (func (export "run") (drop (call $turn))))
  (core instance $m (instantiate $m (with "m" (instance $memory)) (with "" (instance )" +
         instance + ")))) ";
}

// The component: `run` and `turns` are what hosts call; it imports `log`.
inline std::string hostile_component() {
  constexpr std::string_view log =
      R"((import "log" (func $log (param "a" u32) (param "b" u32) (param "c" u32)))
         (import "later" (func $later async (param "v" u32) (result u32)))
         (import "source" (func $source (param "n" u32) (result (stream u8))))
         (import "sink" (func $sink (param "s" (stream u8)))))";
  constexpr std::string_view given =
      R"((with "log" (func $log)) (with "later" (func $later)) (with "source" (func $source))
         (with "sink" (func $sink)))";
  std::string text = "(component ";
  text += log;
  text += "(component $b ";
  text += log;
  // The resource of the callee has no destructor of its own, so that it can be named before it.
  text += R"((type $R' (resource (rep i32))) (export $R "r" (type $R')) )";
  text += hostile_core({});
  text += R"(
  (core func $new (canon resource.new $R))
  (func (export "make") (param "v" u32) (result (own $R)) (canon lift (core func $new)))
  (func (export "turns") async (result u32) (canon lift (core func $m "turns") async
    (memory (core memory $memory "memory")) (callback (core func $m "callback"))))
  (func (export "stack") async (param "s" (stream u8)) (result (stream u8))
    (canon lift (core func $m "stack") async (memory (core memory $memory "memory"))))
  (func (export "lock") async (param "t" string) (result string)
    (canon lift (core func $m "lock") (memory (core memory $memory "memory"))
      (realloc (core func $memory "realloc")) (post-return (core func $m "post"))))
  (func (export "plain") (param "o" (own $R)) (param "b" (borrow $R)) (param "t" (list u32)) (result string)
    (canon lift (core func $m "plain") (memory (core memory $memory "memory"))
      (realloc (core func $memory "realloc")) (post-return (core func $m "post")))))
(instance $b (instantiate $b )";
  text += given;
  text += "))(component $a ";
  text += log;
  text += R"((import "b" (instance $b
    (export "r" (type $R (sub resource)))
    (export "make" (func (param "v" u32) (result (own $R))))
    (export "turns" (func async (result u32)))
    (export "stack" (func async (param "s" (stream u8)) (result (stream u8))))
    (export "lock" (func async (param "t" string) (result string)))
    (export "plain" (func (param "o" (own $R)) (param "b" (borrow $R)) (param "t" (list u32)) (result string)))))
  (alias export $b "r" (type $R)) )";
  text += hostile_core(kHostileImports);
  text += R"(
  (func (export "run") (canon lift (core func $m "run")))
  (func (export "turns") async (result u32) (canon lift (core func $m "turns") async
    (memory (core memory $memory "memory")) (callback (core func $m "callback")))))
(instance $a (instantiate $a )";
  text += given;
  text += R"( (with "b" (instance $b))))
(export "run" (func $a "run"))
(export "turns" (func $a "turns"))))";
  return text;
}

// The byte of a program that calls `name`; 0 ends a turn.
inline uint8_t hostile_op(std::string_view name) {
  uint8_t op = 4;
  for (const HostileCall& call : kHostileBuiltins) {
    if (call.name == name) return op;
    ++op;
  }
  for (const HostileCall& call : kHostileImports) {
    if (call.name == name) return op;
    ++op;
  }
  return 0;
}

// What the host has for one instance.
struct HostileState {
  std::vector<std::unique_ptr<StreamSink<uint8_t>>> sinks;
};

// Answers in a later turn, or, if `value` is a multiple of four, never.
class HostileLater final : public Operation<uint32_t>, private Runnable {
 public:
  HostileLater(Executor& executor, uint32_t value) : value_(value) {
    if (value % 4 != 0) executor.post(*this);
  }
  bool cancel() override { return value_ % 3 != 0; }
  void run() override { finish(value_); }

 private:
  uint32_t value_;
};

// So many bytes, and then the end.
class HostileSource final : public StreamSource<uint8_t> {
 public:
  explicit HostileSource(uint32_t count) : left_(count) {}
  uint32_t available() override {
    if (left_ == 0) end();
    return left_;
  }
  void fill(std::span<uint8_t> room) override {
    std::fill(room.begin(), room.end(), uint8_t{7});
    left_ -= static_cast<uint32_t>(room.size());
  }

 private:
  uint32_t left_;
};

// Takes a few, one piece after the other, and then no more.
class HostileSink final : public StreamSink<uint8_t> {
 public:
  uint32_t receive(std::span<const uint8_t>) override {
    if (left_ == 0) close();
    return left_ == 0 ? 0 : --left_;
  }
  void ended(bool) override {}

 private:
  uint32_t left_ = 4;
};

// The host's side: by its first argument, `log` returns at once, in a later turn, or never.
class HostileHost {
 public:
  OrTrap<void> log(Call& call, uint32_t a, uint32_t, uint32_t) {
    if (a % 8 == 1) {
      call.waiter().wake();
      if (!call.suspend()) return Trap::cancelled();
    }
    while (a % 8 == 2) {
      if (!call.suspend()) return Trap::cancelled();
    }
    return {};
  }
  Async<uint32_t> later(Call& call, uint32_t value) {
    if (value % 8 == 1) return value;
    return std::make_unique<HostileLater>(call.executor(), value);
  }
  OrTrap<StreamReader<uint8_t>> source(Call&, uint32_t count) {
    return StreamReader<uint8_t>(std::make_unique<HostileSource>(count % 64));
  }
  OrTrap<void> sink(Call& call, StreamReader<uint8_t> stream) {
    auto& sinks = static_cast<HostileState*>(call.state())->sinks;
    sinks.push_back(std::make_unique<HostileSink>());
    StreamSink<uint8_t>& sink = *sinks.back();
    sink.open(std::move(stream));
    sink.want(3);
    return {};
  }
};
inline HostileHost& hostile_host(void*) {
  static HostileHost host;
  return host;
}

// All gates open.
inline Features hostile_features() {
  Features features;
  features.more_async_builtins = features.stackful = features.threads = true;
  features.fixed_lists = features.error_context = true;
  return features;
}

// Gives each of the two instances its half of a program, then calls `run` or `turns`.
class HostileJob final : public Job {
 public:
  HostileJob(ExportId id, std::span<const uint8_t> program) : id_(id), program_(program) {}

  OrTrap<void> run(Instance& instance) override {
    size_t half = program_.size() / 2;
    std::span<const uint8_t> parts[] = {program_.first(half), program_.subspan(half)};
    const Plan& plan = instance.plan();
    uint32_t part = 0;
    for (uint32_t slot = 0; slot < plan.memories.size(); ++slot) {
      engine::Memory& memory = instance.memory(MemorySlot{slot});
      std::span<const uint8_t> bytes = parts[part++ % 2];
      uint32_t size = std::min<uint32_t>(static_cast<uint32_t>(bytes.size()), kHostileProgramMax);
      std::copy_n(bytes.begin(), size, memory.base() + kHostileProgram);
      uint32_t end = kHostileProgram + size;
      std::memcpy(memory.base() + kHostileProgramEnd, &end, sizeof end);
    }
    OrTrap<Value> done = call_values(instance, id_, {});
    if (!done.ok()) return std::move(done.trap());
    return {};
  }
  void done(Trap trap) override {
    ended = true;
    trapped = static_cast<bool>(trap);
  }

  bool ended = false;
  bool trapped = false;

 private:
  ExportId id_;
  std::span<const uint8_t> program_;
};

// The component, made once, with what its instances share.
struct HostileGuests {
  // Null if it cannot be made, which is then on stderr.
  static std::unique_ptr<HostileGuests> make() {
    auto guests = std::make_unique<HostileGuests>();
    engine::Config config;
    config.max_instances = 2;
    config.core_instances_each = 8;
    config.memories_each = 4;
    config.tables_each = 4;
    config.fibers_each = 32;
    auto failed = [](const Error& error) {
      std::fprintf(stderr, "%s\n", error.message.c_str());
      return nullptr;
    };
    auto engine = engine::Engine::create(config);
    if (!engine.ok()) return failed(engine.error());
    guests->engine = std::move(engine).value();
    auto world = guests->linker.interface<HostileHost>("", &hostile_host);
    world.function<&HostileHost::log>("log");
    world.function<&HostileHost::later>("later");
    world.function<&HostileHost::source>("source");
    world.function<&HostileHost::sink>("sink");
    auto wasm = engine::assemble(hostile_component());
    if (!wasm.ok()) return failed(wasm.error());
    auto component = Component::compile(*guests->engine, wasm->span(), {hostile_features()});
    if (!component.ok()) return failed(component.error());
    auto linked = Linked::link(*guests->engine, *component, guests->linker);
    if (!linked.ok()) return failed(linked.error());
    guests->linked = *linked;
    return guests;
  }

  std::unique_ptr<engine::Engine> engine;
  Linker linker;
  std::shared_ptr<const Linked> linked;
};

// What became of one life of an instance.
enum class HostileEnd : uint8_t { returned, trapped, cancelled, abandoned };

// Instantiates, runs the program, and lets go: after `turns` turns of the loop the instance is
// cancelled, or, if `abandon`, just destroyed. Empty if it could not be brought to an end.
inline std::optional<HostileEnd> run_hostile(HostileGuests& guests,
                                             std::span<const uint8_t> program, bool synchronous,
                                             uint32_t turns, bool abandon) {
  ManualExecutor executor;
  HostileState state;
  InstanceOptions options{.executor = executor, .state = &state};
  options.memory_limit = 4 << 20;
  options.cpu_limit_ns = 5'000'000'000;
  options.handle_limit = 200;
  options.copy_budget = 1 << 20;
  Instance instance(*guests.engine, *guests.linked, options);
  HostileJob job(*guests.linked->find("", synchronous ? "run" : "turns"), program);
  instance.start(job);
  for (uint32_t i = 0; i < turns && executor.turn(); ++i) {
  }
  if (job.ended) return job.trapped ? HostileEnd::trapped : HostileEnd::returned;
  if (abandon) {
    // What the host holds may go before the instance, or after.
    if (turns % 2 == 0) state.sinks.clear();
    return HostileEnd::abandoned;
  }
  instance.cancel();
  for (uint32_t i = 0; i < 10 && !job.ended && executor.turn(); ++i) {
  }
  if (!job.ended) return std::nullopt;
  return HostileEnd::cancelled;
}

}  // namespace weir::component::testing
