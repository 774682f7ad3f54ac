#include "server/exchange.h"

#include "server/response_writer.h"
#include "server/text.h"
#include "slipway/protocol/codec.h"

namespace slipway::server {
namespace {

constexpr std::string_view kQueryType = "text/xml";
constexpr std::string_view kCborType = "application/cbor";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool is_query_protocol(std::string_view protocol) { return protocol == "query" || protocol == "ec2"; }

std::string json_type(const Exchange& exchange) {
  const std::string& version = exchange.target.json_version;
  return "application/x-amz-json-" + (version.empty() ? std::string("1.1") : version);
}

// A service that is not compiled in is answered in the namespace of none.
const api::Service& service_for_errors(const Exchange& exchange) {
  static const api::Service unknown{};
  return exchange.target.service ? *exchange.target.service : unknown;
}

std::string greeting(const Exchange& exchange) {
  const std::string host(exchange.head.host.empty() ? "127.0.0.1:4566" : exchange.head.host);
  return "This is Slipway: Amazon ECS on your own machine.\n\n"
         "AWS clients talk to it at this address:\n"
         "  aws --endpoint-url http://" +
         host +
         " ecs list-clusters\n"
         "  export AWS_ENDPOINT_URL=http://" +
         host +
         "\n\n"
         "Health: /_slipway/health    Metrics: /_slipway/metrics\n";
}

}  // namespace

bool Exchange::is_ecs() const { return target.service && target.service->name == "ecs"; }

bool Exchange::uses_query() const {
  if (target.service) return is_query_protocol(target.service->protocol);
  if (!head.amz_target.empty() || !head.smithy_protocol.empty()) return false;
  return equal_ignoring_case(head.content_type.substr(0, kFormType.size()), kFormType) ||
         !protocol::form_value(request.query(), "Action").empty();
}

bool Exchange::signed_by_header() const { return head.authorization.starts_with("AWS"); }

bool Exchange::signed_by_url() const {
  return request.query().find("X-Amz-Signature=") != std::string_view::npos;
}

protocol::RequestHead head_of(const HttpRequest& request) {
  protocol::RequestHead head;
  head.method = request.method;
  head.target = request.target;
  head.body = request.body;
  for (const auto& [name, value] : request.headers) {
    // The length first: it tells most fields apart.
    std::string_view* field = nullptr;
    switch (name.size()) {
      case 4:
        field = equal_ignoring_case(name, "Host") ? &head.host : nullptr;
        break;
      case 12:
        field = equal_ignoring_case(name, "Content-Type")   ? &head.content_type
                : equal_ignoring_case(name, "X-Amz-Target") ? &head.amz_target
                                                            : nullptr;
        break;
      case 13:
        field = equal_ignoring_case(name, "Authorization") ? &head.authorization : nullptr;
        break;
      case 15:
        field = equal_ignoring_case(name, "Smithy-Protocol") ? &head.smithy_protocol : nullptr;
        break;
      default:
        break;
    }
    if (field && field->empty()) *field = value;
  }
  return head;
}

bool names_an_operation(const Exchange& exchange) {
  return !exchange.head.amz_target.empty() || !exchange.target.operation_name.empty() ||
         !exchange.scope.service.empty() || !exchange.head.smithy_protocol.empty();
}

HttpResponse success_answer(const Exchange& exchange, std::string body) {
  HttpResponse response;
  response.content_type = exchange.uses_query() ? std::string(kQueryType) : json_type(exchange);
  response.body = std::move(body);
  return response;
}

HttpResponse error_answer(const Exchange& exchange, const AwsError& error) {
  HttpResponse response;
  response.status = error.status();
  if (exchange.uses_query()) {
    response.content_type = kQueryType;
    response.body = protocol::encode_query_error(service_for_errors(exchange), error.code(), error.what(),
                                                 error.status(), exchange.request_id);
    return response;
  }
  response.headers.emplace_back("x-amzn-ErrorType", error.code());
  if (exchange.target.cbor) {
    response.content_type = kCborType;
    response.headers.emplace_back("smithy-protocol",
                                  "rpc-v2-cbor");  // without it clients do not look at the body
    response.body = protocol::encode_cbor_error(error.code(), error.what());
    return response;
  }
  response.content_type = json_type(exchange);
  response.body = protocol::encode_json_error(error.code(), error.what(), error.resource_ids());
  return response;
}

HttpResponse landing_answer(const Exchange& exchange) {
  const HttpRequest& request = exchange.request;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (request.path() != "/") {
    return plain_error(
        404, "NotFound",
        "Nothing is at " + std::string(request.method) + " " + std::string(request.path()) +
            ". AWS requests go to / with an X-Amz-Target header or an Action; Slipway's own paths "
            "begin with /_slipway/.");
  }
  if (!reads) {
    return plain_error(400, "UnknownOperationException",
                       "The request names no AWS operation: it has no X-Amz-Target header, no Action and no "
                       "signature that names a service.");
  }
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = greeting(exchange);
  return response;
}

}  // namespace slipway::server
