#include "wasi/p2/http/types_host.h"

#include <gtest/gtest.h>

#include "wasi/p2/resources.h"
#include "wasi/testing/fake_guest.h"

namespace weir::wasi::p2 {
namespace {

using namespace http_types;  // NOLINT: the names of the interface under test
using testing::FakeBody;
using testing::FakeGuest;
using testing::read_all;
using Frame = http::Body::Frame;
using Kind = http::ErrorCode::Kind;
using HttpFields = http::Fields;

struct Answer final : ResponseReceiver {
  explicit Answer(bool head = false) : ResponseReceiver(head) {}
  void respond(Result<http::Response, http::ErrorCode> response) override {
    got.emplace(std::move(response));
  }
  void inform(http::Informational response) override { informed.push_back(std::move(response)); }

  std::optional<Result<http::Response, http::ErrorCode>> got;
  std::vector<http::Informational> informed;
};

struct HttpTypes : ::testing::Test {
  FakeGuest guest;
  component::Call& call = guest.call;
  HttpTypesHost& host = guest.p2().http_types;
  StreamsHost& streams = guest.p2().streams;

  std::unique_ptr<http_types::Fields> fields(
      std::vector<std::pair<std::string, std::string>> list = {}) {
    auto made = *host.make_fields(call);
    for (auto& [name, value] : list) {
      EXPECT_TRUE(host.fields_append(call, *made, name, as_bytes(value))->ok()) << name;
    }
    return made;
  }
  std::string entries(http_types::Fields& fields) {
    std::string text;
    for (auto& [name, value] : *host.fields_entries(call, fields)) {
      text += name + "=" + std::string(value.view()) + ";";
    }
    return text;
  }
  HeaderError append_error(http_types::Fields& fields, std::string_view name) {
    auto answer = host.fields_append(call, fields, name, as_bytes("v"));
    EXPECT_TRUE(answer.ok() && !answer->ok());
    return answer->error();
  }

  http::Request request(HttpFields fields = {}, http::BodyPtr body = http::empty_body()) {
    http::Request request;
    request.method = "POST";
    request.scheme = "http";
    request.authority = "localhost:80";
    request.target = "/a%2Fb?c&c";
    request.fields = std::move(fields);
    request.body = std::move(body);
    return request;
  }
  std::unique_ptr<IncomingBody> body_of(std::shared_ptr<FakeBody::Feed> feed) {
    IncomingRequest incoming(request({}, std::make_unique<FakeBody>(feed)),
                             guest.grants.field_rules);
    return std::move(**host.incoming_request_consume(call, incoming));
  }

