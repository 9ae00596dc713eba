// Reads canonical definitions: lifts, lowers and built-ins.
#include "component/decoder.h"

namespace weir::component {
namespace {

using wasm::CoreFunc;
using wasm::kI32;
using wasm::kI64;

wasm::ValueType value_type_of(wit::CoreType type) {
  switch (type) {
    case wit::CoreType::i32:
      return wasm::kI32;
    case wit::CoreType::i64:
      return wasm::kI64;
    case wit::CoreType::f32:
      return wasm::kF32;
    case wit::CoreType::f64:
      return wasm::kF64;
  }
  return wasm::kI32;
}

wit::CoreType core_type_of(wasm::ValueType type) {
  if (type == wasm::kI64) return wit::CoreType::i64;
  if (type == wasm::kF32) return wit::CoreType::f32;
  if (type == wasm::kF64) return wit::CoreType::f64;
  return wit::CoreType::i32;
}

CoreFunc core_func(const std::vector<wit::CoreType>& params,
                   const std::vector<wit::CoreType>& results) {
  CoreFunc func;
  for (wit::CoreType type : params) func.params.push_back(value_type_of(type));
  for (wit::CoreType type : results) func.results.push_back(value_type_of(type));
  return func;
}

}  // namespace

void Decoder::expect_core_type(Reader& r, const Scope& s, uint32_t func, const CoreFunc& type,
                               const char* what, uint64_t at) {
  if (!in_range(r, func, s.core_funcs.size(), "core function", at)) return;
  const CoreFunc* found = u_.core.func(s.core_funcs[func]);
  if (found && *found == type) return;
  r.fail_at(at, std::string(what) + " uses a core function with an incorrect signature: expected " +
                    wasm::to_string(type) + ", found " +
                    (found ? wasm::to_string(*found) : std::string("no function type")));
}

void Decoder::need_memory(Reader& r, const Options& options, uint64_t at) {
  if (!options.memory) r.fail_at(at, "canonical option `memory` is required");
}

void Decoder::need_realloc(Reader& r, const Options& options, uint64_t at) {
  if (!options.realloc) r.fail_at(at, "canonical option `realloc` is required");
}

std::optional<Options> Decoder::options(Reader& r, const Scope& s, const char* of) {
  Options result;
  bool encoding = false;
  uint32_t count = r.count(limits::kOptions, "canonical options");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    uint64_t at = r.offset();
    uint8_t code = r.byte();
    auto once = [&](bool seen, const char* name) {
      if (seen) {
        r.fail_at(at, std::string("canonical option `") + name +
                          "` is specified more than once: it conflicts with option `" + name + "`");
      }
    };
    switch (code) {
      case 0x00:
      case 0x01:
      case 0x02:
        if (encoding) r.fail_at(at, "canonical encoding option conflicts with a previous one");
        encoding = true;
        result.encoding = static_cast<StringEncoding>(code);
        break;
      case 0x03: {
        once(result.memory.has_value(), "memory");
        uint32_t index = r.u32();
        if (!in_range(r, index, s.memories.size(), "memory", at)) break;
        if (s.memories[index].limits.shared) {
          r.fail_at(at,
                    "mismatch in the shared flag for memories: the canonical ABI needs one that "
                    "is not shared");
        }
        if (s.memories[index].limits.is64) {
          r.fail_at(at, "canonical ABI memory is not a 32-bit linear memory");
        }
        result.memory = index;
        break;
      }
      case 0x04: {
        once(result.realloc.has_value(), "realloc");
        uint32_t index = r.u32();
        expect_core_type(r, s, index, {{kI32, kI32, kI32, kI32}, {kI32}},
                         "canonical option `realloc`", at);
        result.realloc = index;
        break;
      }
      case 0x05: {
        once(result.post_return.has_value(), "post-return");
        uint32_t index = r.u32();
        in_range(r, index, s.core_funcs.size(), "core function", at);
        result.post_return = index;
        break;
      }
      case 0x06:
        need(r, features_.async, "the component model async feature", at);
        once(result.async, "async");
        result.async = true;
        break;
      case 0x07: {
        need(r, features_.async, "the component model async feature", at);
        once(result.callback.has_value(), "callback");
        uint32_t index = r.u32();
        expect_core_type(r, s, index, {{kI32, kI32, kI32}, {kI32}}, "canonical option `callback`",
                         at);
        result.callback = index;
        break;
      }
      default:
        r.fail_at(at,
                  "invalid leading byte (0x" + std::to_string(code) + ") for a canonical option");
    }
  }
  uint64_t at = r.offset();
  if (result.realloc && !result.memory && r.ok()) {
    r.fail_at(at, std::string("canonical option `memory` is required by `realloc` of ") + of);
  }
  if (result.callback && !result.async && r.ok()) {
    r.fail_at(at, "cannot specify callback without async");
  }
  if (result.post_return && result.async && r.ok()) {
    r.fail_at(at, "cannot specify post-return function in async");
  }
  if (!r.ok()) return std::nullopt;
  return result;
}

