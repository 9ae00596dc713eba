#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir::http {

// Why a message failed: the cases of `error-code` in `wasi:http/types`, in its
// order, so that one value travels from the wire to a guest and back. Copying
// is cheap.
class ErrorCode {
 public:
  enum class Kind : uint8_t {
    dns_timeout,
    dns_error,  // text: rcode, number: info-code
    destination_not_found,
    destination_unavailable,
    destination_ip_prohibited,
    destination_ip_unroutable,
    connection_refused,
    connection_terminated,
    connection_timeout,
    connection_read_timeout,
    connection_write_timeout,
    connection_limit_reached,
    tls_protocol_error,
    tls_certificate_error,
    tls_alert_received,  // text: alert-message, number: alert-id
    http_request_denied,
    http_request_length_required,
    http_request_body_size,  // number: bytes
    http_request_method_invalid,
    http_request_uri_invalid,
    http_request_uri_too_long,
    http_request_header_section_size,   // number: bytes
    http_request_header_size,           // text: field-name, number: field-size
    http_request_trailer_section_size,  // number: bytes
    http_request_trailer_size,          // text: field-name, number: field-size
    http_response_incomplete,
    http_response_header_section_size,   // number: bytes
    http_response_header_size,           // text: field-name, number: field-size
    http_response_body_size,             // number: bytes
    http_response_trailer_section_size,  // number: bytes
    http_response_trailer_size,          // text: field-name, number: field-size
    http_response_transfer_coding,       // text: coding
    http_response_content_coding,        // text: coding
    http_response_timeout,
    http_upgrade_failed,
    http_protocol_error,
    loop_detected,
    configuration_error,
    internal_error,  // text: what happened
  };

  ErrorCode(Kind kind) : kind_(kind) {}
  ErrorCode(Kind kind, std::optional<std::string> text,
            std::optional<uint64_t> number = std::nullopt)
      : kind_(kind), detail_(std::make_shared<Detail>(Detail{std::move(text), number})) {}
  ErrorCode(Kind kind, std::optional<uint64_t> number) : ErrorCode(kind, std::nullopt, number) {}

  Kind kind() const { return kind_; }
  // The payload's string, where the case has one and it is present.
  std::optional<std::string_view> text() const {
    if (!detail_ || !detail_->text) return std::nullopt;
    return *detail_->text;
  }
  // The payload's integer, where the case has one and it is present.
  std::optional<uint64_t> number() const { return detail_ ? detail_->number : std::nullopt; }

  // The case's name as the WIT spells it, such as "HTTP-request-denied".
  std::string_view name() const;
  // Name and payload for a log line.
  std::string describe() const;

  friend bool operator==(const ErrorCode& a, const ErrorCode& b) {
    return a.kind_ == b.kind_ && a.text() == b.text() && a.number() == b.number();
  }

 private:
  struct Detail {
    std::optional<std::string> text;
    std::optional<uint64_t> number;
  };
  Kind kind_;
  std::shared_ptr<const Detail> detail_;
};

// The status that a gateway answers for a failure (RFC 9209 section 2.3).
uint16_t recommended_status(const ErrorCode& code);

}  // namespace weir::http
