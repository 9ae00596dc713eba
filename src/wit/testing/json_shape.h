#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>

namespace weir::wit {

// Rewrites the JSON of a `Resolve` so that it says the same whatever the arena ids are: each id is
// replaced by what it stands for, or by a name. Two of them are equal if and only if the packages,
// interfaces, worlds and types are.
class JsonShape {
 public:
  using Json = nlohmann::ordered_json;

  explicit JsonShape(const Json& all) : all_(all) {}

  // By package name.
  std::map<std::string, Json> packages() {
    std::map<std::string, Json> result;
    for (const Json& package : all_["packages"]) {
      Json shape = package;
      for (auto& [name, id] : shape["interfaces"].items()) id = interface(id);
      for (auto& [name, id] : shape["worlds"].items()) id = world(id);
      result[package["name"]] = shape;
    }
    return result;
  }

 private:
  std::string package_name(const Json& item) {
    return all_["packages"][item["package"].get<size_t>()]["name"];
  }

  std::string interface_name(const Json& id) {
    const Json& found = all_["interfaces"][id.get<size_t>()];
    if (found["name"].is_null()) return "inline";
    return package_name(found) + "/" + found["name"].get<std::string>();
  }

  Json type(const Json& id) {
    if (!id.is_number()) return id;
    auto known = types_.find(id.get<size_t>());
    if (known != types_.end()) return known->second;
    Json shape = all_["types"][id.get<size_t>()];
    Json& owner = shape["owner"];
    if (owner.contains("interface")) {
      owner = interface_name(owner["interface"]);
    } else if (owner.contains("world")) {
      owner = "world " + all_["worlds"][owner["world"].get<size_t>()]["name"].get<std::string>();
    }
    shape["kind"] = kind(shape["kind"]);
    // Types hold types: a hash keeps the size of what is compared linear.
    Json digest = std::hash<std::string>()(shape.dump());
    if (!shape["name"].is_null()) digest = shape["name"].get<std::string>() + "#" + digest.dump();
    types_.emplace(id.get<size_t>(), digest);
    return digest;
  }

  // Replaces the ids in a type's kind: every number in it is one, but for the length of a list.
  Json kind(const Json& kind) {
    Json shape = kind;
    if (shape.is_object() && shape.contains("fixed-length-list")) {
      shape["fixed-length-list"][0] = type(shape["fixed-length-list"][0]);
    } else if (shape.is_object() || shape.is_array()) {
      for (Json& part : shape) part = this->kind(part);
    } else if (shape.is_number()) {
      shape = type(shape);
    }
    return shape;
  }

  Json function(const Json& f) {
    Json shape = f;
    shape["kind"] = kind(f["kind"]);
    for (Json& param : shape["params"]) param["type"] = type(param["type"]);
    if (f.contains("result")) shape["result"] = type(f["result"]);
    return shape;
  }

  Json interface(const Json& id) {
    Json shape = all_["interfaces"][id.get<size_t>()];
    shape["package"] = package_name(shape);
    for (Json& t : shape["types"]) t = type(t);
    for (Json& f : shape["functions"]) f = function(f);
    return shape;
  }

  Json items(const Json& items) {
    Json shape = Json::array();
    for (const auto& [key, item] : items.items()) {
      bool is_interface = key.starts_with("interface-");
      Json made = item;
      if (item.contains("function")) made["function"] = function(item["function"]);
      if (item.contains("type")) made["type"] = type(item["type"]);
      if (item.contains("interface")) {
        made["interface"]["id"] = interface(item["interface"]["id"]);
      }
      shape.push_back({is_interface ? "" : key, made});
    }
    return shape;
  }

  Json world(const Json& id) {
    Json shape = all_["worlds"][id.get<size_t>()];
    shape["package"] = package_name(shape);
    shape["imports"] = items(shape["imports"]);
    shape["exports"] = items(shape["exports"]);
    return shape;
  }

  const Json& all_;
  std::unordered_map<size_t, Json> types_;
};

}  // namespace weir::wit