void Decoder::canon(Reader& r, Scope& s) {
  uint64_t at = r.offset();
  uint8_t code = r.byte();
  if (!r.ok()) return;
  if (s.core_funcs.size() >= limits::kFunctions || s.funcs.size() >= limits::kFunctions) {
    r.fail("functions count exceeds limit");
    return;
  }
  if (code <= 0x01) {
    r.expect(0x00, "the sort of a lift or lower");
    code == 0 ? lift(r, s, at) : lower(r, s, at);
  } else {
    builtin(r, s, code, at);
  }
}

void Decoder::lift(Reader& r, Scope& s, uint64_t at) {
  LiftDefinition definition;
  definition.core = r.u32();
  if (!in_range(r, definition.core, s.core_funcs.size(), "core function", at)) return;
  std::optional<Options> opts = options(r, s, "lift");
  uint32_t type = r.u32();
  if (!opts || !in_range(r, type, s.types.size(), "type", at)) return;
  if (s.types[type].kind != AnyType::Kind::func) {
    r.fail_at(at, "type index " + std::to_string(type) + " is not a function type");
    return;
  }
  definition.type = s.types[type].func();
  const FuncType& func = t_.func(definition.type);
  if (opts->async && !func.async) {
    r.fail_at(at, "the `async` canonical option requires an async function type");
    return;
  }
  wit::CallAbi abi = !opts->async     ? wit::CallAbi::sync
                     : opts->callback ? wit::CallAbi::async_callback
                                      : wit::CallAbi::async_stackful;
  if (abi == wit::CallAbi::async_stackful) {
    need(r, features_.stackful, "an async lift without a callback (the async stackful feature)",
         at);
  }
  wit::FlatSignature signature = t_.signature(definition.type, wit::Direction::lift, abi);
  if (t_.params_contents(definition.type).pointer || signature.indirect_params) {
    need_memory(r, *opts, at);
    need_realloc(r, *opts, at);
  }
  if (t_.result_contents(definition.type).pointer || signature.indirect_result) {
    need_memory(r, *opts, at);
  }
  CoreFunc core = core_func(signature.params, signature.results);
  const CoreFunc* found = u_.core.func(s.core_funcs[definition.core]);
  if (r.ok() && (!found || *found != core)) {
    r.fail_at(at, "lowered parameter types `" + wasm::to_string(core) +
                      "` do not match the core function's type: the lift of " +
                      to_string(t_, definition.type) + " needs " + wasm::to_string(core) +
                      ", core function " + std::to_string(definition.core) + " has " +
                      (found ? wasm::to_string(*found) : std::string("no function type")));
    return;
  }
  if (opts->post_return && r.ok()) {
    CoreFunc expected;
    expected.params = core.results;
    expect_core_type(r, s, *opts->post_return, expected, "canonical option `post-return`", at);
  }
  if (!r.ok()) return;
  definition.options = *opts;
  s.funcs.push_back(definition.type);
  s.definitions.push_back(definition);
}

void Decoder::lower(Reader& r, Scope& s, uint64_t at) {
  LowerDefinition definition;
  definition.func = r.u32();
  if (!in_range(r, definition.func, s.funcs.size(), "function", at)) return;
  std::optional<Options> opts = options(r, s, "lower");
  if (!opts) return;
  definition.type = s.funcs[definition.func];
  if (opts->post_return) {
    r.fail_at(at, "canonical option `post-return` cannot be specified for lowerings");
  }
  if (opts->callback) {
    r.fail_at(at, "canonical option `callback` cannot be specified for lowerings");
  }
  if (opts->async && !t_.func(definition.type).async) {
    r.fail_at(at, "the `async` canonical option requires an async function type");
  }
  wit::CallAbi abi = opts->async ? wit::CallAbi::async_stackful : wit::CallAbi::sync;
  wit::FlatSignature signature = t_.signature(definition.type, wit::Direction::lower, abi);
  if (t_.params_contents(definition.type).pointer || signature.indirect_params ||
      signature.indirect_result) {
    need_memory(r, *opts, at);
  }
  if (t_.result_contents(definition.type).pointer) {
    need_memory(r, *opts, at);
    need_realloc(r, *opts, at);
  }
  if (!r.ok()) return;
  definition.options = *opts;
  s.core_funcs.push_back(u_.core.intern(core_func(signature.params, signature.results)));
  s.definitions.push_back(definition);
}

