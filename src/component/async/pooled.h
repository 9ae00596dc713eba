#pragma once

#include <cstddef>
#include <new>

namespace weir::component {

// Memory of one size for objects that come and go with every call: what was freed last is used
// next, on the thread that freed it.
template <size_t size>
class FreeList {
 public:
  static void* take() {
    FreeList& list = mine();
    if (!list.first_) return ::operator new(size);
    Node* node = list.first_;
    list.first_ = node->next;
    list.count_ -= 1;
    return node;
  }
  static void give(void* memory) {
    FreeList& list = mine();
    if (kKept == 0 || list.count_ >= kKept) {
      ::operator delete(memory);
      return;
    }
    list.first_ = new (memory) Node{list.first_};
    list.count_ += 1;
  }

 private:
  struct Node {
    Node* next;
  };
  static_assert(size >= sizeof(Node));
  // Sanitizers want to see each object come and go.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  static constexpr size_t kKept = 0;
#else
  static constexpr size_t kKept = 256;
#endif
#else
  static constexpr size_t kKept = 256;
#endif

  FreeList() = default;
  ~FreeList() {
    while (first_) {
      void* memory = first_;
      first_ = first_->next;
      ::operator delete(memory);
    }
    // Objects that outlive it, at the end of the thread, are freed at once.
    count_ = kKept;
  }
  static FreeList& mine() {
    static thread_local FreeList list;
    return list;
  }

  Node* first_ = nullptr;
  size_t count_ = 0;
};

// A base of classes whose objects are made by `new` again and again.
template <class T>
class Pooled {
 public:
  static void* operator new(size_t bytes) {
    return bytes == sizeof(T) ? FreeList<sizeof(T)>::take() : ::operator new(bytes);
  }
  static void operator delete(void* memory, size_t bytes) {
    if (bytes == sizeof(T)) {
      FreeList<sizeof(T)>::give(memory);
    } else {
      ::operator delete(memory);
    }
  }
};

// For `std::allocate_shared`.
template <class T>
struct PoolAllocator {
  using value_type = T;
  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) {}
  T* allocate(size_t) { return static_cast<T*>(FreeList<sizeof(T)>::take()); }
  void deallocate(T* memory, size_t) { FreeList<sizeof(T)>::give(memory); }
  friend bool operator==(const PoolAllocator&, const PoolAllocator&) { return true; }
};

}  // namespace weir::component