  // A response with a body taken, and its stream.
  struct Written {
    std::unique_ptr<OutgoingResponse> response;
    std::unique_ptr<OutgoingBody> body;
    std::unique_ptr<io_streams::OutputStream> stream;
  };
  Written response_with(std::unique_ptr<http_types::Fields> headers) {
    Written written;
    written.response = *host.make_outgoing_response(call, std::move(headers));
    written.body = std::move(**host.outgoing_response_body(call, *written.response));
    written.stream = std::move(**host.outgoing_body_write(call, *written.body));
    return written;
  }
  void set(Answer& answer, std::unique_ptr<OutgoingResponse> response) {
    auto outparam = std::make_unique<ResponseOutparam>(answer);
    EXPECT_TRUE(host.response_outparam_set(
                        call, std::move(outparam),
                        Result<std::unique_ptr<OutgoingResponse>, ErrorCode>(std::move(response)))
                    .ok());
  }
  Result<void, ErrorCode> finish(Written& written) {
    written.stream.reset();
    return std::move(*host.outgoing_body_finish(call, std::move(written.body), std::nullopt));
  }
  bool write(Written& written, std::string_view text) {
    return streams.output_stream_blocking_write_and_flush(call, *written.stream, as_bytes(text))
        ->ok();
  }
};

TEST_F(HttpTypes, FieldsAreFoundInAnyCaseAndShownAsWritten) {
  auto made = fields({{"Foo", "1"}, {"bar", "2"}, {"FOO", "3"}});
  EXPECT_EQ(entries(*made), "Foo=1;bar=2;Foo=3;");
  EXPECT_EQ(host.fields_get(call, *made, "fOo")->size(), 2u);
  EXPECT_EQ((*host.fields_get(call, *made, "fOo"))[1].view(), "3");
  EXPECT_TRUE(*host.fields_has(call, *made, "BAR"));
  EXPECT_FALSE(*host.fields_has(call, *made, "b a r"));
  EXPECT_TRUE(host.fields_get(call, *made, "")->empty());
  EXPECT_TRUE(host.fields_set(call, *made, "foo", {})->ok());
  EXPECT_TRUE(host.fields_delete(call, *made, "bar")->ok());
  EXPECT_EQ(entries(*made), "");
}

TEST_F(HttpTypes, FromListRefusesWhatAppendRefuses) {
  auto from = [&](std::string name, std::string value) {
    HttpTypesHost::Entries list;
    list.emplace_back("fine", Bytes::copy("v"));
    list.emplace_back(std::move(name), Bytes::copy(value));
    return host.fields_from_list(call, std::move(list));
  };
  EXPECT_EQ(from("bad name", "v")->error(), HeaderError::invalid_syntax());
  EXPECT_EQ(from("bad", "v\n")->error(), HeaderError::invalid_syntax());
  EXPECT_EQ(from("Host", "v")->error(), HeaderError::forbidden());
  EXPECT_EQ(from("content-length", "x")->error(), HeaderError::invalid_syntax());
  auto made = from("Fine", "w");
  ASSERT_TRUE(made.ok() && made->ok());
  EXPECT_EQ(entries(***made), "fine=v;fine=w;");
}

TEST_F(HttpTypes, FieldsBeyondTheLimitEndTheGuest) {
  guest.grants.limits.fields = 500;
  auto made = fields();
  int appended = 0;
  for (;;) {
    auto answer = host.fields_append(call, *made, "x", {});
    if (!answer.ok()) break;
    ASSERT_LT(++appended, 100);
  }
  EXPECT_EQ(appended, 15);
  HttpTypesHost::Entries list;
  for (int i = 0; i < 16; ++i) list.emplace_back("x", Bytes());
  EXPECT_FALSE(host.fields_from_list(call, std::move(list)).ok());
  std::vector<Bytes> values(16);
  EXPECT_FALSE(host.fields_set(call, *fields(), "x", std::move(values)).ok());
}

TEST_F(HttpTypes, ALargeSectionFromOutsideReachesTheGuestButItsCloneMayNotGrow) {
  guest.grants.limits.fields = 500;
  HttpFields large;
  large.append("big", std::string(1000, 'x'));
  IncomingRequest incoming(request(std::move(large)), guest.grants.field_rules);
  auto headers = *host.incoming_request_headers(call, incoming);
  EXPECT_EQ((*host.fields_get(call, *headers, "big"))[0].size(), 1000u);
  auto clone = *host.fields_clone(call, *headers);
  EXPECT_FALSE(host.fields_append(call, *clone, "x", as_bytes("y")).ok());
}

TEST_F(HttpTypes, AnIncomingRequestShowsEverythingButForbiddenFields) {
  HttpFields received;
  received.append("Host", "localhost");
  received.append("X-Foo", "1");
  received.append("Connection", "x-bar");
  IncomingRequest incoming(request(std::move(received)), guest.grants.field_rules);
  EXPECT_EQ(host.incoming_request_method(call, incoming)->tag(), Method::Tag::post);
  EXPECT_EQ((*host.incoming_request_scheme(call, incoming))->tag(), Scheme::Tag::http);
  EXPECT_EQ(**host.incoming_request_authority(call, incoming), "localhost:80");
  EXPECT_EQ(**host.incoming_request_path_with_query(call, incoming), "/a%2Fb?c&c");
  auto headers = *host.incoming_request_headers(call, incoming);
  EXPECT_EQ(entries(*headers), "X-Foo=1;");
  EXPECT_EQ(append_error(*headers, "Host"), HeaderError::forbidden());
  EXPECT_EQ(host.fields_delete(call, *headers, "host")->error(), HeaderError::forbidden());
  EXPECT_FALSE(*host.fields_has(call, *headers, "host"));
}

TEST_F(HttpTypes, HeadersOfMessagesAreImmutableAndTheirClonesAreNot) {
  IncomingRequest incoming(request(), guest.grants.field_rules);
  auto outgoing = *host.make_outgoing_request(call, fields({{"a", "1"}}));
  auto response = *host.make_outgoing_response(call, fields({{"a", "1"}}));
  auto first = *host.incoming_request_headers(call, incoming);
  auto second = *host.outgoing_request_headers(call, *outgoing);
  auto third = *host.outgoing_response_headers(call, *response);
  for (http_types::Fields* headers : {first.get(), second.get(), third.get()}) {
    EXPECT_EQ(append_error(*headers, "b"), HeaderError::immutable());
    EXPECT_EQ(host.fields_set(call, *headers, "b", {})->error(), HeaderError::immutable());
    EXPECT_EQ(host.fields_delete(call, *headers, "b")->error(), HeaderError::immutable());
    auto clone = *host.fields_clone(call, *headers);
    EXPECT_TRUE(host.fields_append(call, *clone, "b", as_bytes("2"))->ok());
    EXPECT_FALSE(*host.fields_has(call, *headers, "b"));
  }
}

TEST_F(HttpTypes, HeadersBodiesAndTheirMessagesMayBeDroppedInAnyOrder) {
  HttpFields received;
  received.append("A", "1");
  auto incoming = std::make_unique<IncomingRequest>(request(received), guest.grants.field_rules);
  auto headers = *host.incoming_request_headers(call, *incoming);
  auto incoming_body = std::move(**host.incoming_request_consume(call, *incoming));
  EXPECT_EQ(incoming->drop_refusal(), nullptr);
  incoming.reset();
  EXPECT_EQ(entries(*headers), "A=1;");
  EXPECT_TRUE(host.incoming_body_stream(call, *incoming_body)->ok());

  auto outgoing = *host.make_outgoing_request(call, fields({{"b", "2"}}));
  auto sent = *host.outgoing_request_headers(call, *outgoing);
  auto outgoing_body = std::move(**host.outgoing_request_body(call, *outgoing));
  EXPECT_EQ(outgoing->drop_refusal(), nullptr);
  outgoing.reset();
  EXPECT_EQ(entries(*sent), "b=2;");
  EXPECT_EQ(append_error(*sent, "c"), HeaderError::immutable());
  EXPECT_TRUE(host.outgoing_body_write(call, *outgoing_body)->ok());
}

TEST_F(HttpTypes, AnOutgoingRequestHasTheDefaultsOfTheStandard) {
  auto made = *host.make_outgoing_request(call, fields());
  EXPECT_EQ(host.outgoing_request_method(call, *made)->tag(), Method::Tag::get);
  EXPECT_FALSE(host.outgoing_request_path_with_query(call, *made)->has_value());
  EXPECT_FALSE(host.outgoing_request_scheme(call, *made)->has_value());
  EXPECT_FALSE(host.outgoing_request_authority(call, *made)->has_value());
}

TEST_F(HttpTypes, SettersRefuseWhatCannotBeSentAndKeepTheOldValue) {
  auto made = *host.make_outgoing_request(call, fields());
  EXPECT_TRUE(host.outgoing_request_set_method(call, *made, Method::other("GET"))->ok());
  EXPECT_EQ(host.outgoing_request_method(call, *made)->tag(), Method::Tag::get);
  EXPECT_TRUE(host.outgoing_request_set_method(call, *made, Method::other("get"))->ok());
  EXPECT_EQ(host.outgoing_request_method(call, *made)->get_other(), "get");
  EXPECT_TRUE(host.outgoing_request_set_method(call, *made, Method::other("#$%&'"))->ok());
  for (const char* bad : {"", "bad\nmethod", "a b", "\xc3\xa9"}) {
    EXPECT_FALSE(host.outgoing_request_set_method(call, *made, Method::other(bad))->ok());
  }
  EXPECT_EQ(host.outgoing_request_method(call, *made)->get_other(), "#$%&'");

  EXPECT_TRUE(host.outgoing_request_set_scheme(call, *made, Scheme::other("https"))->ok());
  EXPECT_EQ((*host.outgoing_request_scheme(call, *made))->tag(), Scheme::Tag::https);
  EXPECT_FALSE(host.outgoing_request_set_scheme(call, *made, Scheme::other("bad\nscheme"))->ok());
  EXPECT_EQ((*host.outgoing_request_scheme(call, *made))->tag(), Scheme::Tag::https);

  EXPECT_TRUE(host.outgoing_request_set_authority(call, *made, "[::]:443")->ok());
  EXPECT_FALSE(host.outgoing_request_set_authority(call, *made, "localhost:99999")->ok());
  EXPECT_EQ(**host.outgoing_request_authority(call, *made), "[::]:443");

  EXPECT_TRUE(host.outgoing_request_set_path_with_query(call, *made, "a/b/c")->ok());
  EXPECT_FALSE(host.outgoing_request_set_path_with_query(call, *made, "/a b")->ok());
  EXPECT_EQ(**host.outgoing_request_path_with_query(call, *made), "a/b/c");
}

TEST_F(HttpTypes, EveryNamedMethodComesBackAsItself) {
  auto made = *host.make_outgoing_request(call, fields());
  for (Method method :
       {Method::get(), Method::head(), Method::post(), Method::put(), Method::delete_(),
        Method::connect(), Method::options(), Method::trace(), Method::patch()}) {
    EXPECT_TRUE(host.outgoing_request_set_method(call, *made, method)->ok());
    EXPECT_EQ(host.outgoing_request_method(call, *made)->tag(), method.tag());
  }
}

TEST_F(HttpTypes, RequestOptionsKeepWhatWasSet) {
  auto options = *host.make_request_options(call);
  EXPECT_FALSE(host.request_options_connect_timeout(call, *options)->has_value());
  EXPECT_TRUE(host.request_options_set_connect_timeout(call, *options, 1)->ok());
  EXPECT_TRUE(host.request_options_set_first_byte_timeout(call, *options, 0)->ok());
  EXPECT_TRUE(host.request_options_set_between_bytes_timeout(call, *options, UINT64_MAX)->ok());
  EXPECT_EQ(**host.request_options_connect_timeout(call, *options), 1u);
  EXPECT_EQ(**host.request_options_first_byte_timeout(call, *options), 0u);
  EXPECT_EQ(**host.request_options_between_bytes_timeout(call, *options), UINT64_MAX);
}

TEST_F(HttpTypes, BodiesAndStreamsAreGivenOnce) {
  IncomingRequest incoming(request(), guest.grants.field_rules);
  auto body = host.incoming_request_consume(call, incoming);
  ASSERT_TRUE(body->ok());
  EXPECT_FALSE(host.incoming_request_consume(call, incoming)->ok());
  auto stream = host.incoming_body_stream(call, ***body);
  ASSERT_TRUE(stream->ok());
  EXPECT_FALSE(host.incoming_body_stream(call, ***body)->ok());

  auto response = *host.make_outgoing_response(call, fields());
  auto outgoing = host.outgoing_response_body(call, *response);
  ASSERT_TRUE(outgoing->ok());
  EXPECT_FALSE(host.outgoing_response_body(call, *response)->ok());
  auto written = host.outgoing_body_write(call, ***outgoing);
  ASSERT_TRUE(written->ok());
  EXPECT_FALSE(host.outgoing_body_write(call, ***outgoing)->ok());
}

TEST_F(HttpTypes, StatusCodesHaveThreeDigits) {
  auto response = *host.make_outgoing_response(call, fields());
  EXPECT_EQ(*host.outgoing_response_status_code(call, *response), 200);
  for (uint16_t bad : {0, 42, 99, 1000, 65535}) {
    EXPECT_FALSE(host.outgoing_response_set_status_code(call, *response, bad)->ok()) << bad;
  }
  EXPECT_EQ(*host.outgoing_response_status_code(call, *response), 200);
  EXPECT_TRUE(host.outgoing_response_set_status_code(call, *response, 404)->ok());
  EXPECT_EQ(*host.outgoing_response_status_code(call, *response), 404);
}

TEST_F(HttpTypes, TrailersComeOnceAfterTheRestOfTheBodyWasDropped) {
  auto feed = std::make_shared<FakeBody::Feed>();
  auto body = body_of(feed);
  feed->push_text("unread");
  auto future = *host.incoming_body_finish(call, std::move(body));
  EXPECT_FALSE(host.future_trailers_get(call, *future)->has_value());
  auto pollable = *host.future_trailers_subscribe(call, *future);
  EXPECT_FALSE(pollable->ready());
  EXPECT_NE(future->drop_refusal(), nullptr);
  guest.when_idle.push_back([&] { feed->push_text("more"); });
  guest.when_idle.push_back([&] {
    HttpFields trailers;
    trailers.append("Sum", "1");
    trailers.append("host", "no");
    feed->push(Frame::of_trailers(std::move(trailers)));
    feed->push(Frame::of_end());
  });
  EXPECT_TRUE(guest.p2().poll.pollable_block(call, *pollable).ok());
  auto got = *host.future_trailers_get(call, *future);
  ASSERT_TRUE(got && got->ok() && (*got)->ok() && (**got)->has_value());
  http_types::Fields& trailers = *****got;
  EXPECT_EQ(entries(trailers), "Sum=1;");
  EXPECT_EQ(append_error(trailers, "a"), HeaderError::immutable());
  auto again = *host.future_trailers_get(call, *future);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->ok());
}

TEST_F(HttpTypes, ABodyWithoutTrailersHasNoneAndIsNoError) {
  auto feed = std::make_shared<FakeBody::Feed>();
  feed->push_text("x");
  feed->push(Frame::of_end());
  auto future = *host.incoming_body_finish(call, body_of(feed));
  auto got = *host.future_trailers_get(call, *future);
  ASSERT_TRUE(got && got->ok() && (*got)->ok());
  EXPECT_FALSE((**got)->has_value());
}

TEST_F(HttpTypes, ABodyThatFailedHasItsErrorForTrailers) {
  auto feed = std::make_shared<FakeBody::Feed>();
  feed->push(Frame::of_error(Kind::http_protocol_error));
  auto future = *host.incoming_body_finish(call, body_of(feed));
  auto got = *host.future_trailers_get(call, *future);
  ASSERT_TRUE(got && got->ok() && !(*got)->ok());
  EXPECT_EQ((*got)->error(), ErrorCode::http_protocol_error());
}

TEST_F(HttpTypes, FinishingABodyWithItsStreamAliveTraps) {
  auto feed = std::make_shared<FakeBody::Feed>();
  auto body = body_of(feed);
  auto stream = host.incoming_body_stream(call, *body);
  EXPECT_FALSE(host.incoming_body_finish(call, std::move(body)).ok());

  auto written = response_with(fields());
  EXPECT_FALSE(host.outgoing_body_finish(call, std::move(written.body), std::nullopt).ok());
}

TEST_F(HttpTypes, AResponseArrivesWhenItIsSetAndItsBodyFollows) {
  Answer answer;
  auto written = response_with(fields({{"X-Case", "Kept"}}));
  EXPECT_TRUE(host.outgoing_response_set_status_code(call, *written.response, 201)->ok());
  EXPECT_FALSE(answer.answered());
  set(answer, std::move(written.response));
  EXPECT_TRUE(answer.answered());
  ASSERT_TRUE(answer.got && answer.got->ok());
  http::Response& response = **answer.got;
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.fields[0].name, "X-Case");
  EXPECT_EQ(read_all(*response.body), "?");
  EXPECT_TRUE(write(written, "hello"));
  EXPECT_EQ(read_all(*response.body), "hello?");
  EXPECT_TRUE(finish(written).ok());
  EXPECT_EQ(read_all(*response.body), "|");
}

