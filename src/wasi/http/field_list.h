#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "http/fields.h"
#include "wasi/context.h"
#include "wasi/holdings.h"
#include "wasi/ref.h"

namespace weir::wasi {

// Why a guest may not change a field section. `too_large` has no name in WASI 0.2.
enum class FieldError : uint8_t { none, invalid_syntax, forbidden, immutable, too_large };

// A field section as handles of guests share it. Frozen once it belongs to a message.
class FieldList final : public RefCounted {
 public:
  FieldList() = default;
  explicit FieldList(http::Fields fields, bool frozen = false)
      : fields_(std::move(fields)), frozen_(frozen) {}
  // A guest's own, which counts among what it holds.
  explicit FieldList(Holdings& holdings) : share_(&holdings) {}
  // The same with what `other` has. Null where that is more than the guest may hold.
  static Ref<FieldList> copy(const FieldList& other, Holdings& holdings);

  const http::Fields& fields() const { return fields_; }
  // The section itself; what is left is empty.
  http::Fields take() {
    share_.hold(0);
    return std::move(fields_);
  }
  bool frozen() const { return frozen_; }
  void freeze() { frozen_ = true; }

  // Adds a value to those of `name`; a name that is there already keeps its first spelling. On
  // an error nothing has changed.
  FieldError append(std::string_view name, std::string_view value, const Grants& grants);
  // Replaces the values of `name`; none removes it.
  FieldError set(std::string_view name, std::span<const std::string_view> values,
                 const Grants& grants);
  FieldError remove(std::string_view name, const Grants& grants);

 private:
  FieldError check_name(std::string_view name, const Grants& grants) const;

  http::Fields fields_;
  Holdings::Share share_;
  bool frozen_ = false;
};

}  // namespace weir::wasi
