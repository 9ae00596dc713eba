#pragma once

#include "component/abi_context.h"
#include "component/types.h"

namespace weir::component {

class Instance;

// Values on their way from one component instance straight to another: lifted from the memory of
// the one and lowered to that of the other in one go, without a copy in between and without
// allocating. For two instances that can both be entered now, and are not the same one, in which
// the order in which handles are taken and given could be told. Failures are kept by the contexts.
class Passage {
 public:
  Passage(Instance& root, AbiContext& from, AbiContext& to);

  // Whether it can do it: values whose core values take little room.
  static bool fits(const Types& types, const FuncType& type);

  // The parameters of a call, as `Transfer` lifts and lowers them.
  void params(const FuncType& type, bool in_indirect, const Raw* in, bool out_indirect, Raw* out);
  // Its result. If `out_indirect`, to the memory at `address`.
  void result(ValType type, bool in_indirect, const Raw* in, bool out_indirect, uint32_t address,
              Raw* out);
  // One value from memory to memory.
  void move(ValType type, const uint8_t* in, uint8_t* out);

  bool ok() const { return from_.ok() && to_.ok(); }
  engine::Trap take_trap() { return from_.ok() ? to_.take_trap() : from_.take_trap(); }

 private:
  // Room for a value outside of memory.
  static constexpr uint64_t kImageSize = 256;

  void move_prim(Prim prim, const uint8_t* in, uint8_t* out);
  // What a list is made of, `move(count, from, to)`, between its place there and its place here.
  template <class Move>
  void move_list(const wit::Layout& element, const uint8_t* in, uint8_t* out, Move&& move);
  void move_sequence(ValType element, const uint8_t* in, uint8_t* out);
  void move_pairs(const Map& map, const uint8_t* in, uint8_t* out);
  void move_handle(ResourceId resource, bool own, const uint8_t* in, uint8_t* out);
  void move_channel(bool future, const std::optional<ValType>& element, const uint8_t* in,
                    uint8_t* out);
  void move_case(ValType type, const Shape& shape, const uint8_t* in, uint8_t* out);
  // Core values to what they would be in memory, and back; pointers and handles stay what they are.
  void spill(ValType type, const Raw*& flat, uint8_t* image);
  void load_flat(ValType type, const uint8_t* image, Raw*& flat);

  Instance& root_;
  const Types& types_;
  AbiContext& from_;
  AbiContext& to_;
};

}  // namespace weir::component
