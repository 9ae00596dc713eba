#include "wasi/p2/http/outgoing_handler.h"

#include <gtest/gtest.h>

#include "wasi/p2/resources.h"
#include "wasi/testing/fake_guest.h"

namespace weir::wasi::p2 {
namespace {

using namespace http_types;  // NOLINT: the names of the interface under test
using testing::FakeBody;
using testing::FakeGuest;
using testing::read_all;
using Kind = http::ErrorCode::Kind;
using Answer = Result<http::Response, http::ErrorCode>;

// A server elsewhere that answers when the test says so.
class Upstream final : public http::Handler {
 public:
  io::Task<Answer> handle(http::Request request, http::Exchange& exchange) override {
    ++started;
    this->exchange = &exchange;
    got = std::move(request);
    struct Alive {
      explicit Alive(int& count) : count(count) { ++count; }
      ~Alive() { --count; }
      int& count;
    } alive(running);
    co_await *this;
    co_return std::move(*answer);
  }

  bool await_ready() const { return answer.has_value(); }
  void await_suspend(std::coroutine_handle<> handle) { waiting = handle; }
  void await_resume() {}

  void respond(Answer value) {
    answer.emplace(std::move(value));
    if (waiting) std::exchange(waiting, nullptr).resume();
  }

  int started = 0, running = 0;
  std::optional<http::Request> got;
  http::Exchange* exchange = nullptr;
  std::optional<Answer> answer;
  std::coroutine_handle<> waiting;
};

struct OutgoingHandler : ::testing::Test {
  FakeGuest guest;
  component::Call& call = guest.call;
  Upstream upstream;
  Guest sender{Context{guest.loop, guest.loop, guest.random, guest.grants, nullptr, nullptr,
                       &upstream, &guest.exchange}};
  HttpTypesHost& types = sender.p2.http_types;

