#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::http {

// A field section: names and values in the order and with the case in which
// they were given, duplicates included (RFC 9110 section 5). Names compare
// without regard to ASCII case. Values are bytes. Nothing is validated here: a
// parser or `wasi:http` validates before it appends.
class Fields {
 public:
  struct Entry {
    std::string_view name;
    std::string_view value;
  };

  Fields() = default;

  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  // Views stay valid until the next change. `index` counts entries in order.
  Entry operator[](size_t index) const;

  // Appends an entry at the end.
  void append(std::string_view name, std::string_view value);
  // The first value of `name`, or null data where there is none.
  std::string_view first(std::string_view name) const;
  bool has(std::string_view name) const;
  // How many entries have `name`.
  size_t count(std::string_view name) const;
  // Removes every entry of `name`; returns how many there were.
  size_t remove(std::string_view name);
  // Removes every entry of `name` and appends one.
  void set(std::string_view name, std::string_view value);
  // Name and value bytes plus 32 an entry, as HTTP/2 counts a section (RFC 9113
  // section 10.5.1).
  size_t accounted_size() const { return buffer_.size() + 32 * entries_.size(); }
  void clear();
  // Room for a section of about so many bytes and entries, to allocate once.
  void reserve(size_t bytes, size_t entries);

 private:
  struct Slot {
    uint32_t offset;
    uint32_t name_size;
    uint32_t value_size;
    uint32_t hash;  // of the lower-cased name
  };
  static uint32_t hash_of(std::string_view name);
  bool matches(const Slot& slot, uint32_t hash, std::string_view name) const;

  std::string buffer_;
  std::vector<Slot> entries_;
};

// ASCII case-insensitive equality.
bool same_name(std::string_view a, std::string_view b);

}  // namespace weir::http
