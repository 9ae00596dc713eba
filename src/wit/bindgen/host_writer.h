#pragma once

#include <string>
#include <vector>

#include "wit/bindgen/host.h"
#include "wit/bindgen/host_types.h"
#include "wit/resolve.h"
#include "wit/writer.h"

namespace weir::wit {

// Writes the C++ of one interface: host_definitions.cc has its types and their traits,
// host_functions.cc the rest.
class HostWriter {
 public:
  HostWriter(const Resolve& resolve, InterfaceId id, const HostOptions& options);

  GeneratedFile header();
  GeneratedFile source();

 private:
  // A C++ function of the abstract class.
  struct Method {
    const Function* function;
    std::string name;
    std::string result;
    // Types and names, `call` not among them.
    std::vector<std::pair<std::string, std::string>> params;
  };

  void includes(Writer& out);
  void begin_namespace(Writer& out, const std::string& space);
  void end_namespace(Writer& out, const std::string& space);

  // host_definitions.cc
  void definition(Writer& out, TypeId id);
  void record(Writer& out, const std::string& name, const Record& record);
  void variant(Writer& out, const std::string& name, const Variant& variant);
  void enumeration(Writer& out, const std::string& name, const Enum& e);
  void flags(Writer& out, const std::string& name, const Flags& flags);
  void variant_factories(Writer& out);
  void traits(Writer& out);
  void trait(Writer& out, TypeId id);
  void layout_assertions(Writer& out);

  // host_functions.cc
  void find_methods();
  void host_class(Writer& out);
  void link(Writer& out);

  // A name that no earlier one in the same scope has.
  static std::string unique(std::string name, std::vector<std::string>& taken);
  std::vector<std::string> case_names(const Variant& variant) const;
  // Whether making or destroying a value needs the complete resource classes.
  bool holds_own(const Shape& shape) const;
  bool has_trait(TypeId id) const;

  const Resolve& resolve_;
  InterfaceId id_;
  const Interface& interface_;
  const HostOptions& options_;
  HostTypes types_;
  // `random_random`
  std::string name_;
  // `weir::wasi::p2::random_random`
  std::string space_;
  // `wasi/p2/`
  std::string folder_;
  std::vector<Method> methods_;
  bool has_resources_ = false;
};

}  // namespace weir::wit
