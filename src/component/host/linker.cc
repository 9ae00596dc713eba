#include "component/host/linker.h"

#include "component/names.h"
#include "wit/version.h"

namespace weir::component {
namespace {

std::string_view version_of(std::string_view name) {
  size_t at = name.rfind('@');
  return at == std::string_view::npos ? std::string_view() : name.substr(at + 1);
}

bool is_higher(std::string_view a, std::string_view b) {
  auto first = wit::parse_version(version_of(a));
  auto second = wit::parse_version(version_of(b));
  return first && (!second || wit::compare(*first, *second) > 0);
}

}  // namespace

HostResource::~HostResource() = default;

const HostFunction* HostInterface::function(std::string_view name) const {
  auto found = functions_by_name_.find(name);
  return found == functions_by_name_.end() ? nullptr : found->second;
}

const HostResourceType* HostInterface::resource(std::string_view name) const {
  auto found = resources_by_name_.find(name);
  return found == resources_by_name_.end() ? nullptr : found->second;
}

void HostInterface::add_function(std::string_view name, HostFunction::Invoke invoke,
                                 HostFunction::Describe describe, AnyFunction host) {
  add(name, invoke, nullptr, describe, host);
}

void HostInterface::add_async_function(std::string_view name, HostFunction::Begin begin,
                                       HostFunction::Describe describe, AnyFunction host) {
  add(name, nullptr, begin, describe, host);
}

void HostInterface::add(std::string_view name, HostFunction::Invoke invoke,
                        HostFunction::Begin begin, HostFunction::Describe describe,
                        AnyFunction host) {
  HostFunction& added =
      functions_.emplace_back(*this, std::string(name), invoke, begin, describe, host);
  functions_by_name_[added.name()] = &added;
}

void HostInterface::add_resource(std::string_view name, ResourceKey key) {
  HostResourceType& added = resources_.emplace_back(name_, std::string(name), key);
  resources_by_name_[added.name()] = &added;
}

HostInterface& Linker::add(std::string_view name) {
  auto found = by_name_.find(name);
  if (found != by_name_.end()) return *found->second;
  HostInterface& added = interfaces_.emplace_back(std::string(name));
  by_name_.emplace(added.name(), &added);
  if (std::string track = compatible_name(name); !track.empty()) {
    const HostInterface*& highest = by_track_[track];
    if (!highest || is_higher(name, highest->name())) highest = &added;
  }
  return added;
}

const HostInterface* Linker::find(std::string_view name) const {
  if (auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  std::string track = compatible_name(name);
  // A name such as `wasi:io/poll@0.2` is a track itself.
  auto found = by_track_.find(track.empty() ? std::string(name) : track);
  return found == by_track_.end() ? nullptr : found->second;
}

}  // namespace weir::component
