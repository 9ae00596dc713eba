#pragma once

#include <cstdint>
#include <utility>

namespace weir::wasi {

// Counts the references to an object of one thread: no atomics. Derive, make with `make_ref`.
class RefCounted {
 public:
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;

 protected:
  RefCounted() = default;
  virtual ~RefCounted() = default;

 private:
  template <class T>
  friend class Ref;
  uint32_t references_ = 0;
};

// A counted reference; the object dies with its last one.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) : object_(object) {
    if (object_) ++counter()->references_;
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ && --counter()->references_ == 0) delete counter();
  }

  explicit operator bool() const { return object_ != nullptr; }
  T* get() const { return object_; }
  // Nobody else refers to the object, which is there.
  bool unique() const { return counter()->references_ == 1; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }

 private:
  RefCounted* counter() const { return object_; }
  T* object_ = nullptr;
};

template <class T, class... Args>
Ref<T> make_ref(Args&&... args) {
  return Ref<T>(new T(std::forward<Args>(args)...));
}

}  // namespace weir::wasi