  std::unique_ptr<OutgoingRequest> request(
      std::vector<std::pair<std::string, std::string>> headers = {}) {
    auto fields = *types.make_fields(call);
    for (auto& [name, value] : headers) {
      EXPECT_TRUE(types.fields_append(call, *fields, name, as_bytes(value))->ok());
    }
    auto made = *types.make_outgoing_request(call, std::move(fields));
    EXPECT_TRUE(types.outgoing_request_set_authority(call, *made, "example.com:8080")->ok());
    EXPECT_TRUE(types.outgoing_request_set_scheme(call, *made, Scheme::http())->ok());
    return made;
  }
  Result<std::unique_ptr<FutureIncomingResponse>, ErrorCode> send(
      std::unique_ptr<OutgoingRequest> request,
      std::optional<std::unique_ptr<RequestOptions>> options = std::nullopt) {
    return std::move(
        *sender.p2.outgoing_handler.handle(call, std::move(request), std::move(options)));
  }
  static http::Response response(uint16_t status, std::string_view text) {
    http::Response response;
    response.status = status;
    response.fields.append("Connection", "close");
    response.fields.append("X-Kept", "1");
    response.body = http::bytes_body(Bytes::copy(text));
    return response;
  }
};

TEST_F(OutgoingHandler, SendsWhatTheGuestBuilt) {
  auto made = request({{"X-Case", "Kept"}, {"x", "1"}});
  EXPECT_TRUE(types.outgoing_request_set_method(call, *made, Method::other("PURGE"))->ok());
  EXPECT_TRUE(types.outgoing_request_set_path_with_query(call, *made, "/%2F?a=1&a=1")->ok());
  auto future = send(std::move(made));
  ASSERT_TRUE(future.ok());
  ASSERT_TRUE(upstream.got);
  EXPECT_EQ(upstream.got->method, "PURGE");
  EXPECT_EQ(upstream.got->scheme, "http");
  EXPECT_EQ(upstream.got->authority, "example.com:8080");
  EXPECT_EQ(upstream.got->target, "/%2F?a=1&a=1");
  EXPECT_EQ(upstream.got->fields[0].name, "X-Case");
  EXPECT_EQ(read_all(*upstream.got->body), "|");
  EXPECT_EQ(upstream.exchange->request_id(), "id-1");
  EXPECT_EQ(&upstream.exchange->root(), &guest.exchange);
}

TEST_F(OutgoingHandler, DefaultsToHttpsAndTheRootPathAndHidesUserinfo) {
  auto made = *types.make_outgoing_request(call, *types.make_fields(call));
  EXPECT_TRUE(types.outgoing_request_set_authority(call, *made, "user:pw@example.com")->ok());
  auto future = send(std::move(made));
  ASSERT_TRUE(future.ok());
  EXPECT_EQ(upstream.got->scheme, "https");
  EXPECT_EQ(upstream.got->authority, "example.com");
  EXPECT_EQ(upstream.got->target, "/");
}

TEST_F(OutgoingHandler, PassesTimeoutsOn) {
  auto options = *types.make_request_options(call);
  EXPECT_TRUE(types.request_options_set_connect_timeout(call, *options, 1)->ok());
  EXPECT_TRUE(types.request_options_set_first_byte_timeout(call, *options, 0)->ok());
  auto future = send(request(), std::move(options));
  ASSERT_TRUE(future.ok());
  EXPECT_EQ(upstream.got->options.connect_timeout_ns, 1u);
  EXPECT_EQ(upstream.got->options.first_byte_timeout_ns, 0u);
  EXPECT_FALSE(upstream.got->options.between_bytes_timeout_ns);
}

TEST_F(OutgoingHandler, RefusesAtOnceWhatCannotBeSent) {
  auto refusal = [&](auto change) {
    auto made = request();
    change(*made);
    auto future = send(std::move(made));
    EXPECT_FALSE(future.ok());
    return future.ok() ? ErrorCode::loop_detected() : future.error();
  };
  EXPECT_EQ(refusal([&](auto& r) {
              (void)types.outgoing_request_set_scheme(call, r, Scheme::other("WS"));
            }),
            ErrorCode::http_protocol_error());
  EXPECT_EQ(
      refusal([&](auto& r) { (void)types.outgoing_request_set_authority(call, r, std::nullopt); }),
      ErrorCode::http_request_uri_invalid());
  EXPECT_EQ(refusal([&](auto& r) {
              (void)types.outgoing_request_set_path_with_query(call, r, "http://other.host/");
            }),
            ErrorCode::http_request_uri_invalid());
  EXPECT_EQ(refusal([&](auto& r) {
              (void)types.outgoing_request_set_method(call, r, Method::connect());
            }),
            ErrorCode::http_protocol_error());
  EXPECT_EQ(upstream.started, 0);
}

TEST_F(OutgoingHandler, RefusesALengthWithoutABody) {
  auto future = send(request({{"content-length", "5"}}));
  ASSERT_FALSE(future.ok());
  EXPECT_EQ(future.error(), ErrorCode::http_request_body_size(0));
  EXPECT_TRUE(send(request({{"content-length", "0"}})).ok());
}

TEST_F(OutgoingHandler, DeniesEverythingWithoutAGrant) {
  auto answer = guest.p2().outgoing_handler.handle(call, request(), std::nullopt);
  ASSERT_TRUE(answer.ok() && !answer->ok());
  EXPECT_EQ(answer->error(), ErrorCode::http_request_denied());
}

TEST_F(OutgoingHandler, TheResponseComesOnceAndItsBodyOutlivesIt) {
  auto future = std::move(send(request()).value());
  EXPECT_FALSE(types.future_incoming_response_get(call, *future)->has_value());
  auto pollable = *types.future_incoming_response_subscribe(call, *future);
  EXPECT_NE(future->drop_refusal(), nullptr);
  guest.when_idle.push_back([&] { upstream.respond(response(404, "not here")); });
  EXPECT_TRUE(sender.p2.poll.pollable_block(call, *pollable).ok());
  pollable.reset();
  auto got = *types.future_incoming_response_get(call, *future);
  ASSERT_TRUE(got && got->ok() && (*got)->ok());
  auto incoming = std::move(***got);
  EXPECT_FALSE((*types.future_incoming_response_get(call, *future))->ok());
  future.reset();
  EXPECT_EQ(*types.incoming_response_status(call, *incoming), 404);
  auto headers = *types.incoming_response_headers(call, *incoming);
  EXPECT_FALSE(*types.fields_has(call, *headers, "connection"));
  EXPECT_TRUE(*types.fields_has(call, *headers, "x-kept"));
  auto body = std::move(**types.incoming_response_consume(call, *incoming));
  EXPECT_FALSE(types.incoming_response_consume(call, *incoming)->ok());
  incoming.reset();
  auto stream = std::move(**types.incoming_body_stream(call, *body));
  auto bytes = sender.p2.streams.input_stream_blocking_read(call, *stream, 100);
  EXPECT_EQ((**bytes).view(), "not here");
}

TEST_F(OutgoingHandler, AnErrorComesThroughTheFuture) {
  upstream.answer.emplace(Err(http::ErrorCode(Kind::connection_refused)));
  auto future = std::move(send(request()).value());
  EXPECT_TRUE(future->ready());
  auto got = *types.future_incoming_response_get(call, *future);
  ASSERT_TRUE(got && got->ok() && !(*got)->ok());
  EXPECT_EQ((*got)->error(), ErrorCode::connection_refused());
}

TEST_F(OutgoingHandler, DroppingTheFutureCancelsTheRequest) {
  auto future = send(request());
  EXPECT_EQ(upstream.running, 1);
  future.value().reset();
  EXPECT_EQ(upstream.running, 0);
}

TEST_F(OutgoingHandler, TheRequestsBodyFlowsAfterTheRequestWasSent) {
  auto made = request();
  auto body = std::move(**types.outgoing_request_body(call, *made));
  auto future = send(std::move(made));
  ASSERT_TRUE(future.ok());
  EXPECT_EQ(read_all(*upstream.got->body), "?");
  auto stream = std::move(**types.outgoing_body_write(call, *body));
  EXPECT_TRUE(
      sender.p2.streams.output_stream_blocking_write_and_flush(call, *stream, as_bytes("data"))
          ->ok());
  stream.reset();
  EXPECT_EQ(read_all(*upstream.got->body), "data?");
  EXPECT_TRUE(types.outgoing_body_finish(call, std::move(body), std::nullopt)->ok());
  EXPECT_EQ(read_all(*upstream.got->body), "|");
}

TEST_F(OutgoingHandler, ARequestBodyShortOfItsLengthFailsTheRequest) {
  auto made = request({{"content-length", "11"}});
  auto body = std::move(**types.outgoing_request_body(call, *made));
  auto future = send(std::move(made));
  auto stream = std::move(**types.outgoing_body_write(call, *body));
  EXPECT_TRUE(
      sender.p2.streams.output_stream_blocking_write_and_flush(call, *stream, as_bytes("msg"))
          ->ok());
  stream.reset();
  auto finished = types.outgoing_body_finish(call, std::move(body), std::nullopt);
  ASSERT_FALSE(finished->ok());
  EXPECT_EQ(finished->error(), ErrorCode::http_request_body_size(3));
  EXPECT_EQ(read_all(*upstream.got->body), "msg[HTTP-request-body-size]");
}

TEST_F(OutgoingHandler, AGuestThatGoesLeavesNoRequestBehind) {
  auto made = request();
  auto body = std::move(**types.outgoing_request_body(call, *made));
  auto future = send(std::move(made));
  body.reset();
  EXPECT_EQ(read_all(*upstream.got->body), "[internal-error]");
  future.value().reset();
  EXPECT_EQ(upstream.running, 0);
}

}  // namespace
}  // namespace weir::wasi::p2
