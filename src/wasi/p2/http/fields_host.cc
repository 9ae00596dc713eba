// wasi:http/types: fields.
#include "wasi/p2/http/fields.h"
#include "wasi/p2/http/types_host.h"
#include "wasi/p2/resources.h"

namespace weir::wasi::p2 {
namespace {

using component::OrTrap;
using component::Trap;
using http_types::HeaderError;

Trap too_large() {
  return Trap(Trap::Kind::host,
              "the fields that the guest built are larger than the limit, or it holds too many");
}

// The result of a change, or a trap for the limit that has no name in WASI 0.2.
OrTrap<Result<void, HeaderError>> answer(FieldError error) {
  switch (error) {
    case FieldError::none:
      return Result<void, HeaderError>();
    case FieldError::invalid_syntax:
      return Result<void, HeaderError>(Err(HeaderError::invalid_syntax()));
    case FieldError::forbidden:
      return Result<void, HeaderError>(Err(HeaderError::forbidden()));
    case FieldError::immutable:
      return Result<void, HeaderError>(Err(HeaderError::immutable()));
    case FieldError::too_large:
      break;
  }
  return too_large();
}

}  // namespace

OrTrap<std::unique_ptr<http_types::Fields>> HttpTypesHost::make_fields(Call&) {
  return std::make_unique<Fields>(make_ref<FieldList>(holdings_));
}

OrTrap<Result<std::unique_ptr<http_types::Fields>, HeaderError>> HttpTypesHost::fields_from_list(
    Call&, Entries entries) {
  auto list = make_ref<FieldList>(holdings_);
  for (const auto& [name, value] : entries) {
    auto appended = answer(list->append(name, value.view(), context_.grants));
    if (!appended.ok()) return std::move(appended.trap());
    if (!*appended) return Result<Own<Fields>, HeaderError>(Err(std::move(appended)->error()));
  }
  return Result<Own<Fields>, HeaderError>(std::make_unique<Fields>(std::move(list)));
}

OrTrap<std::vector<Bytes>> HttpTypesHost::fields_get(Call&, Fields& self, Name name) {
  const http::Fields& fields = self.list().fields();
  std::vector<FieldValue> values;
  if (!fields.has(name)) return values;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (http::same_name(fields[i].name, name)) values.push_back(Bytes::copy(fields[i].value));
  }
  return values;
}

OrTrap<bool> HttpTypesHost::fields_has(Call&, Fields& self, Name name) {
  return self.list().fields().has(name);
}

OrTrap<Result<void, HeaderError>> HttpTypesHost::fields_set(Call&, Fields& self, Name name,
                                                            std::vector<FieldValue> value) {
  std::vector<std::string_view> views;
  views.reserve(value.size());
  for (const FieldValue& one : value) views.push_back(one.view());
  return answer(self.list().set(name, views, context_.grants));
}

OrTrap<Result<void, HeaderError>> HttpTypesHost::fields_delete(Call&, Fields& self, Name name) {
  return answer(self.list().remove(name, context_.grants));
}

OrTrap<Result<void, HeaderError>> HttpTypesHost::fields_append(Call&, Fields& self, Name name,
                                                               std::span<const uint8_t> value) {
  return answer(self.list().append(name, as_text(value), context_.grants));
}

OrTrap<HttpTypesHost::Entries> HttpTypesHost::fields_entries(Call&, Fields& self) {
  const http::Fields& fields = self.list().fields();
  Entries entries;
  entries.reserve(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    entries.emplace_back(std::string(fields[i].name), Bytes::copy(fields[i].value));
  }
  return entries;
}

OrTrap<std::unique_ptr<http_types::Fields>> HttpTypesHost::fields_clone(Call&, Fields& self) {
  auto list = FieldList::copy(self.list(), holdings_);
  if (!list) return too_large();
  return std::make_unique<Fields>(std::move(list));
}

}  // namespace weir::wasi::p2
