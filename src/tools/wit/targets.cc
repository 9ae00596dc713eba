#include "tools/wit/targets.h"

#include <algorithm>

#include "component/decode.h"
#include "component/names.h"
#include "component/subtype.h"
#include "tools/wit/features.h"
#include "wasm/writer.h"
#include "wit/binary/decode.h"
#include "wit/binary/encode.h"
#include "wit/print.h"

namespace weir::tools {
namespace {

using component::ExternList;
using component::ExternType;
using component::Matcher;
using component::Substitution;
using component::Universe;

// A component that holds both: the world as a type, in its metadata's form, and the component. So
// their types are in one universe and can be compared.
std::vector<uint8_t> both(const std::vector<uint8_t>& world, std::span<const uint8_t> component) {
  wasm::Writer out;
  out.bytes({world.data(), 8});
  out.section(4, world);
  out.section(4, component);
  return out.take();
}

// The instance, function or type of a name in WIT terms, for messages.
struct WitSide {
  const wit::Resolve& resolve;
  wit::WorldId world;
  const char* name;

  const wit::WorldItem* item(bool import, const std::string& name) const {
    const wit::World& w = resolve[world];
    for (const auto& [key, item] : import ? w.imports : w.exports) {
      if (resolve.name_of(key) == name) return &item;
    }
    return nullptr;
  }
};

std::string signature(const wit::TypeTable& types, const wit::Function& function) {
  std::string text = function.async ? "async func(" : "func(";
  for (size_t i = 0; i < function.params.size(); ++i) {
    const wit::Param& param = function.params[i];
    if (i > 0) text += ", ";
    text += param.name + ": " + wit::print_type(types, param.type);
  }
  text += ")";
  if (function.result) text += " -> " + wit::print_type(types, *function.result);
  return text;
}

// `get` of `[method]fields.get`, with its resource: "the method `get` of `fields`".
std::string describe(std::string_view name, const ExternType& type) {
  std::string quoted = "`" + std::string(name) + "`";
  if (type.kind == ExternType::Kind::func) {
    auto parsed = component::parse_extern_name(name);
    if (!parsed) return "the function " + quoted;
    std::string first = "`" + std::string(parsed->first) + "`";
    std::string second = "`" + std::string(parsed->second) + "`";
    switch (parsed->kind) {
      case component::ExternName::Kind::constructor:
        return "the constructor of " + first;
      case component::ExternName::Kind::method:
        return "the method " + second + " of " + first;
      case component::ExternName::Kind::static_method:
        return "the static function " + second + " of " + first;
      default:
        return "the function " + quoted;
    }
  }
  if (type.is_resource()) return "the resource " + quoted;
  if (type.kind == ExternType::Kind::type) return "the type " + quoted;
  if (type.kind == ExternType::Kind::instance) return "the interface " + quoted;
  return std::string("the ") + component::name_of(type.kind) + " " + quoted;
}

// What `Matcher::why` says, as the two sides that a person thinks of.
std::vector<std::string> sides(bool import, const std::string& why) {
  constexpr std::string_view kExpected = "expected the type ";
  constexpr std::string_view kFound = ", found ";
  size_t at = why.find(kFound);
  if (!why.starts_with(kExpected) || at == std::string::npos) return {why};
  std::string wanted = why.substr(kExpected.size(), at - kExpected.size());
  std::string offered = why.substr(at + kFound.size());
  return {"the component: " + (import ? wanted : offered),
          "the world:     " + (import ? offered : wanted)};
}

class Comparison {
 public:
  Comparison(Universe& universe, WitSide component, WitSide world)
      : u_(universe), component_(component), world_(world) {}

  std::vector<Difference> run(component::ComponentTypeId component,
                              component::ComponentTypeId world);

 private:
  // The item of this name, or of the same interface in a compatible version.
  static const ExternList::Item* look_up(const ExternList& list, const std::string& name);
  // The version of the interface that `list` does have; empty if it has none.
  static std::string other_version(const ExternList& list, const std::string& name);

  // `offered` is to stand where `wanted` is expected. `import` says that the component wants.
  void compare(bool import, const ExternList::Item& offered, const ExternList::Item& wanted,
               Substitution& substitution, const std::vector<component::ResourceId>& introduced);
  void mismatch(bool import, const std::string& offered_in, const std::string& wanted_in,
                const std::string& name, const ExternType& type, const std::string& why);
  const wit::Function* function(const WitSide& side, bool import, const std::string& item,
                                const std::string& name) const;

