#pragma once

#include <cstdint>

namespace weir {

// Work that an `Executor` can run later. An intrusive node: posting allocates
// nothing, and destroying a posted node takes it out of its queue, so a node
// may die at any time.
class Runnable {
 public:
  Runnable() = default;
  Runnable(const Runnable&) = delete;
  Runnable& operator=(const Runnable&) = delete;
  virtual ~Runnable() { unlink(); }

  // Runs on the executor's thread, already unlinked, so it may post itself
  // again or be destroyed.
  virtual void run() = 0;

  bool linked() const { return next_ != nullptr; }

  // Takes the node out of the queue or list it is in. Harmless when it is in
  // none.
  void unlink() {
    if (!next_) return;
    prev_->next_ = next_;
    next_->prev_ = prev_;
    next_ = prev_ = nullptr;
  }

 private:
  friend class RunQueue;
  struct Sentinel {};
  explicit Runnable(Sentinel) : next_(this), prev_(this) {}

  Runnable* next_ = nullptr;
  Runnable* prev_ = nullptr;
};

// A first-in-first-out list of nodes that it does not own. Destroying it
// unlinks them.
class RunQueue {
 public:
  RunQueue() = default;
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;
  ~RunQueue() {
    while (pop()) {
    }
  }

  bool empty() const { return head_.next_ == &head_; }

  // Appends `node`; takes it out of the queue it was in before.
  void push(Runnable& node) {
    node.unlink();
    node.prev_ = head_.prev_;
    node.next_ = &head_;
    head_.prev_->next_ = &node;
    head_.prev_ = &node;
  }

  // Removes and returns the first node, or null.
  Runnable* pop() {
    if (empty()) return nullptr;
    Runnable* first = head_.next_;
    first->unlink();
    return first;
  }

  // Moves everything in `other` to the end of this queue.
  void splice(RunQueue& other) {
    while (Runnable* node = other.pop()) push(*node);
  }

 private:
  struct Head : Runnable {
    Head() : Runnable(Sentinel{}) {}
    ~Head() override { next_ = prev_ = nullptr; }
    void run() override {}
  };
  Head head_;
};

// Where work is run later, on one thread. `io::Loop` is one; tests bring one
// that shuffles.
class Executor {
 public:
  virtual ~Executor() = default;

  // Runs `work` soon, after the current turn. Only from the executor's own
  // thread. Posting a node that is already posted keeps its place.
  virtual void post(Runnable& work) = 0;

  // Nanoseconds on the monotonic clock, as of the start of the current turn.
  virtual uint64_t now() const = 0;
};

// Somebody who waits for one event. A producer keeps its waiters in a
// `WaitList` and wakes them; waking only posts the waiter to its executor, so a
// producer never runs its consumer's code.
class Waiter : public Runnable {
 public:
  explicit Waiter(Executor& executor) : executor_(&executor) {}

  // Leaves the list it waits in and posts itself. Idempotent until it runs.
  void wake() {
    if (posted_) return;
    unlink();
    posted_ = true;
    executor_->post(*this);
  }

  // True between `wake` and the turn in which it fires.
  bool posted() const { return posted_; }

  // Leaves its list or the executor's queue: it will not fire.
  void cancel() {
    unlink();
    posted_ = false;
  }

  // What to do when woken. The waiter is in no list then.
  virtual void fire() = 0;

  void run() final {
    posted_ = false;
    fire();
  }

  Executor& executor() const { return *executor_; }

 private:
  Executor* executor_;
  bool posted_ = false;
};

// The waiters of one event. Owned by the producer; a destroyed list forgets its
// waiters silently, so a producer that ends calls `wake_all` first.
class WaitList {
 public:
  bool empty() const { return queue_.empty(); }

  // Adds `waiter`, which leaves the list it was in. A waiter that is posted
  // already stays posted.
  void add(Waiter& waiter) {
    if (!waiter.posted()) queue_.push(waiter);
  }

  // Wakes whoever has waited longest.
  void wake_first() {
    if (Runnable* node = queue_.pop()) static_cast<Waiter*>(node)->wake();
  }
  void wake_all() {
    while (Runnable* node = queue_.pop()) static_cast<Waiter*>(node)->wake();
  }

 private:
  RunQueue queue_;
};

}  // namespace weir
