#include "slipway/server/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <tuple>
#include <unordered_map>

#include "server/authorize.h"
#include "server/exchange.h"
#include "slipway/base/error.h"
#include "slipway/model/arn.h"
#include "slipway/protocol/codec.h"

namespace slipway::server {
namespace {

using services::Binding;
using services::Caller;
using Input = std::unique_ptr<void, void (*)(void*)>;

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Regions stand in ARNs and in the keys of the store, so that not every text can be one.
bool can_be_region(std::string_view text) {
  constexpr std::size_t kMostLength = 64;
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= kMostLength && std::ranges::all_of(text, plain);
}

// AWS's operation names begin with what they do.
bool only_reads(std::string_view operation) {
  return operation.starts_with("Describe") || operation.starts_with("List") || operation.starts_with("Get");
}

std::string action_of(const Exchange& exchange) {
  return std::string(exchange.target.service->name) + ":" + exchange.target.operation_name;
}

// A web page can make a browser send a GET, and put an unverified signature into the URL, but cannot set
// headers (decisions.md 15).
void require_method(const Exchange& exchange) {
  const bool get = exchange.request.method == "GET";
  if (exchange.request.method == "POST") return;
  if (!get || !exchange.uses_query()) {
    throw AwsError("UnknownOperationException", "AWS operations of this service are sent by POST.", 400);
  }
  if (exchange.signed_by_header()) return;
  if (!exchange.signed_by_url()) {
    throw AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
  }
  if (!only_reads(exchange.target.operation_name)) {
    throw AwsError("AccessDenied", "By a presigned GET only operations that read can be called.", 403);
  }
}

[[noreturn]] void refuse_unknown_service(const Exchange& exchange) {
  const std::string name =
      exchange.scope.service.empty()
          ? "of " + (exchange.head.amz_target.empty() ? exchange.target.operation_name
                                                      : std::string(exchange.head.amz_target))
          : "'" + exchange.scope.service + "'";
  throw AwsError("UnsupportedOperation",
                 "Slipway does not serve the AWS service " + name + ". What it serves: docs/limits.md.", 501);
}

[[noreturn]] void refuse_unknown_operation(const Exchange& exchange) {
  const std::string& name = exchange.target.operation_name;
  const api::Service& service = *exchange.target.service;
  if (exchange.uses_query()) {
    throw AwsError("InvalidAction",
                   "Could not find operation " + name + " for version " + std::string(service.api_version));
  }
  throw AwsError("UnknownOperationException", "The requested operation '" + name + "' is not one of " +
                                                  std::string(service.service_id) + ".");
}

// None of the services compiled in has that form, on AWS neither (control-plane.md 1.4).
[[noreturn]] void refuse_cbor(const Exchange& exchange) {
  const api::Service& service = *exchange.target.service;
  throw AwsError("UnknownOperationException",
                 std::string(service.service_id) +
                     " has no Smithy RPC v2 CBOR form, here as on AWS: it speaks awsJson" +
                     std::string(service.json_version) + " (POST / with the header X-Amz-Target: " +
                     std::string(service.target_prefix) + "." + exchange.target.operation_name + ").");
}

[[noreturn]] void refuse_unserved(const Exchange& exchange) {
  const std::string text =
      "Slipway does not serve " + action_of(exchange) + " yet. What it serves and what not: docs/limits.md.";
  if (exchange.is_ecs()) throw AwsError("UnsupportedFeatureException", text, 400);
  throw AwsError("UnsupportedOperation", text, 501);
}

Input decode(const Exchange& exchange) {
  const api::Shape* shape = exchange.target.operation->input;
  if (!shape) return {nullptr, [](void*) {}};
  Input input(shape->object.create(), shape->object.destroy);
  if (!exchange.uses_query()) {
    protocol::decode_json(*shape, exchange.request.body, input.get());
  } else {
    const bool by_url = exchange.request.body.empty();
    protocol::decode_query(*shape, by_url ? exchange.request.query() : exchange.request.body, input.get());
  }
  return input;
}

HttpResponse encode(const Exchange& exchange, services::Reply reply) {
  const auto& [service, operation] = std::tie(exchange.target.service, exchange.target.operation);
  if (exchange.uses_query()) {
    return success_answer(exchange,
                          protocol::encode_query(*service, *operation, reply.output(), exchange.request_id));
  }
  if (!reply.output()) {
    return success_answer(exchange, reply.json_text().empty() ? "{}" : std::move(reply.json_text()));
  }
  SLIPWAY_ASSERT(operation->output, "a reply of an operation without output");
  return success_answer(exchange, protocol::encode_json(*operation->output, reply.output()));
}

struct CountKey {
  const api::Service* service;
  const api::Operation* operation;
  int status;
  bool operator==(const CountKey&) const = default;
};
struct CountHash {
  std::size_t operator()(const CountKey& key) const {
    const std::size_t name = std::hash<const void*>()(key.operation ? static_cast<const void*>(key.operation)
                                                                    : static_cast<const void*>(key.service));
    return name * 31 + static_cast<std::size_t>(key.status);
  }
};
struct Tally {
  std::int64_t requests = 0;
  std::int64_t microseconds = 0;
};

}  // namespace

struct Dispatcher::State {
  async::Clock& clock;
  IdSource& ids;
  Log& log;
  const DispatcherSettings settings;
  std::vector<const api::Service*> services;  // those with bindings
  std::unordered_map<const api::Operation*, Binding> bindings;
  std::unordered_map<CountKey, Tally, CountHash> tallies;

