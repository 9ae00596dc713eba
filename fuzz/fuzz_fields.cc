// rooms: http
//
// Field values: lists, and what intermediaries read from and write into them. Each line of the
// input is a value.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/h1/syntax.h"
#include "http/proxy/forwarding.h"
#include "io/loop.h"

namespace {

using namespace weir;
using namespace weir::http;

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

class Peer final : public Exchange {
 public:
  explicit Peer(std::string_view address) : address_(address) {}
  io::Loop& loop() override { std::abort(); }
  std::string_view request_id() const override { return ""; }
  std::string_view peer_address() const override { return address_; }
  std::string_view local_address() const override { return ""; }
  bool secure() const override { return true; }
  std::optional<uint64_t> deadline() const override { return {}; }
  std::optional<CancelReason> cancelled() const override { return {}; }
  void on_cancel(Waiter&) override {}
  void inform(Informational) override {}
  Annotations& annotations() override { std::abort(); }
  Exchange& root() override { return *this; }
  bool accept_tunnel(std::unique_ptr<Tunnel>) override { return false; }

 private:
  std::string_view address_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Fields fields;
  Request request;
  while (!rest.empty()) {
    size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view value = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    if (!h1::is_field_value(value)) continue;
    size_t elements = 0;
    h1::for_each_element(value, [&](std::string_view element) {
      ++elements;
      check(!element.empty() && h1::trimmed(element) == element, "an element with space around it");
      check(element.find(',') == std::string_view::npos, "an element of two");
      check(element.data() >= value.data() &&
                element.data() + element.size() <= value.data() + value.size(),
            "an element from elsewhere");
    });
    check(elements <= value.size(), "elements out of nothing");
    fields.append("Via", value);
    request.fields.append("Max-Forwards", value);
    if (h1::is_authority(value)) request.authority = value;
  }
  proxy::add_via(fields, Protocol::http_1_1, "me");
  check(proxy::has_been_at(fields, "me"), "it does not know itself again");
  Peer peer("[2001:db8::1]:80");
  proxy::add_forwarded(request, peer);
  check(h1::is_field_value(request.fields.first("forwarded")), "Forwarded breaks the head");
  request.method = "OPTIONS";
  proxy::count_forwards(request);
  return 0;
}
