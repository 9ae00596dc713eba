#include "component/deferral.h"

#include <vector>

#include "wasm/stubs.h"

namespace weir::component {
namespace {

class Deferral {
 public:
  Deferral(Plan& plan, const Decoded& component) : plan_(plan), decoded_(component) {}

  void run() {
    std::vector<bool> forwarded(plan_.core_instances.size());
    for (const Lowered& lowered : plan_.lowered) {
      const auto* call = std::get_if<ForwardCall>(&lowered.what);
      if (call) forwarded[source(call->target)->instance.index] = true;
    }
    for (uint32_t i = 0; i < forwarded.size(); ++i) {
      if (forwarded[i] && unnoticed(CoreInstanceId{i})) move(CoreInstanceId{i});
    }
  }

 private:
  const CoreExport* source(FuncSlot slot) const {
    return slot.valid() ? std::get_if<CoreExport>(&plan_.funcs[slot.index].from) : nullptr;
  }
  bool from(CoreInstanceId id, FuncSlot slot) const {
    const CoreExport* item = source(slot);
    return item && item->instance == id;
  }
  bool from(CoreInstanceId id, MemorySlot slot) const {
    return slot.valid() && plan_.memories[slot.index].from.instance == id;
  }
  bool uses(CoreInstanceId id, const CanonOptions& options) const {
    return from(id, options.memory) || from(id, options.realloc) || from(id, options.post_return) ||
           from(id, options.callback);
  }

  // Whether only forward calls and the instance's own imports have to do with it.
  bool unnoticed(CoreInstanceId id) const {
    const DecodedModule& module = decoded_.modules[plan_.core_instances[id.index].module.index];
    if (module.bytes.empty() || wasm::has_effects(module.module, module.bytes)) return false;
    for (const Lifted& lifted : plan_.lifted) {
      if (from(id, lifted.core) || uses(id, lifted.options)) return false;
    }
    for (const ResourceInfo& resource : plan_.resources) {
      if (from(id, resource.destructor)) return false;
    }
    for (const TableInfo& table : plan_.tables) {
      if (table.from.instance == id) return false;
    }
    // Lowered functions that need its memory or its realloc: only it may call them.
    std::vector<bool> own(plan_.lowered.size());
    for (size_t i = 0; i < own.size(); ++i) own[i] = uses(id, plan_.lowered[i].options);
    for (const FuncInfo& func : plan_.funcs) {
      const LoweredId* lowered = std::get_if<LoweredId>(&func.from);
      if (lowered && own[lowered->index]) return false;
    }
    for (const Step& step : plan_.steps) {
      if (const auto* start = std::get_if<StartStep>(&step)) {
        if (start->function.instance == id) return false;
      }
      const auto* instantiation = std::get_if<InstantiateStep>(&step);
      if (!instantiation || instantiation->instance == id) continue;
      for (const CoreItem& item : instantiation->imports) {
        const CoreExport* used = std::get_if<CoreExport>(&item);
        if (used ? used->instance == id : own[std::get<LoweredId>(item).index]) return false;
      }
    }
    return true;
  }

  void move(CoreInstanceId id) {
    DeferredId deferred{static_cast<uint32_t>(plan_.deferred.size())};
    DeferredSteps group;
    std::vector<Step> kept;
    for (Step& step : plan_.steps) {
      bool moved = false;
      if (const auto* instantiation = std::get_if<InstantiateStep>(&step)) {
        moved = instantiation->instance == id;
      } else if (const auto* memory = std::get_if<ExtractMemoryStep>(&step)) {
        moved = from(id, memory->slot);
      } else if (const auto* func = std::get_if<ExtractFuncStep>(&step)) {
        moved = from(id, func->slot);
        if (moved) plan_.funcs[func->slot.index].deferred = deferred;
      }
      (moved ? group.steps : kept).push_back(std::move(step));
    }
    plan_.steps = std::move(kept);
    plan_.deferred.push_back(std::move(group));
  }

  Plan& plan_;
  const Decoded& decoded_;
};

}  // namespace

void defer_adapters(Plan& plan, const Decoded& component) { Deferral(plan, component).run(); }

}  // namespace weir::component
