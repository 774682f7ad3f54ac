// How an operation of a service is called: the caller's identity, the decoded input, the reply. Services
// build a list of bindings; the dispatcher finds the one for a request. Control thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/api/shape.h"
#include "slipway/base/time.h"
#include "slipway/model/arn.h"

namespace slipway::services {

// Who calls, from where in AWS's terms, and when: made once per request.
struct Caller {
  model::Scope scope;
  std::string access_key;     // empty: unsigned
  std::string principal_arn;  // "arn:aws:iam::<account>:root" until IAM lands
  std::string request_id;
  Now now;
};

// A typed output, or JSON text that is ready (spliced from cached fragments; JSON services only).
class Reply {
 public:
  template <class Output>
  static Reply of(Output output) {
    Reply reply;
    reply.output_ =
        std::shared_ptr<void>(new Output(std::move(output)), [](void* o) { delete static_cast<Output*>(o); });
    return reply;
  }
  static Reply json(std::string text) {
    Reply reply;
    reply.json_ = std::move(text);
    return reply;
  }
  // nullptr when the reply is ready JSON.
  const void* output() const { return output_.get(); }
  std::string& json_text() { return json_; }

 private:
  std::shared_ptr<void> output_;
  std::string json_;
};

struct Binding {
  const api::Service* service = nullptr;
  std::string_view operation;
  // `input` points to the operation's generated input structure. Throws AwsError.
  std::function<Reply(const Caller& caller, const void* input)> invoke;
};

}  // namespace slipway::services
