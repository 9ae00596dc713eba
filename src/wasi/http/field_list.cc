#include "wasi/http/field_list.h"

#include <string>

#include "util/number.h"

namespace weir::wasi {
namespace {

constexpr size_t kEntryOverhead = 32;

bool value_fits(std::string_view name, std::string_view value) {
  if (!is_field_value(value)) return false;
  return !http::same_name(name, "content-length") || parse_decimal(value).has_value();
}

// How the section spells `name`, or how the caller does.
std::string_view spelling(const http::Fields& fields, std::string_view name) {
  if (fields.has(name)) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (http::same_name(fields[i].name, name)) return fields[i].name;
    }
  }
  return name;
}

}  // namespace

Ref<FieldList> FieldList::copy(const FieldList& other, Holdings& holdings) {
  Ref<FieldList> made = make_ref<FieldList>(holdings);
  if (!made->share_.hold(other.fields_.accounted_size())) return {};
  made->fields_ = other.fields_;
  return made;
}

FieldError FieldList::check_name(std::string_view name, const Grants& grants) const {
  if (!is_token(name)) return FieldError::invalid_syntax;
  if (grants.field_rules.forbidden(name)) return FieldError::forbidden;
  return FieldError::none;
}

FieldError FieldList::append(std::string_view name, std::string_view value, const Grants& grants) {
  if (FieldError error = check_name(name, grants); error != FieldError::none) return error;
  if (!value_fits(name, value)) return FieldError::invalid_syntax;
  // A second length, even the same again, would be two messages in one.
  if (http::same_name(name, "content-length") && fields_.has(name)) {
    return FieldError::invalid_syntax;
  }
  if (frozen_) return FieldError::immutable;
  size_t size = fields_.accounted_size() + name.size() + value.size() + kEntryOverhead;
  if (size > grants.limits.fields || !share_.hold(size)) return FieldError::too_large;
  fields_.append(std::string(spelling(fields_, name)), value);
  return FieldError::none;
}

FieldError FieldList::set(std::string_view name, std::span<const std::string_view> values,
                          const Grants& grants) {
  if (FieldError error = check_name(name, grants); error != FieldError::none) return error;
  size_t added = 0;
  for (std::string_view value : values) {
    if (!value_fits(name, value)) return FieldError::invalid_syntax;
    added += name.size() + value.size() + kEntryOverhead;
  }
  if (values.size() > 1 && http::same_name(name, "content-length")) {
    return FieldError::invalid_syntax;
  }
  if (frozen_) return FieldError::immutable;
  size_t removed = 0;
  if (fields_.has(name)) {
    for (size_t i = 0; i < fields_.size(); ++i) {
      http::Fields::Entry entry = fields_[i];
      if (!http::same_name(entry.name, name)) continue;
      removed += entry.name.size() + entry.value.size() + kEntryOverhead;
    }
  }
  size_t size = fields_.accounted_size() - removed + added;
  if (added > removed && size > grants.limits.fields) return FieldError::too_large;
  if (!share_.hold(size)) return FieldError::too_large;
  if (removed > 0) fields_.remove(name);
  for (std::string_view value : values) fields_.append(name, value);
  return FieldError::none;
}

FieldError FieldList::remove(std::string_view name, const Grants& grants) {
  if (FieldError error = check_name(name, grants); error != FieldError::none) return error;
  if (frozen_) return FieldError::immutable;
  fields_.remove(name);
  share_.hold(fields_.accounted_size());
  return FieldError::none;
}

}  // namespace weir::wasi
