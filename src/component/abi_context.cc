#include "component/abi_context.h"

#include "component/async/scheduler.h"
#include "component/instance.h"
#include "component/text.h"

namespace weir::component {
namespace {

constexpr uint32_t kUtf16Tag = 0x8000'0000;

}  // namespace

AbiContext::AbiContext(ComponentInstance* instance, const CanonOptions* options, uint64_t budget)
    : instance_(instance), options_(options), budget_(budget) {
  if (!instance || !options->memory.valid()) return;
  engine::Memory& memory = instance->root.memory(options->memory);
  if (memory) memory_ = &memory;
}

void AbiContext::fail(const char* message) { fail(std::string(message)); }

void AbiContext::fail(std::string message) {
  if (!trap_) trap_ = guest_fault(std::move(message));
}

void AbiContext::fail(engine::Trap trap) {
  if (!trap_) trap_ = std::move(trap);
}

bool AbiContext::over_budget() {
  budget_ = 0;
  fail("a call asks for more data than one call may copy");
  return false;
}

uint8_t* AbiContext::at_slow(uint32_t address, uint64_t size, uint32_t align) {
  if (trap_) return nullptr;
  if (!memory_) {
    fail("a function is called before the guest's memory exists");
  } else if ((address & (align - 1)) != 0) {
    fail("unaligned pointer " + std::to_string(address) + ", which needs an alignment of " +
         std::to_string(align));
  } else {
    fail("pointer out of bounds of memory: " + std::to_string(size) + " bytes at " +
         std::to_string(address));
  }
  return nullptr;
}

uint8_t* AbiContext::reallocate(uint32_t old_address, uint64_t old_size, uint32_t align,
                                uint64_t new_size, uint32_t& address) {
  address = 0;
  if (trap_) return nullptr;
  if (new_size > UINT32_MAX || old_size > UINT32_MAX) {
    fail("a value is too large for the guest's memory");
    return nullptr;
  }
  if (!options_->realloc.valid()) {
    fail("the guest gave no realloc function");
    return nullptr;
  }
  Raw values[4];
  values[0].u64 = old_address;
  values[1].u64 = old_size;
  values[2].u64 = align;
  values[3].u64 = new_size;
  bool may_leave = std::exchange(instance_->may_leave, false);
  Scheduler::FreshSlots slots(*instance_);
  engine::Trap trap = instance_->root.call_core(*instance_, options_->realloc, values, 4);
  instance_->may_leave = may_leave;
  if (trap) {
    fail(std::move(trap));
    return nullptr;
  }
  address = values[0].u32;
  uint8_t* bytes = at(address, new_size, align);
  if (!bytes) trap_.add_context("realloc return");
  return bytes;
}

const uint8_t* AbiContext::lift_list(uint32_t address, uint32_t count, uint64_t element_size,
                                     uint32_t align) {
  uint64_t size = count * element_size;
  if (size > kMaxListBytes) {
    fail("a list of " + std::to_string(size) + " bytes is too long");
    return nullptr;
  }
  uint8_t* bytes = at(address, size, align);
  return bytes && charge(size) ? bytes : nullptr;
}

std::string& AbiContext::keep() {
  copies_ = std::make_unique<Copy>(Copy{{}, std::move(copies_)});
  return copies_->text;
}

Text AbiContext::lift_text(uint32_t address, uint32_t tagged_code_units) {
  uint64_t units = tagged_code_units;
  bool wide = options_->encoding == StringEncoding::utf16;
  bool tagged = false;
  if (options_->encoding == StringEncoding::latin1_utf16 && (tagged_code_units & kUtf16Tag)) {
    units = tagged_code_units ^ kUtf16Tag;
    wide = tagged = true;
  }
  uint64_t size = wide ? 2 * units : units;
  if (size > kMaxListBytes) {
    fail("a string of " + std::to_string(size) + " bytes is too long");
    return {};
  }
  uint32_t align = options_->encoding == StringEncoding::utf8 ? 1 : 2;
  const uint8_t* bytes = at(address, size, align);
  if (!bytes || !charge(size)) return {};
  if (options_->encoding == StringEncoding::utf8) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (!is_utf8(text)) {
      fail("invalid utf-8 in a string");
      return {};
    }
    return {text, Text::Source::utf8, tagged_code_units};
  }
  std::string& copy = keep();
  uint32_t count = static_cast<uint32_t>(units);
  if (!wide) {
    append_latin1(copy, {bytes, units});
    return {copy, Text::Source::latin1, count};
  }
  if (!append_utf16(copy, bytes, units)) {
    fail("unpaired surrogate in a utf-16 string");
    return {};
  }
  return {copy, tagged ? Text::Source::tagged_utf16 : Text::Source::utf16, count};
}

