#include "wasi/p2/http/incoming.h"

#include "wasi/p2/http/fields.h"

namespace weir::wasi::p2::http_types {
namespace {

class BodyInputStream final : public io_streams::InputStream, public Child {
 public:
  explicit BodyInputStream(IncomingBody& body) : Child(&body) {}

  Result<Bytes, io_streams::StreamError> read(uint64_t max) override {
    BodyReader* reader = this->reader();
    if (!reader || failed_) return Err(io_streams::StreamError::closed());
    Bytes bytes = reader->read(max);
    if (!bytes.empty()) return bytes;
    switch (reader->state()) {
      case BodyReader::State::open:
        return bytes;
      case BodyReader::State::ended:
        return Err(io_streams::StreamError::closed());
      case BodyReader::State::failed:
        failed_ = true;
        return Err(io_streams::stream_failed(reader->error()));
    }
    return bytes;
  }

  bool ready() override {
    BodyReader* reader = this->reader();
    return !reader || reader->ready();
  }

  void watch(Waiter& waiter) override {
    if (BodyReader* reader = this->reader()) return reader->watch(waiter);
    waiter.wake();
  }

 private:
  BodyReader* reader() const {
    auto* body = static_cast<IncomingBody*>(parent());
    return body ? &body->reader() : nullptr;
  }

  bool failed_ = false;
};

}  // namespace

std::unique_ptr<io_streams::InputStream> IncomingBody::make_stream() {
  if (std::exchange(stream_taken_, true)) return nullptr;
  return std::make_unique<BodyInputStream>(*this);
}

IncomingMessage::IncomingMessage(http::Fields fields, http::BodyPtr body, const FieldRules& rules,
                                 ByteBudget* budget)
    : body_(std::move(body)), rules_(rules), budget_(budget) {
  rules.strip(fields);
  fields_ = make_ref<FieldList>(std::move(fields), true);
}

std::unique_ptr<Fields> IncomingMessage::headers() const {
  return std::make_unique<Fields>(fields_);
}

std::unique_ptr<IncomingBody> IncomingMessage::consume() {
  if (!body_) return nullptr;
  return std::make_unique<IncomingBody>(
      std::make_unique<BodyReader>(std::move(body_), rules_, budget_));
}

IncomingRequest::IncomingRequest(http::Request request, const FieldRules& rules, ByteBudget* budget)
    : method_(std::move(request.method)),
      scheme_(std::move(request.scheme)),
      authority_(std::move(request.authority)),
      target_(std::move(request.target)),
      message_(std::move(request.fields), std::move(request.body), rules, budget) {}

}  // namespace weir::wasi::p2::http_types
