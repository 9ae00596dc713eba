#pragma once

#include <cstdint>

namespace weir::component {

// What a handle table holds beside resources. The table owns it.
class TableItem {
 public:
  enum class Kind : uint8_t {
    waitable_set,
    subtask,
    readable_stream,
    writable_stream,
    readable_future,
    writable_future,
  };

  explicit TableItem(Kind kind) : kind_(kind) {}
  TableItem(const TableItem&) = delete;
  TableItem& operator=(const TableItem&) = delete;
  virtual ~TableItem();

  Kind kind() const { return kind_; }
  bool is_waitable() const { return kind_ != Kind::waitable_set; }

 private:
  Kind kind_;
};

}  // namespace weir::component
