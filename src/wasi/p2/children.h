#pragma once

namespace weir::wasi::p2 {

class Child;

// A resource that others are made from and read through. When a request ends, resources die in any
// order: a parent that dies first tells its children.
class Parent {
 public:
  Parent() = default;
  Parent(const Parent&) = delete;
  Parent& operator=(const Parent&) = delete;
  virtual ~Parent();

  bool has_children() const { return first_ != nullptr; }

 private:
  friend class Child;
  Child* first_ = nullptr;
};

// A resource whose parent may not be dropped before it.
class Child {
 public:
  explicit Child(Parent* parent);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  virtual ~Child() { leave(); }

  // Null once it has died.
  Parent* parent() const { return parent_; }

 private:
  friend class Parent;
  void leave();

  Parent* parent_;
  Child* next_ = nullptr;
  Child** link_ = nullptr;
};

}  // namespace weir::wasi::p2
