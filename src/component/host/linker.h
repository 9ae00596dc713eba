#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "component/host/binding.h"
#include "component/host/call.h"
#include "component/host/or_trap.h"
#include "component/host/resource.h"

namespace weir::component {

class HostInterface;

// A function that the host offers to guests. Its address is good as long as its `Linker` is.
class HostFunction {
 public:
  // Lifts the arguments in `values`, calls the implementation, lowers the result over them.
  using Invoke = Trap (*)(const HostFunction& function, Call& call, Raw* values);
  using Describe = FuncTypeId (*)(TypeBuilder& builder);
  // The same for one of asynchronous type, which may leave an operation that goes on instead.
  using Begin = Trap (*)(const HostFunction& function, Call& call, bool lowered_async, Raw* values,
                         std::unique_ptr<HostOperation>& pending);

  // One of `invoke` and `begin` is null.
  HostFunction(const HostInterface& interface, std::string name, Invoke invoke, Begin begin,
               Describe describe, AnyFunction host)
      : interface_(interface),
        name_(std::move(name)),
        invoke_(invoke),
        begin_(begin),
        describe_(describe),
        host_(host) {}

  const HostInterface& interface() const { return interface_; }
  // As WIT writes it, such as `[method]pollable.block`.
  const std::string& name() const { return name_; }
  // Of asynchronous type: `begin` is to be used, else `invoke`.
  bool async() const { return begin_ != nullptr; }
  Trap invoke(Call& call, Raw* values) const { return invoke_(*this, call, values); }
  Trap begin(Call& call, bool lowered_async, Raw* values,
             std::unique_ptr<HostOperation>& pending) const {
    return begin_(*this, call, lowered_async, values, pending);
  }
  // Its type; parameters have no names.
  FuncTypeId describe(TypeBuilder& builder) const { return describe_(builder); }
  AnyFunction host() const { return host_; }

 private:
  const HostInterface& interface_;
  std::string name_;
  Invoke invoke_;
  Begin begin_;
  Describe describe_;
  AnyFunction host_;
};

inline AnyFunction host_finder(const HostFunction& function) { return function.host(); }

// An interface of the host: its functions and resource types by name.
class HostInterface {
 public:
  explicit HostInterface(std::string name) : name_(std::move(name)) {}
  HostInterface(const HostInterface&) = delete;
  HostInterface& operator=(const HostInterface&) = delete;

  // With its version, such as `wasi:io/poll@0.2.12`; empty for functions of the world itself.
  const std::string& name() const { return name_; }
  // Null if there is none.
  const HostFunction* function(std::string_view name) const;
  const HostResourceType* resource(std::string_view name) const;
  const std::deque<HostFunction>& functions() const { return functions_; }
  const std::deque<HostResourceType>& resources() const { return resources_; }

  // A later one of the same name replaces the earlier.
  void add_function(std::string_view name, HostFunction::Invoke invoke,
                    HostFunction::Describe describe, AnyFunction host);
  void add_async_function(std::string_view name, HostFunction::Begin begin,
                          HostFunction::Describe describe, AnyFunction host);
  void add_resource(std::string_view name, ResourceKey key);

 private:
  void add(std::string_view name, HostFunction::Invoke invoke, HostFunction::Begin begin,
           HostFunction::Describe describe, AnyFunction host);

  std::string name_;
  std::deque<HostFunction> functions_;
  std::deque<HostResourceType> resources_;
  std::unordered_map<std::string_view, const HostFunction*> functions_by_name_;
  std::unordered_map<std::string_view, const HostResourceType*> resources_by_name_;
};

// What generated `link` functions register an interface with.
template <class Host>
class InterfaceLinker {
 public:
  InterfaceLinker(HostInterface& interface, Host& (*host)(void* state))
      : interface_(interface), host_(host) {}

  template <auto method>
  void function(std::string_view name) {
    auto host = reinterpret_cast<AnyFunction>(host_);
    if constexpr (requires { &Binding<method>::begin; }) {
      interface_.add_async_function(name, &Binding<method>::begin, &Binding<method>::describe,
                                    host);
    } else {
      interface_.add_function(name, &Binding<method>::invoke, &Binding<method>::describe, host);
    }
  }
  template <class R>
  void resource(std::string_view name) {
    static_assert(std::is_base_of_v<HostResource, R>);
    interface_.add_resource(name, resource_key<R>());
  }

 private:
  HostInterface& interface_;
  Host& (*host_)(void* state);
};

// The interfaces that a host offers. Filled before components are linked, then shared by threads;
// outlives what was linked with it.
class Linker {
 public:
  Linker() = default;
  Linker(const Linker&) = delete;
  Linker& operator=(const Linker&) = delete;

  // Registers an interface, or goes on with one of that name. `host` finds the `Host` of a request
  // from `Call::state()`; it may be null if the interface has no functions. One that lies in
  // another as an instance is called `outer.inner`.
  template <class Host>
  InterfaceLinker<Host> interface(std::string_view name, Host& (*host)(void* state)) {
    return InterfaceLinker<Host>(add(name), host);
  }

  // The interface of exactly this name; else the highest of those whose version is compatible with
  // the one asked for (1.x, 0.2.x); else null.
  const HostInterface* find(std::string_view name) const;
  const std::deque<HostInterface>& interfaces() const { return interfaces_; }

 private:
  HostInterface& add(std::string_view name);

  std::deque<HostInterface> interfaces_;
  std::unordered_map<std::string_view, HostInterface*> by_name_;
  // By the name with its version cut to what compatible ones have in common.
  std::unordered_map<std::string, const HostInterface*> by_track_;
};

}  // namespace weir::component
