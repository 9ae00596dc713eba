#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/message.h"
#include "wasi/context.h"
#include "wasi/http/body_pipe.h"
#include "wasi/http/field_list.h"
#include "wasi/http/outgoing_call.h"
#include "wasi/p2/http_types.h"
#include "wasi/p2/pollable.h"
#include "wasi/p2/stream_resources.h"

namespace weir::wasi::p2::http_types {

// wasi:http/types.outgoing-body. Its stream is its child. Gone without `finish`, the message is
// visibly incomplete.
class OutgoingBody final : public component::HostResource, public Parent {
 public:
  explicit OutgoingBody(Ref<BodyPipe> pipe) : pipe_(std::move(pipe)) {}
  ~OutgoingBody() override;

  // Once; then null.
  std::unique_ptr<io_streams::OutputStream> make_stream();
  Result<void, http::ErrorCode> finish(http::Fields trailers) {
    return pipe_->finish(std::move(trailers));
  }

  const char* drop_refusal() const override {
    return has_children() ? "outgoing-body was dropped before its output-stream" : nullptr;
  }

 private:
  Ref<BodyPipe> pipe_;
  bool stream_taken_ = false;
};

// The fields and the body of a message that a guest makes.
class OutgoingMessage {
 public:
  OutgoingMessage(Ref<FieldList> fields, http::ErrorCode::Kind size_error);
  // What was never sent closes the streams of its body.
  ~OutgoingMessage();

  std::unique_ptr<Fields> headers() const;
  // Once; then null.
  std::unique_ptr<OutgoingBody> make_body(const Limits& limits);

  const http::Fields& fields() const { return fields_->fields(); }
  // What is sent: the fields themselves unless handles of the guest still show them. Once.
  http::Fields send_fields() { return fields_.unique() ? fields_->take() : fields_->fields(); }
  // None if `make_body` was never called.
  const Ref<BodyPipe>& pipe() const { return pipe_; }
  // The consumer's side of the body. Once.
  http::BodyPtr send_body();

 private:
  Ref<FieldList> fields_;
  Ref<BodyPipe> pipe_;
  http::ErrorCode::Kind size_error_;
  bool sent_ = false;
};

// wasi:http/types.request-options.
class RequestOptions final : public component::HostResource {
 public:
  http::RequestOptions options;
};

// wasi:http/types.outgoing-request.
class OutgoingRequest final : public component::HostResource {
 public:
  OutgoingRequest(Ref<FieldList> fields, Holdings& holdings)
      : message(std::move(fields), http::ErrorCode::Kind::http_request_body_size),
        share_(&holdings) {}

  // Changes one of its texts. False where the guest may not hold that much: nothing has changed.
  template <class Text>
  bool set(Text OutgoingRequest::* member, Text value) {
    size_t size = texts() - size_of(this->*member) + size_of(value);
    if (!share_.hold(size)) return false;
    this->*member = std::move(value);
    return true;
  }

  // Says whether it can be sent, and makes what is sent.
  Result<http::Request, http::ErrorCode> to_request();

  std::string method = "GET";
  std::optional<std::string> path_with_query;
  // Lower case where it is http or https.
  std::optional<std::string> scheme;
  std::optional<std::string> authority;
  OutgoingMessage message;

 private:
  static size_t size_of(const std::string& text) { return text.size(); }
  static size_t size_of(const std::optional<std::string>& text) { return text ? text->size() : 0; }
  size_t texts() const {
    return size_of(method) + size_of(path_with_query) + size_of(scheme) + size_of(authority);
  }

  Holdings::Share share_;
};

// wasi:http/types.outgoing-response.
class OutgoingResponse final : public component::HostResource {
 public:
  explicit OutgoingResponse(Ref<FieldList> fields)
      : message(std::move(fields), http::ErrorCode::Kind::http_response_body_size) {}

  // What is sent in answer to a request, which was HEAD if `head`. An error for a response that no
  // protocol can carry.
  Result<http::Response, http::ErrorCode> to_response(bool head);

  uint16_t status = 200;
  OutgoingMessage message;
};

// wasi:http/types.future-incoming-response. Dropped before its response came, it cancels the
// request.
class FutureIncomingResponse final : public component::HostResource, public PollSource {
 public:
  FutureIncomingResponse(const Context& context, http::Request request)
      : call_(context, std::move(request)) {}

  bool ready() override { return call_.done(); }
  void watch(Waiter& waiter) override { call_.watch(waiter); }
  Result<http::Response, http::ErrorCode> take() { return call_.take(); }

  const char* drop_refusal() const override {
    return has_children() ? "future-incoming-response was dropped before a pollable made from it"
                          : nullptr;
  }

  // `get` has given its result.
  bool taken = false;

 private:
  OutgoingCall call_;
};

}  // namespace weir::wasi::p2::http_types
