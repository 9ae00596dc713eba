#include "wasi/p2/http/error_codes.h"

#include <algorithm>
#include <array>
#include <limits>

namespace weir::wasi::p2 {
namespace {

using Value = http_types::ErrorCode::Value;
constexpr size_t kCases = std::variant_size_v<Value>;
static_assert(kCases == static_cast<size_t>(http::ErrorCode::Kind::internal_error) + 1);
static_assert(static_cast<uint32_t>(http_types::ErrorCode::Tag::tls_alert_received) ==
              static_cast<uint32_t>(http::ErrorCode::Kind::tls_alert_received));
static_assert(static_cast<uint32_t>(http_types::ErrorCode::Tag::http_response_content_coding) ==
              static_cast<uint32_t>(http::ErrorCode::Kind::http_response_content_coding));

std::optional<std::string> text_of(const http::ErrorCode& code) {
  if (!code.text()) return std::nullopt;
  return std::string(*code.text());
}

template <class T>
std::optional<T> number_of(const http::ErrorCode& code) {
  if (!code.number()) return std::nullopt;
  return static_cast<T>(std::min<uint64_t>(*code.number(), std::numeric_limits<T>::max()));
}

// The payload of a case from what the host's code carries.
template <class T>
struct Payload;
template <>
struct Payload<Unit> {
  static Unit of(const http::ErrorCode&) { return {}; }
};
template <>
struct Payload<http_types::DnsErrorPayload> {
  static http_types::DnsErrorPayload of(const http::ErrorCode& code) {
    return {text_of(code), number_of<uint16_t>(code)};
  }
};
template <>
struct Payload<http_types::TlsAlertReceivedPayload> {
  static http_types::TlsAlertReceivedPayload of(const http::ErrorCode& code) {
    return {number_of<uint8_t>(code), text_of(code)};
  }
};
template <>
struct Payload<http_types::FieldSizePayload> {
  static http_types::FieldSizePayload of(const http::ErrorCode& code) {
    return {text_of(code), number_of<uint32_t>(code)};
  }
};
template <>
struct Payload<std::optional<http_types::FieldSizePayload>> {
  static std::optional<http_types::FieldSizePayload> of(const http::ErrorCode& code) {
    if (!code.text() && !code.number()) return std::nullopt;
    return Payload<http_types::FieldSizePayload>::of(code);
  }
};
template <>
struct Payload<std::optional<uint64_t>> {
  static std::optional<uint64_t> of(const http::ErrorCode& code) { return code.number(); }
};
template <>
struct Payload<std::optional<uint32_t>> {
  static std::optional<uint32_t> of(const http::ErrorCode& code) {
    return number_of<uint32_t>(code);
  }
};
template <>
struct Payload<std::optional<std::string>> {
  static std::optional<std::string> of(const http::ErrorCode& code) { return text_of(code); }
};

template <size_t I>
http_types::ErrorCode make_case(const http::ErrorCode& code) {
  using T = std::variant_alternative_t<I, Value>;
  return {Value(std::in_place_index<I>, Payload<T>::of(code))};
}

template <size_t... I>
constexpr auto make_table(std::index_sequence<I...>) {
  return std::array<http_types::ErrorCode (*)(const http::ErrorCode&), sizeof...(I)>{
      &make_case<I>...};
}
constexpr auto kMake = make_table(std::make_index_sequence<kCases>());

struct Reader {
  http::ErrorCode::Kind kind;

  http::ErrorCode operator()(Unit) const { return kind; }
  http::ErrorCode operator()(const http_types::DnsErrorPayload& p) const {
    return make(p.rcode, p.info_code);
  }
  http::ErrorCode operator()(const http_types::TlsAlertReceivedPayload& p) const {
    return make(p.alert_message, p.alert_id);
  }
  http::ErrorCode operator()(const http_types::FieldSizePayload& p) const {
    return make(p.field_name, p.field_size);
  }
  http::ErrorCode operator()(const std::optional<http_types::FieldSizePayload>& p) const {
    return p ? (*this)(*p) : http::ErrorCode(kind);
  }
  http::ErrorCode operator()(const std::optional<uint64_t>& p) const { return make({}, p); }
  http::ErrorCode operator()(const std::optional<uint32_t>& p) const { return make({}, p); }
  http::ErrorCode operator()(const std::optional<std::string>& p) const {
    return make(p, std::optional<uint64_t>());
  }

 private:
  template <class T>
  http::ErrorCode make(const std::optional<std::string>& text,
                       const std::optional<T>& number) const {
    if (!text && !number) return kind;
    std::optional<uint64_t> wide;
    if (number) wide = *number;
    return http::ErrorCode(kind, text, wide);
  }
};

}  // namespace

http_types::ErrorCode to_wasi(const http::ErrorCode& code) {
  return kMake[static_cast<size_t>(code.kind())](code);
}

http::ErrorCode from_wasi(const http_types::ErrorCode& code) {
  return std::visit(Reader{static_cast<http::ErrorCode::Kind>(code.value.index())}, code.value);
}

}  // namespace weir::wasi::p2
