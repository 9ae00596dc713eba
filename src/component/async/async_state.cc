#include "component/async/async_state.h"

#include "component/async/worker.h"

namespace weir::component {

AsyncState::AsyncState() = default;
AsyncState::~AsyncState() = default;

uint32_t AsyncState::add_thread(Thread& thread) {
  if (free_threads.empty()) {
    threads.push_back(&thread);
    thread.index = static_cast<uint32_t>(threads.size());
  } else {
    thread.index = free_threads.back();
    free_threads.pop_back();
    threads[thread.index - 1] = &thread;
  }
  return thread.index;
}

void AsyncState::remove_thread(Thread& thread) {
  if (thread.index == 0) return;
  threads[thread.index - 1] = nullptr;
  free_threads.push_back(thread.index);
  thread.index = 0;
}

Thread* AsyncState::find_thread(uint32_t index) const {
  return index == 0 || index > threads.size() ? nullptr : threads[index - 1];
}

}  // namespace weir::component
