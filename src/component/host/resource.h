#pragma once

#include <string>

namespace weir::component {

// What makes two resource types the same: an address. Those of the host have one for each C++
// class; those that guests define, one for each definition in a `Plan`.
using ResourceKey = const void*;

// A resource that the host implements. A handle table owns it once it was lowered as `own`, and
// destroys it when the guest drops it. When a request ends, all that its tables still own are
// destroyed, in no particular order and without asking `drop_refusal`.
class HostResource {
 public:
  HostResource() = default;
  HostResource(const HostResource&) = delete;
  HostResource& operator=(const HostResource&) = delete;
  virtual ~HostResource();

  // Why it may not be dropped now (it has children alive), else null: the drop then traps with
  // that text, which lives as long as the resource.
  virtual const char* drop_refusal() const { return nullptr; }
};

template <class R>
struct HostClass {
  static inline char tag = 0;
};

template <class R>
ResourceKey resource_key() {
  return &HostClass<R>::tag;
}

// A resource type as an interface of the host declares it.
class HostResourceType {
 public:
  HostResourceType(std::string interface, std::string name, ResourceKey key)
      : interface_(std::move(interface)), name_(std::move(name)), key_(key) {}

  const std::string& interface() const { return interface_; }
  const std::string& name() const { return name_; }
  // Equal for the same C++ class in different versions of an interface: they are one type.
  ResourceKey key() const { return key_; }

 private:
  std::string interface_;
  std::string name_;
  ResourceKey key_;
};

}  // namespace weir::component