TEST_F(HttpTypes, TrailersTravelWithTheFinish) {
  Answer answer;
  auto written = response_with(fields());
  set(answer, std::move(written.response));
  written.stream.reset();
  auto finished = host.outgoing_body_finish(call, std::move(written.body), fields({{"Sum", "1"}}));
  EXPECT_TRUE(finished->ok());
  EXPECT_EQ(read_all(*(*answer.got)->body), "{Sum: 1}|");
}

TEST_F(HttpTypes, ABodyNeverTakenIsEmpty) {
  Answer answer;
  set(answer, *host.make_outgoing_response(call, fields()));
  EXPECT_EQ((*answer.got)->body->length(), 0u);
  EXPECT_EQ(read_all(*(*answer.got)->body), "|");
}

TEST_F(HttpTypes, ABodyDroppedWithoutFinishIsNeverComplete) {
  Answer answer;
  auto written = response_with(fields());
  set(answer, std::move(written.response));
  EXPECT_TRUE(write(written, "part"));
  written.stream.reset();
  written.body.reset();
  EXPECT_EQ(read_all(*(*answer.got)->body), "part[internal-error]");
}

TEST_F(HttpTypes, ABodyIsNeverCompleteWhenTheGuestIsTornDownInAnyOrder) {
  Answer answer;
  auto written = response_with(fields());
  set(answer, std::move(written.response));
  EXPECT_TRUE(write(written, "part"));
  written.body.reset();
  EXPECT_FALSE(write(written, "late"));
  written.stream.reset();
  EXPECT_EQ(read_all(*(*answer.got)->body), "part[internal-error]");
}

