#include "wasi/p2/children.h"

namespace weir::wasi::p2 {

Parent::~Parent() {
  while (first_) first_->leave();
}

Child::Child(Parent* parent) : parent_(parent) {
  if (!parent_) return;
  next_ = parent_->first_;
  if (next_) next_->link_ = &next_;
  link_ = &parent_->first_;
  parent_->first_ = this;
}

void Child::leave() {
  if (!parent_) return;
  *link_ = next_;
  if (next_) next_->link_ = link_;
  parent_ = nullptr;
  next_ = nullptr;
  link_ = nullptr;
}

}  // namespace weir::wasi::p2
