#pragma once

#include "component/host/resource.h"
#include "wasi/http/field_list.h"

namespace weir::wasi::p2::http_types {

// wasi:http/types.fields: a handle to a section that may be shared with a message.
class Fields final : public component::HostResource {
 public:
  explicit Fields(Ref<FieldList> list) : list_(std::move(list)) {}

  FieldList& list() const { return *list_; }
  const Ref<FieldList>& shared() const { return list_; }

 private:
  Ref<FieldList> list_;
};

}  // namespace weir::wasi::p2::http_types