TEST_F(HttpTypes, ContentLengthIsKeptOrTheMessageFails) {
  struct Case {
    std::string text;
    std::optional<uint64_t> error;
  };
  for (const Case& one : {Case{"long enough", std::nullopt}, Case{"msg", 3},
                          Case{"more than expected", 18}, Case{"", 0}}) {
    Answer answer;
    auto written = response_with(fields({{"content-length", "11"}}));
    set(answer, std::move(written.response));
    bool fits = one.text.size() <= 11;
    auto wrote =
        streams.output_stream_blocking_write_and_flush(call, *written.stream, as_bytes(one.text));
    EXPECT_EQ(wrote->ok(), fits);
    if (!fits) {
      auto& error = *wrote->error().get_last_operation_failed();
      EXPECT_EQ(**host.http_error_code(call, error), ErrorCode::http_response_body_size(18));
      EXPECT_EQ(streams.output_stream_check_write(call, *written.stream)->error().tag(),
                io_streams::StreamError::Tag::closed);
    }
    auto finished = finish(written);
    EXPECT_EQ(finished.ok(), !one.error) << one.text;
    if (one.error) {
      EXPECT_EQ(finished.error(), ErrorCode::http_response_body_size(*one.error));
    }
    std::string received = read_all(*(*answer.got)->body);
    EXPECT_EQ(received.back(), one.error ? ']' : '|') << received;
  }
}