  void add(Binding binding);
  Exchange receive(const HttpRequest& request);
  const Binding& find_binding(const Exchange& exchange) const;
  Caller caller_of(const Exchange& exchange) const;
  HttpResponse perform(const Exchange& exchange);
  HttpResponse answer(const Exchange& exchange);
  HttpResponse bug_answer(const Exchange& exchange, const char* what);
  void record(const Exchange& exchange, const HttpResponse& response, std::chrono::microseconds spent);
};

Dispatcher::Dispatcher(std::vector<services::Binding> bindings, async::Clock& clock, IdSource& ids, Log& log,
                       DispatcherSettings settings)
    : state_(new State{clock, ids, log, std::move(settings), {}, {}, {}}) {
  for (auto& binding : bindings) state_->add(std::move(binding));
}

Dispatcher::~Dispatcher() = default;

HttpResponse Dispatcher::handle(const HttpRequest& request) {
  // The time that a request takes is a measurement, no part of its outcome: not from the clock.
  const auto start = std::chrono::steady_clock::now();
  const Exchange exchange = state_->receive(request);
  HttpResponse response = names_an_operation(exchange) ? state_->answer(exchange) : landing_answer(exchange);
  response.headers.emplace_back("x-amzn-RequestId", exchange.request_id);
  const auto spent = std::chrono::steady_clock::now() - start;
  state_->record(exchange, response, std::chrono::duration_cast<std::chrono::microseconds>(spent));
  return response;
}

// The pipeline.
HttpResponse Dispatcher::State::perform(const Exchange& exchange) {
  const Binding& binding = find_binding(exchange);
  require_method(exchange);
  const Caller caller = caller_of(exchange);
  const Input input = decode(exchange);
  constexpr std::string_view kAnyResource = "*";
  authorize(caller, action_of(exchange), {&kAnyResource, 1});
  return encode(exchange, binding.invoke(caller, input.get()));
}

// The one place where an exception becomes an answer.
HttpResponse Dispatcher::State::answer(const Exchange& exchange) {
  try {
    return perform(exchange);
  } catch (const AwsError& error) {
    return error_answer(exchange, error);
  } catch (const std::exception& error) {
    return bug_answer(exchange, error.what());
  }
}

void Dispatcher::State::add(Binding binding) {
  SLIPWAY_ASSERT(binding.service, "a binding without a service");
  const api::Operation* operation = api::find_operation(*binding.service, binding.operation);
  SLIPWAY_ASSERT(operation, "a binding for an operation that the model does not have: " +
                                std::string(binding.operation));
  if (std::ranges::find(services, binding.service) == services.end()) services.push_back(binding.service);
  bindings.insert_or_assign(operation, std::move(binding));
}

Exchange Dispatcher::State::receive(const HttpRequest& request) {
  Exchange exchange{request, head_of(request), {}, {}, ids.uuid(), clock.now()};
  exchange.scope = protocol::parse_credential_scope(exchange.head);
  exchange.target = protocol::identify(exchange.head, exchange.scope, services);
  return exchange;
}

const Binding& Dispatcher::State::find_binding(const Exchange& exchange) const {
  if (!exchange.target.service) refuse_unknown_service(exchange);
  if (exchange.target.cbor) refuse_cbor(exchange);
  if (!exchange.target.operation) refuse_unknown_operation(exchange);
  const auto found = bindings.find(exchange.target.operation);
  if (found == bindings.end()) refuse_unserved(exchange);
  return found->second;
}

Caller Dispatcher::State::caller_of(const Exchange& exchange) const {
  const std::string& key = exchange.scope.access_key;
  const bool key_is_account = key.size() == 12 && all_digits(key);
  const std::string& region = exchange.scope.region;
  if (!region.empty() && !can_be_region(region)) {
    const bool query = exchange.uses_query();
    throw AwsError(query ? "SignatureDoesNotMatch" : "InvalidSignatureException",
                   "Credential should be scoped to a valid region.", query ? 403 : 400);
  }
  Caller caller;
  caller.scope.account = key_is_account ? key : settings.default_account;
  caller.scope.region = region.empty() ? settings.default_region : region;
  caller.access_key = key;
  caller.principal_arn = model::root_arn(caller.scope.account);
  caller.request_id = exchange.request_id;
  caller.now = exchange.now;
  return caller;
}

HttpResponse Dispatcher::State::bug_answer(const Exchange& exchange, const char* what) {
  log.error(
      "request failed inside",
      {{"operation", exchange.target.operation_name}, {"request", exchange.request_id}, {"error", what}});
  const std::string text = std::string("Slipway failed inside, which is a bug of it: ") + what +
                           " (request " + exchange.request_id + ").";
  return error_answer(exchange,
                      AwsError(exchange.is_ecs() ? "ServerException" : "InternalFailure", text, 500));
}

void Dispatcher::State::record(const Exchange& exchange, const HttpResponse& response,
                               std::chrono::microseconds spent) {
  auto& tally = tallies[{exchange.target.service, exchange.target.operation, response.status}];
  ++tally.requests;
  tally.microseconds += spent.count();

  const bool quiet = response.status < 400 && only_reads(exchange.target.operation_name);
  const bool greeted = response.status < 400 && exchange.target.operation_name.empty();
  const LogLevel level = quiet || greeted ? LogLevel::Debug : LogLevel::Info;
  if (!log.enabled(level)) return;
  const std::string service(exchange.target.service ? exchange.target.service->name : exchange.scope.service);
  const std::string& operation = exchange.target.operation_name;
  std::string error;
  for (const auto& [name, value] : response.headers) {
    if (name == "x-amzn-ErrorType") error = " " + value;
  }
  // What names no operation is told by its path.
  const bool named = !operation.empty();
  log.write(level, "request",
            {{named ? "operation" : "path",
              named ? service + ":" + operation : std::string(exchange.request.path())},
             {"status", std::to_string(response.status) + error},
             {"us", std::to_string(spent.count())},
             {"id", exchange.request_id}});
}

std::vector<Dispatcher::Count> Dispatcher::counts() const {
  std::vector<Count> counts;
  for (const auto& [key, tally] : state_->tallies) {
    counts.push_back({std::string(key.service ? key.service->name : "none"),
                      std::string(key.operation ? key.operation->name : "none"), key.status, tally.requests,
                      tally.microseconds});
  }
  std::ranges::sort(counts, {}, [](const Count& c) { return std::tie(c.service, c.operation, c.status); });
  return counts;
}

}  // namespace slipway::server
