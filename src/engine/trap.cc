#include "engine/trap.h"

#include <cxxabi.h>

#include <cstdlib>

#include "engine/trap_reader.h"
#include "util/assert.h"

namespace weir::engine {

struct Trap::State {
  Kind kind;
  std::optional<TrapCode> code;
  int32_t status = 0;
  std::string message;
  std::vector<Frame> frames;
};

namespace {

// A trap that passes through more stores than this keeps its innermost frames.
constexpr size_t most_frames = 100;

// The innermost cause out of an error's text, which the engine writes as
// "what\n\nCaused by:\n    why".
std::string root_cause(std::string text) {
  constexpr std::string_view mark = "Caused by:\n";
  if (size_t at = text.rfind(mark); at != std::string::npos) text.erase(0, at + mark.size());
  size_t start = text.find_first_not_of(" \n");
  size_t end = text.find_last_not_of(" \n");
  if (start == std::string::npos) return "no reason given";
  return text.substr(start, end - start + 1);
}

std::string demangled(std::string name) {
  if (!name.starts_with("_Z")) return name;
  int status = 0;
  char* plain = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
  if (!plain) return name;
  std::string out = plain;
  std::free(plain);
  return out;
}

void append_frames(std::vector<Frame>& to, wasm_frame_vec_t& from) {
  for (size_t i = 0; i < from.size && to.size() < most_frames; i++) {
    const wasm_frame_t* raw = from.data[i];
    Frame frame;
    if (const wasm_name_t* name = wasmtime_frame_func_name(raw)) {
      frame.function = demangled(to_string(*name));
    }
    if (const wasm_name_t* name = wasmtime_frame_module_name(raw)) frame.module = to_string(*name);
    frame.function_index = wasm_frame_func_index(raw);
    frame.offset = wasm_frame_module_offset(raw);
    to.push_back(std::move(frame));
  }
  wasm_frame_vec_delete(&from);
}

void take_frames(std::vector<Frame>& to, wasm_trap_t* trap, wasmtime_error_t* error) {
  wasm_frame_vec_t frames;
  if (trap) {
    wasm_trap_trace(trap, &frames);
    append_frames(to, frames);
  }
  if (error) {
    wasmtime_error_wasm_trace(error, &frames);
    append_frames(to, frames);
  }
}

TrapCode known(wasmtime_trap_code_t code) {
  if (code <= static_cast<uint8_t>(TrapCode::cast_failure) && code != 11 && code != 12) {
    return static_cast<TrapCode>(code);
  }
  return TrapCode::other;
}

std::string text_of(wasm_trap_t* trap) {
  wasm_message_t text;
  wasm_trap_message(trap, &text);
  // The text ends with a zero byte.
  std::string message(text.data, text.size > 0 ? text.size - 1 : 0);
  wasm_byte_vec_delete(&text);
  return message;
}

}  // namespace

Trap::Trap(Kind kind, std::string message)
    : state_(new State{.kind = kind, .code = {}, .message = std::move(message), .frames = {}}) {}

Trap Trap::exit(int32_t status) {
  Trap trap(Kind::exit, "the guest ended with status " + std::to_string(status));
  trap.state_->status = status;
  return trap;
}

Trap Trap::cancelled() { return Trap(Kind::cancelled, "the request was cancelled"); }

void Trap::destroy() { delete state_; }

Trap::Kind Trap::kind() const {
  WEIR_ASSERT(state_);
  return state_->kind;
}

const std::string& Trap::message() const {
  WEIR_ASSERT(state_);
  return state_->message;
}

std::span<const Frame> Trap::frames() const {
  WEIR_ASSERT(state_);
  return state_->frames;
}

std::optional<TrapCode> Trap::code() const {
  WEIR_ASSERT(state_);
  return state_->code;
}

int32_t Trap::status() const {
  WEIR_ASSERT(state_);
  return state_->status;
}

void Trap::add_context(std::string_view context) {
  WEIR_ASSERT(state_);
  state_->message.insert(0, std::string(context) + ": ");
}

std::string Trap::describe() const {
  WEIR_ASSERT(state_);
  std::string out = state_->message;
  for (const Frame& frame : state_->frames) {
    out += "\n  at ";
    out += frame.function.empty() ? "function " + std::to_string(frame.function_index)
                                  : frame.function;
    if (!frame.module.empty()) out += " in " + frame.module;
    if (frame.offset != SIZE_MAX) {
      char offset[32];
      std::snprintf(offset, sizeof offset, " (0x%zx)", frame.offset);
      out += offset;
    }
  }
  return out;
}

std::string_view name(Trap::Kind kind) {
  switch (kind) {
    case Trap::Kind::host:
      return "host";
    case Trap::Kind::wasm:
      return "trap";
    case Trap::Kind::stack_exhausted:
      return "stack-exhausted";
    case Trap::Kind::cancelled:
      return "cancelled";
    case Trap::Kind::cpu_limit:
      return "cpu-limit";
    case Trap::Kind::memory_limit:
      return "memory-limit";
    case Trap::Kind::pool_exhausted:
      return "pool-exhausted";
    case Trap::Kind::exit:
      return "exit";
  }
  return "unknown";
}

std::string_view describe(TrapCode code) {
  switch (code) {
    case TrapCode::stack_overflow:
      return "the guest's stack overflowed";
    case TrapCode::memory_out_of_bounds:
      return "a memory access was out of bounds";
    case TrapCode::heap_misaligned:
      return "an atomic memory access was not aligned";
    case TrapCode::table_out_of_bounds:
      return "a table access was out of bounds";
    case TrapCode::indirect_call_to_null:
      return "an indirect call went to a null entry";
    case TrapCode::bad_signature:
      return "an indirect call went to a function of another type";
    case TrapCode::integer_overflow:
      return "an integer overflowed";
    case TrapCode::integer_division_by_zero:
      return "an integer was divided by zero";
    case TrapCode::bad_conversion_to_integer:
      return "a floating-point number does not fit into an integer";
    case TrapCode::unreachable:
      return "an unreachable instruction was executed";
    case TrapCode::interrupt:
      return "the guest was interrupted";
    case TrapCode::null_reference:
      return "a null reference was used";
    case TrapCode::array_out_of_bounds:
      return "an array access was out of bounds";
    case TrapCode::allocation_too_large:
      return "an allocation was too large";
    case TrapCode::cast_failure:
      return "a cast failed";
    case TrapCode::uncaught_exception:
      return "an exception was not caught";
    case TrapCode::other:
      return "the guest trapped";
  }
  return "the guest trapped";
}

Trap TrapReader::of_call(wasm_trap_t* raw_trap, wasmtime_error_t* error) {
  if (error) {
    Trap trap(weir_error_is_pool_limit(error) ? Trap::Kind::pool_exhausted : Trap::Kind::host, "");
    take_frames(trap.state_->frames, nullptr, error);
    trap.state_->message = root_cause(take_message(error));
    return trap;
  }
  Trap trap(Trap::Kind::wasm, "");
  wasmtime_trap_code_t code = 0;
  if (wasmtime_trap_code(raw_trap, &code)) {
    trap.state_->code = known(code);
    trap.state_->message = *trap.state_->code == TrapCode::other ? root_cause(text_of(raw_trap))
                                                                 : describe(*trap.state_->code);
  } else {
    trap.state_->code = TrapCode::uncaught_exception;
    trap.state_->message = describe(TrapCode::uncaught_exception);
  }
  take_frames(trap.state_->frames, raw_trap, nullptr);
  wasm_trap_delete(raw_trap);
  return trap;
}

Trap TrapReader::of_setup(wasm_trap_t* raw_trap, wasmtime_error_t* error, const char* doing) {
  Trap trap = of_call(raw_trap, error);
  trap.add_context(doing);
  return trap;
}

void TrapReader::add_frames(Trap& trap, wasm_trap_t* raw_trap, wasmtime_error_t* error) {
  // Nobody asks where a cancelled or finished guest was.
  if (trap.kind() != Trap::Kind::cancelled && trap.kind() != Trap::Kind::exit) {
    take_frames(trap.state_->frames, raw_trap, error);
  }
  if (raw_trap) wasm_trap_delete(raw_trap);
  if (error) wasmtime_error_delete(error);
}

void TrapReader::blame_memory_limit(Trap& trap, uint64_t limit_bytes) {
  trap.state_->kind = Trap::Kind::memory_limit;
  trap.state_->message = "the guest gave up after it was refused memory beyond its limit of " +
                         std::to_string(limit_bytes) + " bytes: " + trap.state_->message;
}

}  // namespace weir::engine
