#include "wasi/p2/http/outgoing.h"

#include "wasi/http/message_rules.h"
#include "wasi/p2/http/fields.h"

namespace weir::wasi::p2::http_types {
namespace {

using Kind = http::ErrorCode::Kind;

class BodyOutputStream final : public io_streams::OutputStream, public Child {
 public:
  BodyOutputStream(OutgoingBody& body, Ref<BodyPipe> pipe) : Child(&body), pipe_(std::move(pipe)) {}

  Result<uint64_t, io_streams::StreamError> check() override {
    if (pipe_->closed()) return Err(io_streams::StreamError::closed());
    return pipe_->room();
  }

  Result<void, io_streams::StreamError> put(std::span<const uint8_t> bytes) override {
    if (pipe_->closed()) return Err(io_streams::StreamError::closed());
    return answer(pipe_->write(bytes));
  }

  Result<void, io_streams::StreamError> put(Bytes bytes) override {
    if (pipe_->closed()) return Err(io_streams::StreamError::closed());
    return answer(pipe_->write(std::move(bytes)));
  }

  bool ready() override { return pipe_->closed() || pipe_->room() > 0; }
  void watch(Waiter& waiter) override { pipe_->watch_room(waiter); }

 private:
  static Result<void, io_streams::StreamError> answer(Result<void, http::ErrorCode> written) {
    if (!written) return Err(io_streams::stream_failed(std::move(written).error()));
    return {};
  }

  Ref<BodyPipe> pipe_;
};

}  // namespace

OutgoingBody::~OutgoingBody() {
  pipe_->fail(http::ErrorCode(Kind::internal_error,
                              std::string("the guest dropped its body without finishing it")));
}

std::unique_ptr<io_streams::OutputStream> OutgoingBody::make_stream() {
  if (std::exchange(stream_taken_, true)) return nullptr;
  return std::make_unique<BodyOutputStream>(*this, pipe_);
}

OutgoingMessage::OutgoingMessage(Ref<FieldList> fields, Kind size_error)
    : fields_(std::move(fields)), size_error_(size_error) {
  fields_->freeze();
}

OutgoingMessage::~OutgoingMessage() {
  if (pipe_ && !sent_) send_body();
}

http::BodyPtr OutgoingMessage::send_body() {
  sent_ = true;
  return pipe_ ? pipe_->make_body() : http::empty_body();
}

std::unique_ptr<Fields> OutgoingMessage::headers() const {
  return std::make_unique<Fields>(fields_);
}

std::unique_ptr<OutgoingBody> OutgoingMessage::make_body(const Limits& limits) {
  if (pipe_) return nullptr;
  ContentLength length = content_length(fields_->fields());
  if (!length.valid) return nullptr;
  pipe_ = make_ref<BodyPipe>(
      BodyPipe::Options{length.value, limits.body_buffer, size_error_, limits.budget});
  return std::make_unique<OutgoingBody>(pipe_);
}

Result<http::Request, http::ErrorCode> OutgoingRequest::to_request() {
  std::string effective_scheme = scheme.value_or("https");
  if (effective_scheme != "http" && effective_scheme != "https") {
    return Err(http::ErrorCode(Kind::http_protocol_error));
  }
  // The API has no tunnel to hand out.
  if (method == "CONNECT") return Err(http::ErrorCode(Kind::http_protocol_error));
  if (!authority || authority->empty()) return Err(http::ErrorCode(Kind::http_request_uri_invalid));
  std::optional<std::string> target = origin_form(method, path_with_query);
  if (!target) return Err(http::ErrorCode(Kind::http_request_uri_invalid));
  ContentLength length = content_length(message.fields());
  if (!length.valid) return Err(http::ErrorCode(Kind::http_protocol_error));
  if (!message.pipe() && length.value.value_or(0) != 0) {
    return Err(http::ErrorCode(Kind::http_request_body_size, uint64_t{0}));
  }
  http::Request request;
  request.method = method;
  request.scheme = std::move(effective_scheme);
  request.authority = without_userinfo(*authority);
  request.target = std::move(*target);
  request.fields = message.send_fields();
  request.body = message.send_body();
  return request;
}

Result<http::Response, http::ErrorCode> OutgoingResponse::to_response(bool head) {
  if (status < 200) {
    return Err(http::ErrorCode(Kind::internal_error,
                               std::string("the guest answered with an informational status")));
  }
  bool no_content = head || status == 204 || status == 205 || status == 304;
  ContentLength length = content_length(message.fields());
  if (!no_content && !message.pipe() && length.value.value_or(0) != 0) {
    return Err(http::ErrorCode(Kind::http_response_body_size, uint64_t{0}));
  }
  http::Response response;
  response.status = status;
  response.fields = message.send_fields();
  if (no_content && message.pipe()) message.pipe()->discard();
  response.body = message.send_body();
  return response;
}

}  // namespace weir::wasi::p2::http_types
