#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/fields.h"

namespace weir::wasi {

// A token of RFC 9110 section 5.6.2: what a field's name and a method must be.
bool is_token(std::string_view text);

// A field value of RFC 9110 section 5.5 as WASI takes it: SP, HTAB, visible ASCII and bytes from
// 0x80. Empty is fine, and so is space at the ends.
bool is_field_value(std::string_view value);

// Which fields are the host's alone. Guests may not set them and do not see them.
class FieldRules {
 public:
  FieldRules() = default;
  // Forbids these names too, in any case.
  explicit FieldRules(std::vector<std::string> also) : also_(std::move(also)) {}

  bool forbidden(std::string_view name) const;
  // Takes every forbidden field out of a section on its way to or from a guest.
  void strip(http::Fields& fields) const;

 private:
  std::vector<std::string> also_;
};

// The value of `content-length` in a section: none without the field. `valid` is false when there
// is more than one, or one that is not 1*DIGIT within 64 bits.
struct ContentLength {
  bool valid = true;
  std::optional<uint64_t> value;
};
ContentLength content_length(const http::Fields& fields);

}  // namespace weir::wasi
