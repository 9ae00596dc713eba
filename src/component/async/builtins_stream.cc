// canon stream.* and future.*
#include "component/async/builtin_call.h"
#include "component/async/builtins.h"
#include "component/async/copy_end.h"

namespace weir::component {
namespace {

using engine::Store;

// The most elements of one read or write (definitions.py, Buffer.MAX_LENGTH).
constexpr uint32_t kMaxCopyLength = (1u << 28) - 1;

bool is_future(Builtin kind) {
  switch (kind) {
    case Builtin::future_new:
    case Builtin::future_read:
    case Builtin::future_write:
    case Builtin::future_cancel_read:
    case Builtin::future_cancel_write:
    case Builtin::future_drop_readable:
    case Builtin::future_drop_writable:
      return true;
    default:
      return false;
  }
}

bool is_for_reader(Builtin kind) {
  switch (kind) {
    case Builtin::stream_read:
    case Builtin::stream_cancel_read:
    case Builtin::stream_drop_readable:
    case Builtin::future_read:
    case Builtin::future_cancel_read:
    case Builtin::future_drop_readable:
      return true;
    default:
      return false;
  }
}

std::optional<ValType> element_of(const BuiltinFrame& f) {
  const Types& types = f.instance.root.plan().types;
  if (const Stream* stream = types.get<Stream>(*f.call.type)) return stream->element;
  return types.get<Future>(*f.call.type)->value;
}

// The end that a built-in is for; null with a trap.
CopyEnd* end_of(BuiltinFrame& f, uint32_t index, Trap& trap) {
  CopyEnd* end = f.instance.handles.item<CopyEnd>(index);
  bool future = is_future(f.call.kind);
  bool reader = is_for_reader(f.call.kind);
  if (end && end->future() == future && end->reads() == reader &&
      end->channel().element() == element_of(f)) {
    return end;
  }
  trap = wrong_handle(f.instance, index,
                      future ? (reader ? "readable end of a future of this type"
                                       : "writable end of a future of this type")
                             : (reader ? "readable end of a stream of this type"
                                       : "writable end of a stream of this type"));
  return nullptr;
}

// The outcome of an operation that was begun: at once, after waiting, or BLOCKED.
Trap answer(BuiltinFrame& f, CopyEnd& end, Raw* values) {
  if (!end.has_event()) {
    if (f.lowered.options.async) {
      values[0].u64 = kBlocked;
      return {};
    }
    if (Trap trap = f.scheduler.wait({Wait::Kind::waitable, nullptr, &end})) return trap;
  }
  OrTrap<Event> event = end.take_event();
  if (!event.ok()) return std::move(event.trap());
  values[0].u64 = event->payload;
  return {};
}

Trap used_synchronously() {
  return guest_fault("waitable cannot be used synchronously while added to a waitable set");
}

Trap make(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  auto channel = std::allocate_shared<Channel>(PoolAllocator<Channel>(), f.instance.root,
                                               is_future(f.call.kind), element_of(f));
  uint64_t ends[2];
  for (bool reads : {true, false}) {
    uint32_t index =
        f.instance.handles.add_item(std::make_unique<CopyEnd>(f.scheduler, channel, reads));
    if (index == 0) return guest_fault("too many handles");
    f.instance.handles.item<CopyEnd>(index)->index = index;
    ends[reads ? 0 : 1] = index;
  }
  values[0].u64 = ends[0] | ends[1] << 32;
  return {};
}

Trap copy(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Trap trap;
  CopyEnd* end = end_of(f, values[0].u32, trap);
  if (!end) return trap;
  if (const char* why = end->busy()) return guest_fault(why);
  if (end->set() && !f.lowered.options.async) return used_synchronously();
  GuestBuffer buffer;
  buffer.instance = &f.instance;
  buffer.options = &f.lowered.options;
  buffer.address = values[1].u32;
  buffer.length = end->future() ? 1 : values[2].u32;
  if (buffer.length > kMaxCopyLength) {
    return guest_fault("a stream cannot read or write so many elements at once: " +
                       std::to_string(buffer.length));
  }
  if (end->channel().element() && buffer.length > 0) {
    AbiContext abi(&f.instance, &f.lowered.options, 0);
    const wit::Layout& layout = f.instance.root.plan().types.abi(*end->channel().element()).layout;
    if (!abi.at(buffer.address, buffer.length * layout.size, layout.align)) return abi.take_trap();
  }
  if (Trap failed = end->copy(buffer)) return failed;
  return answer(f, *end, values);
}

Trap cancel_copy(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Trap trap;
  CopyEnd* end = end_of(f, values[0].u32, trap);
  if (!end) return trap;
  if (end->state() != CopyEnd::State::copying || end->sync_waiter()) {
    return guest_fault("cannot cancel a future/stream operation which is not active");
  }
  if (end->set() && !f.lowered.options.async) return used_synchronously();
  end->begin_cancel();
  return answer(f, *end, values);
}

Trap drop(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Trap trap;
  uint32_t index = values[0].u32;
  CopyEnd* end = end_of(f, index, trap);
  if (!end) return trap;
  if (end->state() == CopyEnd::State::copying || end->state() == CopyEnd::State::cancelling) {
    return guest_fault(end->future() ? "cannot drop busy future" : "cannot drop busy stream");
  }
  if (end->future() && !end->reads() && end->state() != CopyEnd::State::done) {
    return guest_fault("cannot drop future write end without first writing a value");
  }
  f.instance.handles.remove_item(index);
  return {};
}

}  // namespace

engine::HostFn stream_builtin(Builtin kind) {
  switch (kind) {
    case Builtin::stream_new:
    case Builtin::future_new:
      return make;
    case Builtin::stream_read:
    case Builtin::stream_write:
    case Builtin::future_read:
    case Builtin::future_write:
      return copy;
    case Builtin::stream_cancel_read:
    case Builtin::stream_cancel_write:
    case Builtin::future_cancel_read:
    case Builtin::future_cancel_write:
      return cancel_copy;
    case Builtin::stream_drop_readable:
    case Builtin::stream_drop_writable:
    case Builtin::future_drop_readable:
    case Builtin::future_drop_writable:
      return drop;
    default:
      return nullptr;
  }
}

}  // namespace weir::component
