// What the host gives for the imports of the outermost component.
#include <functional>

#include "component/host/type_builder.h"
#include "component/inline.h"

namespace weir::component {

namespace {

class PlanTypeBuilder final : public TypeBuilder {
 public:
  using Find = std::function<ResourceId(ResourceKey)>;

  PlanTypeBuilder(Plan& plan, Find find)
      : TypeBuilder(plan.types), plan_(plan), find_(std::move(find)) {}
  ResourceId resource(ResourceKey key) override { return find_(key); }

 private:
  void learn(DescribeElement describe, std::optional<ValType> element) override {
    plan_.uses_async = true;
    for (const HostElement& known : plan_.host_elements) {
      if (known.describe == describe) return;
    }
    plan_.host_elements.push_back({describe, element});
  }

  Plan& plan_;
  Find find_;
};

}  // namespace

ResourceId Inliner::host_resource(ResourceKey key) {
  auto [found, added] = host_resources_.try_emplace(key, ResourceId{});
  if (!added) return found->second;
  ResourceInfo info;
  for (const HostInterface& interface : host_.interfaces()) {
    for (const HostResourceType& type : interface.resources()) {
      if (type.key() == key && !info.host) info.host = &type;
    }
  }
  if (!info.host) info.name = "a resource of the host";
  found->second = plan_.types.add_resource();
  plan_.resources.push_back(std::move(info));
  return found->second;
}

std::string Inliner::other_version(std::string_view name) const {
  std::string_view base = name.substr(0, name.find('@') + 1);
  for (const HostInterface& interface : host_.interfaces()) {
    if (!base.empty() && interface.name().starts_with(base)) return interface.name();
  }
  return {};
}

ResourceId Inliner::unknown_resource(std::string name) {
  ResourceInfo info;
  info.name = std::move(name);
  plan_.resources.push_back(std::move(info));
  return plan_.types.add_resource();
}

std::optional<Inliner::Value> Inliner::host_value(Frame& f, const ImportDefinition& d) {
  const std::string& name = d.implements.empty() ? d.name : d.implements;
  switch (d.type.kind) {
    case ExternType::Kind::instance:
      return host_instance(f, name, host_.find(name), d.type.instance());
    case ExternType::Kind::func:
      return host_function(f, "", host_.find(""), d.name, d.type.func());
    case ExternType::Kind::type: {
      if (d.type.type.kind != AnyType::Kind::resource) return TypeValue{};
      ResourceId abstract = decoded_.universe.values.canonical(d.type.type.resource());
      auto known = f.resources.find(abstract.index);
      if (known != f.resources.end()) return TypeValue{known->second};
      const HostInterface* root = host_.find("");
      const HostResourceType* resource = root ? root->resource(d.name) : nullptr;
      return TypeValue{resource ? host_resource(resource->key()) : unknown_resource(d.name)};
    }
    case ExternType::Kind::module:
    case ExternType::Kind::component:
    case ExternType::Kind::value:
      problem(std::string("it imports a ") + name_of(d.type.kind) + " as `" + d.name +
              "`; a host can only give interfaces and functions: compose it with a component that "
              "has it");
      return std::nullopt;
  }
  return std::nullopt;
}

Inliner::InstanceRef Inliner::host_instance(Frame& f, const std::string& name,
                                            const HostInterface* interface, InstanceTypeId type) {
  auto instance = std::make_shared<Instance>();
  // Copied, since nothing promises that the arena stays where it is.
  for (const ExternList::Item& item : decoded_.universe[type].exports) {
    ++work_;
    switch (item.type.kind) {
      case ExternType::Kind::func:
        instance->add(item.name, host_function(f, name, interface, item.name, item.type.func()));
        break;
      case ExternType::Kind::type: {
        if (!item.type.is_resource()) {
          instance->add(item.name, TypeValue{});
          break;
        }
        ResourceId abstract = decoded_.universe.values.canonical(item.type.type.resource());
        auto known = f.resources.find(abstract.index);
        ResourceId id;
        if (known != f.resources.end()) {
          id = known->second;
        } else {
          const HostResourceType* resource = interface ? interface->resource(item.name) : nullptr;
          id = resource ? host_resource(resource->key()) : unknown_resource(name + "." + item.name);
          // Its own functions are checked next.
          f.resources.emplace(abstract.index, id);
        }
        instance->add(item.name, TypeValue{id});
        break;
      }
      case ExternType::Kind::instance:
        instance->add(item.name,
                      host_instance(f, name + "." + item.name,
                                    interface ? host_.find(name + "." + item.name) : nullptr,
                                    item.type.instance()));
        break;
      default:
        problem("it imports a " + std::string(component::name_of(item.type.kind)) + " `" +
                item.name + "` of `" + name + "`, which no host interface has");
        break;
    }
  }
  return instance;
}

FuncRef Inliner::host_function(Frame& f, const std::string& interface_name,
                               const HostInterface* interface, const std::string& name,
                               FuncTypeId type) {
  std::string full = interface_name.empty() ? name : interface_name + "." + name;
  auto unknown = [&](const std::string& why) -> FuncRef {
    import_problems_ = true;
    if (!options_.unknown_imports_trap && !why.empty()) problem(why);
    plan_.unknown_imports.push_back(full);
    return UnknownFunction{static_cast<uint32_t>(plan_.unknown_imports.size() - 1)};
  };
  if (!interface) {
    if (interface_name.empty()) {
      return unknown("the import `" + name +
                     "` is missing: the host has no function of that name outside of interfaces");
    }
    // One line for an interface, with its functions.
    std::string& functions = missing_[interface_name];
    if (functions.size() < 300) {
      functions += (functions.empty() ? "`" : ", `") + name + "`";
    } else if (!functions.ends_with("...")) {
      functions += ", ...";
    }
    return unknown({});
  }
  const HostFunction* function = interface->function(name);
  if (!function) {
    return unknown("the import `" + full + "` is missing: the host's `" + interface->name() +
                   "` has no such function");
  }
  FuncTypeId wanted = convert(f, type);
  PlanTypeBuilder builder(plan_, [&](ResourceKey key) { return host_resource(key); });
  FuncTypeId offered = function->describe(builder);
  if (!plan_.types.equal(wanted, offered, false)) {
    return unknown("the import `" + full + "` does not match the host's `" + interface->name() +
                   "`: the component expects " + to_string(plan_.types, wanted) +
                   ", the host has " + to_string(plan_.types, offered));
  }
  return function;
}

}  // namespace weir::component