TEST_F(HttpTypes, AResponseThatPromisesABodyItHasNotIsAnError) {
  Answer answer;
  set(answer, *host.make_outgoing_response(call, fields({{"content-length", "5"}})));
  ASSERT_TRUE(answer.got && !answer.got->ok());
  EXPECT_EQ(answer.got->error(), http::ErrorCode(Kind::http_response_body_size, uint64_t{0}));
  Answer head(true);
  set(head, *host.make_outgoing_response(call, fields({{"content-length", "5"}})));
  EXPECT_TRUE(head.got->ok());
}

TEST_F(HttpTypes, WritesToAResponseWithoutContentAreTakenAndDropped) {
  for (uint16_t status : {200, 204, 205, 304}) {
    Answer answer(status == 200);
    auto written = response_with(fields());
    EXPECT_TRUE(host.outgoing_response_set_status_code(call, *written.response, status)->ok());
    set(answer, std::move(written.response));
    EXPECT_EQ(read_all(*(*answer.got)->body), "|");
    answer.got.reset();
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(write(written, std::string(4096, 'x')));
    EXPECT_TRUE(finish(written).ok());
  }
}

TEST_F(HttpTypes, AnErrorThatTheGuestSetsReachesTheHost) {
  Answer answer;
  EXPECT_TRUE(host.response_outparam_set(call, std::make_unique<ResponseOutparam>(answer),
                                         Err(ErrorCode::http_request_denied()))
                  .ok());
  ASSERT_TRUE(answer.got && !answer.got->ok());
  EXPECT_EQ(answer.got->error().kind(), Kind::http_request_denied);
  EXPECT_TRUE(answer.answered());
}

