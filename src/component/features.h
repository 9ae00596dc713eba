#pragma once

namespace weir::component {

// Gated parts of the Component Model that a decoder accepts (Explainer.md, "Gated Features").
struct Features {
  // Async functions, streams, futures and their built-ins.
  bool async = true;
  bool map = true;
  // `implements` and `external-id` on names.
  bool attributes = true;
  // Versions such as `@0.3`, with a version suffix.
  bool canonical_names = true;
  // Synchronous stream and future reads and writes, asynchronous cancels.
  bool more_async_builtins = false;
  // Asynchronous lifts without a callback.
  bool stackful = false;
  // Cooperative threads.
  bool threads = false;
  bool fixed_lists = false;
  bool error_context = false;
  // Getters and setters: `[get]` and `[set]` in names.
  bool accessors = false;
};

}  // namespace weir::component