void Decoder::builtin(Reader& r, Scope& s, uint8_t code, uint64_t at) {
  BuiltinDefinition d{Builtin::resource_new, {}, {}, {}, 0, {}, {}, {}};
  CoreFunc core;
  auto type = [&](std::initializer_list<wasm::ValueType> params,
                  std::initializer_list<wasm::ValueType> results) {
    core.params = params;
    core.results = results;
  };
  auto resource = [&](bool local) {
    std::optional<ResourceId> id = resource_at(r, s);
    if (!id || !r.ok()) return;
    d.resource = t_.canonical(*id);
    if (local && !s.local.contains(d.resource.index)) {
      r.fail_at(at,
                "not a local resource: type index is not a resource that this component "
                "defines");
    }
  };
  // The stream or future type of an immediate, which must be one.
  auto stream_or_future = [&](bool stream) -> std::optional<ValType> {
    uint64_t index_at = r.offset();
    uint32_t index = r.u32();
    if (!in_range(r, index, s.types.size(), "type", index_at)) return std::nullopt;
    AnyType found = s.types[index];
    bool right =
        found.kind == AnyType::Kind::value && (stream ? t_.get<Stream>(found.value()) != nullptr
                                                      : t_.get<Future>(found.value()) != nullptr);
    if (!right) {
      r.fail_at(index_at, std::string("`") + (stream ? "stream" : "future") +
                              "` built-in requires a " + (stream ? "stream" : "future") + " type");
      return std::nullopt;
    }
    d.type = found.value();
    const Stream* as_stream = t_.get<Stream>(found.value());
    return as_stream ? as_stream->element : t_.get<Future>(found.value())->value;
  };
  auto flag = [&](bool allowed, const char* what) {
    uint64_t flag_at = r.offset();
    uint8_t value = r.byte();
    if (value > 1) r.fail_at(flag_at, "invalid leading byte for a flag");
    if (value == 1) need(r, allowed, what, flag_at);
    return value == 1;
  };
  auto cancellable = [&] {
    uint64_t flag_at = r.offset();
    if (r.byte() != 0) r.fail_at(flag_at, "`cancellable` is no longer valid: the byte must be 0");
  };
  auto opts = [&](const char* of, bool may_realloc) {
    std::optional<Options> found = options(r, s, of);
    if (!found) return;
    d.options = *found;
    auto refuse = [&](bool given, const char* name) {
      if (given) {
        r.fail_at(at, std::string("canonical option `") + name + "` cannot be specified for " + of);
      }
    };
    refuse(found->post_return.has_value(), "post-return");
    refuse(found->callback.has_value(), "callback");
    if (!may_realloc) refuse(found->realloc.has_value(), "realloc");
  };
  auto memory = [&] {
    uint64_t index_at = r.offset();
    uint32_t index = r.u32();
    if (in_range(r, index, s.memories.size(), "memory", index_at)) d.options.memory = index;
  };
  auto transfer = [&](bool stream, bool read) {
    std::optional<ValType> element = stream_or_future(stream);
    const char* of =
        stream ? (read ? "stream.read" : "stream.write") : (read ? "future.read" : "future.write");
    opts(of, true);
    if (!r.ok()) return;
    if (!d.options.async) {
      need(r, features_.more_async_builtins,
           "requires the async option, or else the "
           "component model more async builtins feature, which",
           at);
    }
    if (element) {
      need_memory(r, d.options, at);
      if (read && t_.contents(*element).pointer) need_realloc(r, d.options, at);
    }
    stream ? type({kI32, kI32, kI32}, {kI32}) : type({kI32, kI32}, {kI32});
  };
  constexpr const char* kMore = "the component model more async builtins feature";

  bool resources = code >= 0x02 && code <= 0x04;
  bool error_context = code >= 0x1c && code <= 0x1e;
  if (error_context)
    need(r, features_.error_context, "the component model error-context feature", at);
  if (!resources && !error_context) {
    need(r, features_.async, "the component model async feature", at);
  }
  if (code >= 0x26 && code <= 0x2d) {
    need(r, features_.threads, "requires the component model threading feature, which", at);
  }
  if (!r.ok()) return;
  switch (code) {
    case 0x02:
      d.kind = Builtin::resource_new, resource(true), type({kI32}, {kI32});
      break;
    case 0x03:
      d.kind = Builtin::resource_drop, resource(false), type({kI32}, {});
      break;
    case 0x04:
      d.kind = Builtin::resource_rep, resource(true), type({kI32}, {kI32});
      break;
    case 0x05:
      d.kind = Builtin::task_cancel;
      break;
    case 0x06:
      d.kind = Builtin::subtask_cancel,
      d.options.async = flag(features_.more_async_builtins, kMore);
      type({kI32}, {kI32});
      break;
    case 0x09: {
      d.kind = Builtin::task_return;
      d.type = result_list(r, s);
      opts("task.return", false);
      if (!r.ok()) return;
      if (d.type && t_.contents(*d.type).borrow) {
        r.fail_at(at, "task.return cannot return a `borrow`");
        return;
      }
      if (d.options.async) r.fail_at(at, "cannot specify `async` option on `task.return`");
      wit::FlatTypes flat;
      if (d.type) flat = t_.abi(*d.type).flat;
      bool indirect = flat.overflow() || flat.size() > wit::kMaxFlatParams;
      if (indirect) {
        type({kI32}, {});
      } else {
        for (wit::CoreType t : flat.types()) core.params.push_back(value_type_of(t));
      }
      if (indirect || (d.type && t_.contents(*d.type).pointer)) need_memory(r, d.options, at);
      break;
    }
    case 0x0a:
    case 0x0b: {
      d.kind = code == 0x0a ? Builtin::context_get : Builtin::context_set;
      uses_context_ = true;
      uint64_t type_at = r.offset();
      uint8_t core_type = r.byte();
      if (r.ok() && core_type != 0x7f) r.fail_at(type_at, "context slots hold i32 only");
      uint64_t slot_at = r.offset();
      d.slot = r.u32();
      if (r.ok() && d.slot > 1) {
        r.fail_at(slot_at, "immediate must be 0 or 1: " + std::to_string(d.slot));
      }
      code == 0x0a ? type({}, {kI32}) : type({kI32}, {});
      break;
    }
    case 0x0c:
      d.kind = Builtin::thread_yield, cancellable(), type({}, {kI32});
      break;
    case 0x0d:
      d.kind = Builtin::subtask_drop, type({kI32}, {});
      break;
    case 0x0e:
      d.kind = Builtin::stream_new, stream_or_future(true), type({}, {kI64});
      break;
    case 0x0f:
      d.kind = Builtin::stream_read, transfer(true, true);
      break;
    case 0x10:
      d.kind = Builtin::stream_write, transfer(true, false);
      break;
    case 0x11:
    case 0x12:
      d.kind = code == 0x11 ? Builtin::stream_cancel_read : Builtin::stream_cancel_write;
      stream_or_future(true);
      d.options.async = flag(features_.more_async_builtins, kMore);
      type({kI32}, {kI32});
      break;
    case 0x13:
    case 0x14:
      d.kind = code == 0x13 ? Builtin::stream_drop_readable : Builtin::stream_drop_writable;
      stream_or_future(true), type({kI32}, {});
      break;
    case 0x15:
      d.kind = Builtin::future_new, stream_or_future(false), type({}, {kI64});
      break;
    case 0x16:
      d.kind = Builtin::future_read, transfer(false, true);
      break;
    case 0x17:
      d.kind = Builtin::future_write, transfer(false, false);
      break;
    case 0x18:
    case 0x19:
      d.kind = code == 0x18 ? Builtin::future_cancel_read : Builtin::future_cancel_write;
      stream_or_future(false);
      d.options.async = flag(features_.more_async_builtins, kMore);
      type({kI32}, {kI32});
      break;
    case 0x1a:
    case 0x1b:
      d.kind = code == 0x1a ? Builtin::future_drop_readable : Builtin::future_drop_writable;
      stream_or_future(false), type({kI32}, {});
      break;
    case 0x1c:
      d.kind = Builtin::error_context_new, opts("error-context.new", false);
      need_memory(r, d.options, at);
      type({kI32, kI32}, {kI32});
      break;
    case 0x1d:
      d.kind = Builtin::error_context_debug_message, opts("error-context.debug-message", true);
      need_memory(r, d.options, at);
      need_realloc(r, d.options, at);
      type({kI32, kI32}, {});
      break;
    case 0x1e:
      d.kind = Builtin::error_context_drop, type({kI32}, {});
      break;
    case 0x1f:
      d.kind = Builtin::waitable_set_new, type({}, {kI32});
      break;
    case 0x20:
    case 0x21:
      d.kind = code == 0x20 ? Builtin::waitable_set_wait : Builtin::waitable_set_poll;
      cancellable(), memory(), type({kI32, kI32}, {kI32});
      break;
    case 0x22:
      d.kind = Builtin::waitable_set_drop, type({kI32}, {});
      break;
    case 0x23:
      d.kind = Builtin::waitable_join, type({kI32, kI32}, {});
      break;
    case 0x24:
      d.kind = Builtin::backpressure_inc;
      break;
    case 0x25:
      d.kind = Builtin::backpressure_dec;
      break;
    case 0x07:
      r.fail_at(at, "`resource.drop async` (0x07) was removed from the specification");
      return;
    case 0x08:
      r.fail_at(at,
                "`backpressure.set` (0x08) was removed from the specification: the component "
                "needs a newer toolchain");
      return;
    case 0x2e:
      r.fail_at(at, "`stream.forward` is not supported yet");
      return;
    case 0x2f:
      r.fail_at(at, "`future.forward` is not supported yet");
      return;
    case 0x26:
      d.kind = Builtin::thread_index, type({}, {kI32});
      break;
    case 0x27: {
      d.kind = Builtin::thread_new_indirect;
      uint64_t index_at = r.offset();
      uint32_t start = r.u32();
      if (!in_range(r, start, s.core_types.size(), "type", index_at)) return;
      const auto* id = std::get_if<wasm::CoreTypeId>(&s.core_types[start]);
      const CoreFunc* func = id ? u_.core.func(*id) : nullptr;
      if (!func || *func != CoreFunc{{kI32}, {}}) {
        r.fail_at(index_at,
                  "start function must take a single `i32` argument and return nothing (with a "
                  "64-bit address, `i64`)");
        return;
      }
      uint64_t table_at = r.offset();
      uint32_t table = r.u32();
      if (!in_range(r, table, s.tables.size(), "table", table_at)) return;
      if (s.tables[table].value != wasm::kFuncRef || s.tables[table].limits.is64) {
        r.fail_at(table_at, "expected a table of core functions (`funcref`)");
        return;
      }
      d.table = table;
      type({kI32, kI32}, {kI32});
      break;
    }
    case 0x28:
      d.kind = Builtin::thread_resume_later, type({kI32}, {});
      break;
    case 0x29:
      d.kind = Builtin::thread_suspend, cancellable(), type({}, {kI32});
      break;
    case 0x2a:
      d.kind = Builtin::thread_suspend_then_resume, cancellable(), type({kI32}, {kI32});
      break;
    case 0x2b:
      d.kind = Builtin::thread_yield_then_resume, cancellable(), type({kI32}, {kI32});
      break;
    case 0x2c:
      d.kind = Builtin::thread_suspend_then_promote, cancellable(), type({kI32}, {kI32});
      break;
    case 0x2d:
      d.kind = Builtin::thread_yield_then_promote, cancellable(), type({kI32}, {kI32});
      break;
    default: {
      bool threads = code >= 0x40 && code <= 0x42;
      r.fail_at(at, threads ? std::string("thread built-ins (0x") + "0123456789abcdef"[code >> 4] +
                                  "0123456789abcdef"[code & 15] +
                                  ") require shared threads, which are not supported"
                            : "invalid leading byte " + std::to_string(code) +
                                  " for a canonical function");
      return;
    }
  }
  if (!r.ok()) return;
  for (wasm::ValueType t : core.params) d.params.push_back(core_type_of(t));
  for (wasm::ValueType t : core.results) d.results.push_back(core_type_of(t));
  s.core_funcs.push_back(u_.core.intern(core));
  s.definitions.push_back(std::move(d));
}

}  // namespace weir::component