TEST_F(HttpTypes, AnInformationalStatusIsNoFinalOne) {
  Answer answer;
  auto response = *host.make_outgoing_response(call, fields());
  EXPECT_TRUE(host.outgoing_response_set_status_code(call, *response, 103)->ok());
  set(answer, std::move(response));
  ASSERT_TRUE(answer.got && !answer.got->ok());
  EXPECT_EQ(answer.got->error().kind(), Kind::internal_error);
}

TEST_F(HttpTypes, AnOutparamDroppedUnsetIsNoAnswer) {
  Answer answer;
  std::make_unique<ResponseOutparam>(answer).reset();
  EXPECT_FALSE(answer.answered());
  EXPECT_FALSE(answer.got);
}

TEST_F(HttpTypes, SettingAfterTheHostGaveUpIsHarmless) {
  auto answer = std::make_unique<Answer>();
  auto outparam = std::make_unique<ResponseOutparam>(*answer);
  answer.reset();
  auto written = response_with(fields());
  auto sent = host.response_outparam_send_informational(call, *outparam, 103, fields());
  EXPECT_TRUE(sent->ok());
  EXPECT_TRUE(host.response_outparam_set(call, std::move(outparam),
                                         Result<std::unique_ptr<OutgoingResponse>, ErrorCode>(
                                             std::move(written.response)))
                  .ok());
  EXPECT_FALSE(write(written, "nobody"));
  EXPECT_TRUE(finish(written).ok());
}