char32_t AbiContext::lift_char(uint32_t value) {
  if (value < 0xd800 || (value >= 0xe000 && value < 0x110000)) [[likely]] {
    return static_cast<char32_t>(value);
  }
  fail("invalid char " + std::to_string(value));
  return 0;
}

AbiContext::Lowered AbiContext::lower_text(const Text& text) {
  if (trap_ || !charge(text.utf8.size())) return {};
  // More than this no guest could read back; it also keeps the arithmetic below in 32 bits.
  if (text.utf8.size() > kMaxListBytes) {
    fail("a string of " + std::to_string(text.utf8.size()) + " bytes is too long");
    return {};
  }
  switch (options_->encoding) {
    case StringEncoding::utf8:
      return lower_utf8(text);
    case StringEncoding::utf16:
      return lower_utf16(text);
    case StringEncoding::latin1_utf16:
      return lower_latin1_or_utf16(text);
  }
  return {};
}

// The sequences of allocations below are those of CanonicalABI.md, which guests can observe.
AbiContext::Lowered AbiContext::lower_utf8(const Text& text) {
  uint32_t size = static_cast<uint32_t>(text.utf8.size());
  uint32_t address;
  uint8_t* out = allocate(text.code_units, 1, address);
  if (!out) return {};
  if (text.source == Text::Source::utf8) {
    std::memcpy(out, text.utf8.data(), size);
    return {address, size};
  }
  size_t ascii = ascii_prefix(text.utf8);
  std::memcpy(out, text.utf8.data(), ascii);
  if (ascii == size) return {address, size};
  uint32_t worst = text.code_units * (text.source == Text::Source::latin1 ? 2 : 3);
  out = reallocate(address, text.code_units, 1, worst, address);
  if (!out) return {};
  std::memcpy(out + ascii, text.utf8.data() + ascii, size - ascii);
  if (worst > size && !reallocate(address, worst, 1, size, address)) return {};
  return {address, size};
}

AbiContext::Lowered AbiContext::lower_utf16(const Text& text) {
  uint32_t units = static_cast<uint32_t>(utf16_units(text.utf8));
  uint32_t address;
  uint32_t worst = 2 * text.code_units;
  uint8_t* out = allocate(worst, 2, address);
  if (!out) return {};
  write_utf16(text.utf8, out);
  if (2 * units < worst && !reallocate(address, worst, 2, 2 * units, address)) return {};
  return {address, units};
}

AbiContext::Lowered AbiContext::lower_latin1_or_utf16(const Text& text) {
  uint32_t address;
  Latin1Prefix narrow = latin1_prefix(text.utf8);
  uint32_t characters = static_cast<uint32_t>(narrow.characters);
  bool all_narrow = narrow.bytes == text.utf8.size();
  uint32_t units = static_cast<uint32_t>(utf16_units(text.utf8));
  if (text.source == Text::Source::latin1) {
    uint8_t* out = allocate(text.code_units, 2, address);
    if (!out) return {};
    write_latin1(text.utf8, out);
    return {address, characters};
  }
  if (text.source == Text::Source::tagged_utf16) {
    uint32_t size = 2 * text.code_units;
    uint8_t* out = allocate(size, 2, address);
    if (!out) return {};
    // The narrow form is made of the wide one in place, which the guest sees in what it frees.
    write_utf16(text.utf8, out);
    if (!all_narrow) return {address, units | kUtf16Tag};
    write_latin1(text.utf8, out);
    if (!reallocate(address, size, 1, characters, address)) return {};
    return {address, characters};
  }
  uint8_t* out = allocate(text.code_units, 2, address);
  if (!out) return {};
  write_latin1(text.utf8.substr(0, narrow.bytes), out);
  if (all_narrow) {
    if (characters < text.code_units &&
        !reallocate(address, text.code_units, 2, characters, address)) {
      return {};
    }
    return {address, characters};
  }
  uint32_t worst = 2 * text.code_units;
  out = reallocate(address, text.code_units, 2, worst, address);
  if (!out) return {};
  write_utf16(text.utf8, out);
  if (worst > 2 * units && !reallocate(address, worst, 2, 2 * units, address)) return {};
  return {address, units | kUtf16Tag};
}

