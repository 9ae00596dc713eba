#pragma once

namespace weir::component {

// A list of nodes that it does not own, in order. A node is in one list at a time and leaves it
// when it is destroyed; an element derives from `ChainNode<Tag>` once for each list that it can be
// in at the same time.
template <class Tag>
class ChainNode {
 public:
  ChainNode() = default;
  ChainNode(const ChainNode&) = delete;
  ChainNode& operator=(const ChainNode&) = delete;
  ~ChainNode() { unlink(); }

  bool linked() const { return next_ != nullptr; }
  // Harmless if it is in no list.
  void unlink() {
    if (!next_) return;
    prev_->next_ = next_;
    next_->prev_ = prev_;
    next_ = prev_ = nullptr;
  }

 private:
  template <class, class>
  friend class Chain;

  ChainNode* next_ = nullptr;
  ChainNode* prev_ = nullptr;
};

template <class T, class Tag>
class Chain {
 public:
  Chain() { head_.next_ = head_.prev_ = &head_; }
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;
  // Forgets what is in it.
  ~Chain() {
    while (pop()) {
    }
    head_.next_ = head_.prev_ = nullptr;
  }

  bool empty() const { return head_.next_ == &head_; }
  // Appends, after it has left the list it was in.
  void push(T& element) {
    ChainNode<Tag>& node = element;
    node.unlink();
    node.prev_ = head_.prev_;
    node.next_ = &head_;
    head_.prev_->next_ = &node;
    head_.prev_ = &node;
  }
  T* front() const { return empty() ? nullptr : of(head_.next_); }
  // Null after the last.
  T* next(T& element) const {
    ChainNode<Tag>* node = static_cast<ChainNode<Tag>&>(element).next_;
    return node == &head_ ? nullptr : of(node);
  }
  // Takes the first one out; null if there is none.
  T* pop() {
    T* first = front();
    if (first) static_cast<ChainNode<Tag>*>(first)->unlink();
    return first;
  }
  // Appends everything that is in `other`.
  void splice(Chain& other) {
    while (T* element = other.pop()) push(*element);
  }

 private:
  static T* of(ChainNode<Tag>* node) { return static_cast<T*>(node); }

  ChainNode<Tag> head_;
};

}  // namespace weir::component
