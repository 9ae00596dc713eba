#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/message.h"
#include "wasi/context.h"
#include "wasi/http/body_reader.h"
#include "wasi/http/field_list.h"
#include "wasi/p2/http_types.h"
#include "wasi/p2/pollable.h"
#include "wasi/p2/stream_resources.h"

namespace weir::wasi::p2::http_types {

// wasi:http/types.incoming-body. Its stream is its child.
class IncomingBody final : public component::HostResource, public Parent {
 public:
  explicit IncomingBody(std::unique_ptr<BodyReader> reader) : reader_(std::move(reader)) {}

  // Once; then null.
  std::unique_ptr<io_streams::InputStream> make_stream();
  BodyReader& reader() { return *reader_; }
  std::unique_ptr<BodyReader> take_reader() { return std::move(reader_); }

  const char* drop_refusal() const override {
    return has_children() ? "incoming-body was dropped before its input-stream" : nullptr;
  }

 private:
  std::unique_ptr<BodyReader> reader_;
  bool stream_taken_ = false;
};

// The fields and the body of a message that came from outside. Forbidden fields are not in it.
class IncomingMessage {
 public:
  // As `BodyReader`.
  IncomingMessage(http::Fields fields, http::BodyPtr body, const FieldRules& rules,
                  ByteBudget* budget = nullptr);

  std::unique_ptr<Fields> headers() const;
  // Once; then null.
  std::unique_ptr<IncomingBody> consume();

 private:
  Ref<FieldList> fields_;
  http::BodyPtr body_;
  const FieldRules& rules_;
  ByteBudget* const budget_;
};

// wasi:http/types.incoming-request.
class IncomingRequest final : public component::HostResource {
 public:
  // `rules` and `budget` (may be null) outlive it.
  IncomingRequest(http::Request request, const FieldRules& rules, ByteBudget* budget = nullptr);

  const std::string& method() const { return method_; }
  const std::string& scheme() const { return scheme_; }
  const std::string& authority() const { return authority_; }
  const std::string& target() const { return target_; }
  IncomingMessage& message() { return message_; }

 private:
  std::string method_;
  std::string scheme_;
  std::string authority_;
  std::string target_;
  IncomingMessage message_;
};

// wasi:http/types.incoming-response.
class IncomingResponse final : public component::HostResource {
 public:
  IncomingResponse(http::Response response, const FieldRules& rules, ByteBudget* budget = nullptr)
      : status_(response.status),
        message_(std::move(response.fields), std::move(response.body), rules, budget) {}

  uint16_t status() const { return status_; }
  IncomingMessage& message() { return message_; }

 private:
  uint16_t status_;
  IncomingMessage message_;
};

// wasi:http/types.future-trailers: reads what is left of the body and drops it.
class FutureTrailers final : public component::HostResource, public PollSource {
 public:
  explicit FutureTrailers(std::unique_ptr<BodyReader> reader) : reader_(std::move(reader)) {}

  bool ready() override { return taken || reader_->drain(); }
  void watch(Waiter& waiter) override { reader_->watch_drain(waiter); }
  BodyReader& reader() { return *reader_; }

  const char* drop_refusal() const override {
    return has_children() ? "future-trailers was dropped before a pollable made from it" : nullptr;
  }

  // `get` has given its result.
  bool taken = false;

 private:
  std::unique_ptr<BodyReader> reader_;
};

}  // namespace weir::wasi::p2::http_types