AbiContext::Lowered AbiContext::lower_bytes(std::span<const uint8_t> bytes) {
  Lowered lowered;
  uint8_t* out = lower_list(bytes.size(), 1, 1, lowered);
  if (!out) return {};
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return lowered;
}

uint8_t* AbiContext::lower_list(size_t count, uint64_t element_size, uint32_t align,
                                Lowered& lowered) {
  if (trap_) return nullptr;
  // `element_size` is below 2^28.
  if (count > kMaxListBytes || count * element_size > kMaxListBytes) {
    fail("a list of " + std::to_string(count) + " elements is too long");
    return nullptr;
  }
  uint64_t size = count * element_size;
  if (!charge(size)) return nullptr;
  lowered.length = static_cast<uint32_t>(count);
  return allocate(size, align, lowered.address);
}

void AbiContext::lend(uint32_t index) {
  instance_->handles.find(index)->lends += 1;
  lends_.add(index);
}

void AbiContext::take_lends(Lends& lends) {
  for (uint32_t i = 0; i < lends_.size(); ++i) lends.add(lends_[i]);
  lends_.clear();
}

void AbiContext::end_lends() {
  // A lent handle cannot be removed, so each index still names the same one.
  for (uint32_t i = 0; i < lends_.size(); ++i) instance_->handles.find(lends_[i])->lends -= 1;
  lends_.clear();
}

std::optional<Object> AbiContext::borrow_object(uint32_t index, ResourceKey key) {
  if (trap_) return std::nullopt;
  HandleTable::Entry* entry = instance_->handles.find(index);
  if (!entry || entry->key != key) {
    auto error = entry ? HandleTable::Error::wrong_type : HandleTable::Error::unknown;
    fail(std::string(describe(error)) + " " + std::to_string(index));
    return std::nullopt;
  }
  lend(index);
  return entry->object;
}

std::optional<Object> AbiContext::take_object(uint32_t index, ResourceKey key) {
  if (trap_) return std::nullopt;
  HandleTable::Error error = instance_->handles.check(index, key, true);
  if (error != HandleTable::Error::none) {
    fail(std::string(describe(error)) + " " + std::to_string(index));
    return std::nullopt;
  }
  return instance_->handles.remove(index).object;
}

HostResource* AbiContext::lift_borrow(uint32_t index, ResourceKey key) {
  std::optional<Object> object = borrow_object(index, key);
  return object ? object->host : nullptr;
}

std::unique_ptr<HostResource> AbiContext::lift_own(uint32_t index, ResourceKey key) {
  std::optional<Object> object = take_object(index, key);
  return std::unique_ptr<HostResource>(object ? object->host : nullptr);
}

uint32_t AbiContext::lower_own(std::unique_ptr<HostResource> resource, ResourceKey key) {
  if (trap_) return 0;
  WEIR_ASSERT(resource != nullptr);
  uint32_t index = instance_->handles.add_own(key, {resource.get(), 0});
  if (index == 0) {
    fail("too many handles");
  } else {
    static_cast<void>(resource.release());
  }
  return index;
}

uint32_t AbiContext::lower_object(Object object, ResourceKey key, BorrowScope* scope) {
  if (trap_) return 0;
  uint32_t index = scope ? instance_->handles.add_borrow(key, object, *scope)
                         : instance_->handles.add_own(key, object);
  if (index == 0) fail("too many handles");
  return index;
}

uint32_t AbiContext::lower_borrow(HostResource& resource, ResourceKey key) {
  return lower_object({&resource, 0}, key, scope_);
}

}  // namespace weir::component
