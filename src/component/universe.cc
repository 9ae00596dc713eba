#include "component/universe.h"

namespace weir::component {

const char* name_of(ExternType::Kind kind) {
  switch (kind) {
    case ExternType::Kind::module:
      return "core module";
    case ExternType::Kind::func:
      return "function";
    case ExternType::Kind::value:
      return "value";
    case ExternType::Kind::type:
      return "type";
    case ExternType::Kind::component:
      return "component";
    case ExternType::Kind::instance:
      return "instance";
  }
  return "?";
}

const char* name_of(AnyType::Kind kind) {
  switch (kind) {
    case AnyType::Kind::value:
      return "value type";
    case AnyType::Kind::func:
      return "function type";
    case AnyType::Kind::instance:
      return "instance type";
    case AnyType::Kind::component:
      return "component type";
    case AnyType::Kind::resource:
      return "resource";
  }
  return "?";
}

bool Universe::mentions_resource(AnyType type) const {
  switch (type.kind) {
    case AnyType::Kind::value:
      return values.contents(type.value()).resource;
    case AnyType::Kind::func:
      return values.params_contents(type.func()).resource ||
             values.result_contents(type.func()).resource;
    case AnyType::Kind::instance:
      return instances[type.bits].resources;
    // A component type may mention resources of outside; that is rare enough to say yes always.
    case AnyType::Kind::component:
      return true;
    case AnyType::Kind::resource:
      return true;
  }
  return true;
}

bool Universe::mentions_resource(const ExternType& type) const {
  switch (type.kind) {
    case ExternType::Kind::module:
      return false;
    case ExternType::Kind::func:
      return mentions_resource(AnyType(type.func()));
    case ExternType::Kind::value:
      return true;
    case ExternType::Kind::type:
      return mentions_resource(type.type);
    case ExternType::Kind::component:
      return mentions_resource(AnyType(type.component()));
    case ExternType::Kind::instance:
      return mentions_resource(AnyType(type.instance()));
  }
  return true;
}

}  // namespace weir::component
