// One request on its way through the pipeline, and the answers that it can end in. Control thread only.
#pragma once

#include <string>
#include <string_view>

#include "slipway/base/error.h"
#include "slipway/base/time.h"
#include "slipway/protocol/identify.h"
#include "slipway/server/http.h"

namespace slipway::server {

// Views point into the HttpRequest.
struct Exchange {
  const HttpRequest& request;
  protocol::RequestHead head;
  protocol::CredentialScope scope;
  protocol::Identified target;
  std::string request_id;
  Now now;

  bool is_ecs() const;
  // Requests and answers of the service are forms and XML (query and ec2), else JSON.
  bool uses_query() const;
  // A signature is there; it is not verified.
  bool signed_by_header() const;
  bool signed_by_url() const;
};

protocol::RequestHead head_of(const HttpRequest& request);

// Some part of the request says that an AWS operation is meant.
bool names_an_operation(const Exchange& exchange);

// What the service's protocol answers: `body` as the encoded output.
HttpResponse success_answer(const Exchange& exchange, std::string body);
HttpResponse error_answer(const Exchange& exchange, const AwsError& error);

// For requests that mean no AWS operation: a greeting on GET /, else an error that says what was missing.
HttpResponse landing_answer(const Exchange& exchange);

}  // namespace slipway::server
