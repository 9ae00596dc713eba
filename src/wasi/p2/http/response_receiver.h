#pragma once

#include "component/host/resource.h"
#include "http/message.h"
#include "util/result.h"
#include "wasi/p2/children.h"

namespace weir::wasi::p2 {

// Who gets what a guest answers through its `response-outparam`. May die before the guest does:
// what comes then is dropped. Called on the guest's fiber: keep what comes, wake somebody, return.
class ResponseReceiver : public Parent {
 public:
  // `head`: the request's method is HEAD, so that the answer has no content.
  explicit ResponseReceiver(bool head) : head_(head) {}

  // Whether the guest has called `response-outparam.set`.
  bool answered() const { return answered_; }

 protected:
  // The final response, or the error that the guest sets instead: the host chooses the status. At
  // most once.
  virtual void respond(Result<http::Response, http::ErrorCode> response) = 0;
  // An informational response, 102 to 199, before the final one.
  virtual void inform(http::Informational response) = 0;

 private:
  friend class ResponseSetter;
  const bool head_;
  bool answered_ = false;
};

// The right to answer once. Not bound to life: the receiver may be gone.
class ResponseSetter : public Child {
 public:
  explicit ResponseSetter(ResponseReceiver& receiver) : Child(&receiver) {}

  // Null when nobody waits for the answer any more.
  ResponseReceiver* receiver() const { return static_cast<ResponseReceiver*>(parent()); }
  bool head() const { return receiver() && receiver()->head_; }
  void respond(Result<http::Response, http::ErrorCode> response) {
    if (!receiver()) return;
    receiver()->answered_ = true;
    receiver()->respond(std::move(response));
  }
  void inform(http::Informational response) {
    if (receiver()) receiver()->inform(std::move(response));
  }
};

namespace http_types {

// wasi:http/types.response-outparam.
class ResponseOutparam final : public component::HostResource, public ResponseSetter {
 public:
  using ResponseSetter::ResponseSetter;
};

}  // namespace http_types

}  // namespace weir::wasi::p2