TEST_F(HttpTypes, InformationalResponsesAre102To199) {
  Answer answer;
  ResponseOutparam outparam(answer);
  for (uint16_t bad : {0, 99, 100, 101, 200, 404, 65535}) {
    auto sent = host.response_outparam_send_informational(call, outparam, bad, fields());
    ASSERT_FALSE(sent->ok()) << bad;
    EXPECT_EQ(sent->error(), ErrorCode::http_protocol_error());
  }
  EXPECT_TRUE(
      host.response_outparam_send_informational(call, outparam, 103, fields({{"link", "</a>"}}))
          ->ok());
  ASSERT_EQ(answer.informed.size(), 1u);
  EXPECT_EQ(answer.informed[0].status, 103);
  EXPECT_EQ(answer.informed[0].fields.first("link"), "</a>");
  EXPECT_FALSE(answer.answered());
}

TEST_F(HttpTypes, MessagesMayBeBuiltAndDroppedUnsent) {
  auto request = *host.make_outgoing_request(call, fields({{"a", "b"}}));
  auto body = std::move(**host.outgoing_request_body(call, *request));
  auto stream = std::move(**host.outgoing_body_write(call, *body));
  request.reset();
  EXPECT_FALSE(streams.output_stream_check_write(call, *stream)->ok());
  stream.reset();
  EXPECT_TRUE(host.outgoing_body_finish(call, std::move(body), std::nullopt)->ok());
  EXPECT_TRUE(host.make_outgoing_response(call, fields()).ok());
}

TEST_F(HttpTypes, AnErrorOfAnotherKindHasNoHttpCode) {
  io_error::Error error("disk");
  EXPECT_FALSE(host.http_error_code(call, error)->has_value());
  EXPECT_EQ(*guest.p2().error.error_to_debug_string(call, error), "disk");
}

}  // namespace
}  // namespace weir::wasi::p2
