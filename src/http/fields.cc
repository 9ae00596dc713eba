#include "http/fields.h"

#include <algorithm>

#include "util/assert.h"

namespace weir::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

uint32_t Fields::hash_of(std::string_view name) {
  uint32_t hash = 2166136261u;
  for (char c : name) hash = (hash ^ static_cast<uint8_t>(lower(c))) * 16777619u;
  return hash;
}

bool Fields::matches(const Slot& slot, uint32_t hash, std::string_view name) const {
  return slot.hash == hash && slot.name_size == name.size() &&
         same_name(std::string_view(buffer_).substr(slot.offset, slot.name_size), name);
}

Fields::Entry Fields::operator[](size_t index) const {
  const Slot& slot = entries_[index];
  std::string_view all = buffer_;
  return {all.substr(slot.offset, slot.name_size),
          all.substr(slot.offset + slot.name_size, slot.value_size)};
}

void Fields::append(std::string_view name, std::string_view value) {
  WEIR_ASSERT(buffer_.size() + name.size() + value.size() < UINT32_MAX);
  Slot slot{static_cast<uint32_t>(buffer_.size()), static_cast<uint32_t>(name.size()),
            static_cast<uint32_t>(value.size()), hash_of(name)};
  buffer_.append(name);
  buffer_.append(value);
  entries_.push_back(slot);
}

std::string_view Fields::first(std::string_view name) const {
  uint32_t hash = hash_of(name);
  for (size_t i = 0; i < entries_.size(); ++i)
    if (matches(entries_[i], hash, name)) {
      std::string_view value = (*this)[i].value;
      return value.data() ? value : std::string_view("", 0);
    }
  return {};
}

bool Fields::has(std::string_view name) const { return count(name) > 0; }

size_t Fields::count(std::string_view name) const {
  uint32_t hash = hash_of(name);
  return static_cast<size_t>(std::count_if(entries_.begin(), entries_.end(), [&](const Slot& slot) {
    return matches(slot, hash, name);
  }));
}

size_t Fields::remove(std::string_view name) {
  uint32_t hash = hash_of(name);
  size_t removed =
      std::erase_if(entries_, [&](const Slot& slot) { return matches(slot, hash, name); });
  if (removed == 0) return 0;
  // The bytes of removed entries are dropped, so that a section cannot grow by set and remove.
  std::string packed;
  packed.reserve(buffer_.size());
  for (Slot& slot : entries_) {
    uint32_t offset = static_cast<uint32_t>(packed.size());
    packed.append(buffer_, slot.offset, slot.name_size + slot.value_size);
    slot.offset = offset;
  }
  buffer_ = std::move(packed);
  return removed;
}

void Fields::set(std::string_view name, std::string_view value) {
  // `name` and `value` may be views into this section.
  std::string own_name(name), own_value(value);
  remove(own_name);
  append(own_name, own_value);
}

void Fields::clear() {
  buffer_.clear();
  entries_.clear();
}

void Fields::reserve(size_t bytes, size_t entries) {
  buffer_.reserve(bytes);
  entries_.reserve(entries);
}

}  // namespace weir::http
