#include "wasi/p2/http/method.h"

#include <array>

#include "http/fields.h"
#include "wasi/http/field_rules.h"
#include "wasi/http/message_rules.h"

namespace weir::wasi::p2 {
namespace {

using http_types::Method;
using http_types::Scheme;

struct Named {
  std::string_view text;
  Method (*make)();
};
// In the order of the variant's cases.
constexpr std::array<Named, 9> kMethods = {{{"GET", Method::get},
                                            {"HEAD", Method::head},
                                            {"POST", Method::post},
                                            {"PUT", Method::put},
                                            {"DELETE", Method::delete_},
                                            {"CONNECT", Method::connect},
                                            {"OPTIONS", Method::options},
                                            {"TRACE", Method::trace},
                                            {"PATCH", Method::patch}}};
static_assert(kMethods.size() == static_cast<size_t>(Method::Tag::other));

}  // namespace

Method to_method(const std::string& text) {
  for (const Named& named : kMethods) {
    if (named.text == text) return named.make();
  }
  return Method::other(text);
}

std::optional<std::string> from_method(Method method) {
  size_t index = method.value.index();
  if (index < kMethods.size()) return std::string(kMethods[index].text);
  const std::string& text = method.get_other();
  if (!is_token(text)) return std::nullopt;
  return text;
}

Scheme to_scheme(const std::string& text) {
  if (http::same_name(text, "http")) return Scheme::http();
  if (http::same_name(text, "https")) return Scheme::https();
  return Scheme::other(text);
}

std::optional<std::string> from_scheme(Scheme scheme) {
  switch (scheme.tag()) {
    case Scheme::Tag::http:
      return "http";
    case Scheme::Tag::https:
      return "https";
    case Scheme::Tag::other:
      break;
  }
  const std::string& text = scheme.get_other();
  if (!is_scheme(text)) return std::nullopt;
  if (http::same_name(text, "http")) return "http";
  if (http::same_name(text, "https")) return "https";
  return text;
}

}  // namespace weir::wasi::p2
