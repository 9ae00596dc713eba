#pragma once

#include <optional>
#include <string>

#include "component/host/resource.h"
#include "http/error_code.h"
#include "wasi/p2/io_error.h"

namespace weir::wasi::p2 {

namespace io_error {

// wasi:io/error.error: why a stream failed, with the HTTP code where HTTP failed.
class Error final : public component::HostResource {
 public:
  explicit Error(std::string text) : text_(std::move(text)) {}
  explicit Error(http::ErrorCode code) : text_(code.describe()), code_(std::move(code)) {}

  const std::string& text() const { return text_; }
  const std::optional<http::ErrorCode>& http_code() const { return code_; }

 private:
  std::string text_;
  std::optional<http::ErrorCode> code_;
};

}  // namespace io_error

// wasi:io/error.
class ErrorHost final : public io_error::Host {
 public:
  component::OrTrap<std::string> error_to_debug_string(component::Call&,
                                                       io_error::Error& self) override {
    return self.text();
  }
};

}  // namespace weir::wasi::p2