  Universe& u_;
  WitSide component_;
  WitSide world_;
  std::vector<Difference> differences_;
};

const ExternList::Item* Comparison::look_up(const ExternList& list, const std::string& name) {
  std::string track = component::compatible_name(name);
  const ExternList::Item* close = nullptr;
  for (const ExternList::Item& item : list) {
    if (item.name == name) return &item;
    if (!track.empty() && component::compatible_name(item.name) == track) close = &item;
  }
  return close;
}

std::string Comparison::other_version(const ExternList& list, const std::string& name) {
  auto base = [](const std::string& full) { return full.substr(0, full.find('@')); };
  if (!component::is_interface_name(name)) return "";
  for (const ExternList::Item& item : list) {
    if (base(item.name) == base(name)) return item.name;
  }
  return "";
}

const wit::Function* Comparison::function(const WitSide& side, bool import, const std::string& item,
                                          const std::string& name) const {
  const wit::WorldItem* found = side.item(import, item);
  if (!found) return nullptr;
  if (const auto* direct = std::get_if<wit::Function>(found)) return direct;
  const auto* interface = std::get_if<wit::WorldInterface>(found);
  return interface ? side.resolve[interface->id].functions.find(name) : nullptr;
}

void Comparison::mismatch(bool import, const std::string& offered_in, const std::string& wanted_in,
                          const std::string& name, const ExternType& type, const std::string& why) {
  const WitSide& offers = import ? world_ : component_;
  const WitSide& wants = import ? component_ : world_;
  bool inside = name != wanted_in;
  Difference difference;
  difference.what = std::string(import ? "it imports " : "the world exports ") +
                    describe(name, type) + (inside ? " of `" + wanted_in + "`" : "") +
                    " with another type than the " + offers.name + " has";
  const wit::Function* offered = function(offers, import, offered_in, name);
  const wit::Function* wanted = function(wants, import, wanted_in, name);
  std::string here = wanted ? signature(wants.resolve.types, *wanted) : "";
  std::string there = offered ? signature(offers.resolve.types, *offered) : "";
  if (here != there && !here.empty() && !there.empty()) {
    const std::string& of_component = import ? here : there;
    const std::string& of_world = import ? there : here;
    difference.details = {"the component: " + of_component, "the world:     " + of_world};
  } else {
    difference.details = sides(import, why);
  }
  differences_.push_back(std::move(difference));
}

void Comparison::compare(bool import, const ExternList::Item& offered,
                         const ExternList::Item& wanted, Substitution& substitution,
                         const std::vector<component::ResourceId>& introduced) {
  auto match = [&](const ExternType& actual, const ExternType& expected, std::string& why) {
    Matcher matcher(u_, substitution);
    matcher.introduce(introduced);
    bool fits = matcher.match(actual, expected);
    why = matcher.why();
    return fits;
  };
  std::string why;
  bool instances = offered.type.kind == ExternType::Kind::instance &&
                   wanted.type.kind == ExternType::Kind::instance;
  if (!instances) {
    if (match(offered.type, wanted.type, why)) return;
    mismatch(import, offered.name, wanted.name, wanted.name, wanted.type, why);
    return;
  }
  // By index: the arena moves when a substitution adds to it.
  size_t count = u_[wanted.type.instance()].exports.size();
  for (size_t i = 0; i < count; ++i) {
    ExternList::Item item = u_[wanted.type.instance()].exports[i];
    const ExternType* found = u_[offered.type.instance()].exports.find(item.name);
    if (!found) {
      differences_.push_back({import ? "it imports " + describe(item.name, item.type) + " of `" +
                                           wanted.name + "`, which the world does not have"
                                     : "it does not export " + describe(item.name, item.type) +
                                           " of `" + wanted.name + "`, which the world asks for",
                              {}});
    } else if (!match(ExternType(*found), item.type, why)) {
      mismatch(import, offered.name, wanted.name, item.name, item.type, why);
    }
  }
}

std::vector<Difference> Comparison::run(component::ComponentTypeId component,
                                        component::ComponentTypeId world) {
  // The world's imports stand for what the component imports …
  Substitution imports(u_);
  std::vector<component::ResourceId> introduced = u_[component].imported;
  for (size_t i = 0; i < u_[component].imports.size(); ++i) {
    ExternList::Item wanted = u_[component].imports[i];
    const ExternList::Item* found = look_up(u_[world].imports, wanted.name);
    if (!found) {
      Difference difference{
          "it imports " + describe(wanted.name, wanted.type) + ", which the world does not have",
          {}};
      std::string other = other_version(u_[world].imports, wanted.name);
      if (!other.empty()) difference.details.push_back("the world has `" + other + "`");
      differences_.push_back(std::move(difference));
      continue;
    }
    ExternList::Item offered = *found;
    compare(true, offered, wanted, imports, introduced);
  }
  // … and what the component exports, in terms of these, for the world's exports.
  Substitution exports(u_);
  introduced = u_[world].defined;
  for (size_t i = 0; i < u_[world].exports.size(); ++i) {
    ExternList::Item wanted = u_[world].exports[i];
    const ExternList::Item* found = look_up(u_[component].exports, wanted.name);
    if (!found) {
      Difference difference{
          "it does not export " + describe(wanted.name, wanted.type) + ", which the world asks for",
          {}};
      std::string other = other_version(u_[component].exports, wanted.name);
      if (!other.empty()) difference.details.push_back("it exports `" + other + "`");
      differences_.push_back(std::move(difference));
      continue;
    }
    ExternList::Item offered{found->name, imports.apply(ExternType(found->type))};
    compare(false, offered, wanted, exports, introduced);
  }
  return std::move(differences_);
}

}  // namespace

Result<std::vector<Difference>> compare_with_world(std::span<const uint8_t> bytes,
                                                   const wit::Resolve& resolve,
                                                   wit::WorldId world) {
  auto decoded = WEIR_TRY(
      component::decode(both(wit::encode_world(resolve, world), bytes), features_of_tools()));
  auto own = WEIR_TRY(wit::decode_wit(bytes));
  if (!own.world.valid()) return Err("this is a WIT package, not a component");
  // The definitions of the outermost component are the two that it holds.
  Universe& u = decoded.universe;
  std::vector<component::ComponentTypeId> held;
  for (const component::Definition& definition : decoded.root().definitions) {
    if (const auto* nested = std::get_if<component::ComponentDefinition>(&definition)) {
      held.push_back(decoded.components[nested->component].type);
    }
  }
  // The metadata exports a type that exports the world's type.
  component::ComponentTypeId wrapper = u[held.at(0)].exports[0].type.type.component();
  component::ComponentTypeId wanted = u[wrapper].exports[0].type.component();
  return Comparison(u, {own.resolve, own.world, "component"}, {resolve, world, "world"})
      .run(held.at(1), wanted);
}

}  // namespace weir::tools
