// What every call goes through, containers and events.
#include "runtime/docker/docker_engine.h"

#include <algorithm>
#include <chrono>

#include "runtime/docker/codec.h"
#include "runtime/docker/streams.h"

namespace slipway::runtime::docker {
namespace {

constexpr Millis kFirstReconnect{100}, kLongestReconnect{2000};
constexpr Millis kRemovalPoll{100};
constexpr int kRemovalPolls = 300;

std::string container_path(const std::string& id) { return "/containers/" + url_encode(id); }

}  // namespace

HttpRequest make_request(std::string method, std::string target, Millis deadline) {
  HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.deadline = deadline;
  return request;
}

bool succeeded(const HttpResponse& response) { return response.status / 100 == 2; }

EngineError refusal(const HttpResponse& response) { return decode_error(response.status, response.body); }

Awaitable<EngineResult<int>> DockerEngine::api() {
  if (api_ != 0) co_return api_;
  HttpRequest request = make_request("GET", "/_ping", kInspectTime);
  auto asking = http_.request(std::move(request));
  const EngineResult<HttpResponse> answer = co_await std::move(asking);
  if (!answer) co_return answer.error();
  if (!succeeded(*answer)) co_return refusal(*answer);
  const auto newest = decode_api_version(answer->api_version);
  if (!newest || *newest < kOldestApi) {
    co_return EngineError(EngineErrorKind::Invalid,
                          "the Docker Engine at " + url_ + " speaks API version " +
                              (answer->api_version.empty() ? "unknown" : answer->api_version) +
                              "; Slipway needs 1.41 or newer (Docker 20.10)");
  }
  api_ = std::min(*newest, kNewestApi);
  log_.debug("engine api", {{"endpoint", url_}, {"version", "1." + std::to_string(api_)}});
  co_return api_;
}

Awaitable<EngineResult<HttpResponse>> DockerEngine::stream(HttpRequest request, HttpStream receiver) {
  auto negotiating = api();
  const EngineResult<int> version = co_await std::move(negotiating);
  if (!version) co_return version.error();
  request.target.insert(0, "/v1." + std::to_string(*version));
  auto calling = http_.stream(std::move(request), std::move(receiver));
  EngineResult<HttpResponse> answer = co_await std::move(calling);
  // It may come back as another version.
  if (!answer && answer.error().kind == EngineErrorKind::Unreachable) api_ = 0;
  co_return answer;
}

Awaitable<EngineResult<HttpResponse>> DockerEngine::call(HttpRequest request) {
  HttpStream nobody;
  return stream(std::move(request), std::move(nobody));
}

Awaitable<EngineResult<std::string>> DockerEngine::call_for_body(HttpRequest request) {
  auto calling = call(std::move(request));
  EngineResult<HttpResponse> answer = co_await std::move(calling);
  if (!answer) co_return answer.error();
  if (!succeeded(*answer)) co_return refusal(*answer);
  co_return std::move(answer->body);
}

Awaitable<EngineResult<void>> DockerEngine::call_for_nothing(HttpRequest request) {
  auto calling = call_for_body(std::move(request));
  const EngineResult<std::string> answer = co_await std::move(calling);
  if (!answer) co_return answer.error();
  co_return EngineResult<void>{};
}

Awaitable<EngineResult<std::string>> DockerEngine::create(ContainerSpec spec) {
  auto negotiating = api();
  const EngineResult<int> version = co_await std::move(negotiating);
  if (!version) co_return version.error();
  std::string target = "/containers/create";
  if (!spec.name.empty()) target += "?name=" + url_encode(spec.name);
  HttpRequest request = make_request("POST", std::move(target), kCreateTime);
  request.body = encode_container(spec, *version);
  // With a name of its own a second creation is refused as Conflict, never doubled.
  request.repeatable = !spec.name.empty();
  auto creating = call_for_body(std::move(request));
  const EngineResult<std::string> body = co_await std::move(creating);
  if (!body) co_return body.error();
  EngineResult<std::string> id = decode_id(*body);
  if (!id) co_return id.error();
  for (auto& [network, connection] : encode_connects(spec, *id, *version)) {
    HttpRequest connect = make_request("POST", "/networks/" + url_encode(network) + "/connect", kObjectTime);
    connect.body = std::move(connection);
    connect.repeatable = false;
    auto connecting = call_for_nothing(std::move(connect));
    const EngineResult<void> connected = co_await std::move(connecting);
    if (connected) continue;
    auto removing = remove(*id);
    co_await std::move(removing);
    co_return connected.error();
  }
  co_return id;
}

Awaitable<EngineResult<void>> DockerEngine::start(std::string id) {
  HttpRequest request = make_request("POST", container_path(id) + "/start", kStartTime);
  // Sent again after a lost answer it would start a container that has ended meanwhile a second time.
  request.repeatable = false;
  auto calling = call(std::move(request));
  const EngineResult<HttpResponse> answer = co_await std::move(calling);
  if (!answer) co_return answer.error();
  if (succeeded(*answer) || answer->status == 304) co_return EngineResult<void>{};
  co_return refusal(*answer);
}

Awaitable<EngineResult<void>> DockerEngine::stop(std::string id, Seconds grace) {
  const std::string target = container_path(id) + "/stop?t=" + std::to_string(grace.count());
  auto calling = call(make_request("POST", target, grace + kBeyondGrace));
  const EngineResult<HttpResponse> answer = co_await std::move(calling);
  if (!answer) co_return answer.error();
  // 304: it does not run; 404: it is gone.
  if (succeeded(*answer) || answer->status == 304 || answer->status == 404) co_return EngineResult<void>{};
  co_return refusal(*answer);
}

Awaitable<EngineResult<void>> DockerEngine::kill(std::string id, std::string signal) {
  HttpRequest request =
      make_request("POST", container_path(id) + "/kill?signal=" + url_encode(signal), kBeyondGrace);
  request.repeatable = false;
  return call_for_nothing(std::move(request));
}

Awaitable<EngineResult<void>> DockerEngine::remove(std::string id) {
  auto calling = call(make_request("DELETE", container_path(id) + "?force=1&v=1", kRemoveTime));
  const EngineResult<HttpResponse> answer = co_await std::move(calling);
  if (!answer) co_return answer.error();
  if (succeeded(*answer) || answer->status == 404) co_return EngineResult<void>{};
  const EngineError error = refusal(*answer);
  if (error.kind != EngineErrorKind::Conflict ||
      error.message.find("already in progress") == std::string::npos) {
    co_return error;
  }
  auto waiting = await_removal(id);
  co_return co_await std::move(waiting);
}

// Somebody else's removal is in progress.
Awaitable<EngineResult<void>> DockerEngine::await_removal(std::string id) {
  for (int i = 0; i < kRemovalPolls; ++i) {
    auto looking = inspect(id);
    const EngineResult<ContainerStatus> seen = co_await std::move(looking);
    if (!seen && seen.error().kind == EngineErrorKind::NotFound) co_return EngineResult<void>{};
    if (!seen) co_return seen.error();
    auto sleeping = clock_.sleep_real(kRemovalPoll);
    co_await std::move(sleeping);
  }
  co_return EngineError(EngineErrorKind::Timeout, "removal of container " + id + " does not end");
}

Awaitable<EngineResult<ContainerStatus>> DockerEngine::inspect(std::string id) {
  auto calling = call_for_body(make_request("GET", container_path(id) + "/json", kInspectTime));
  const EngineResult<std::string> body = co_await std::move(calling);
  if (!body) co_return body.error();
  co_return decode_container(*body);
}

Awaitable<EngineResult<std::vector<ContainerStatus>>> DockerEngine::list(Labels labels) {
  const std::string filters = url_encode(encode_label_filter(labels));
  auto calling = call_for_body(make_request("GET", "/containers/json?all=1&filters=" + filters, kListTime));
  const EngineResult<std::string> body = co_await std::move(calling);
  if (!body) co_return body.error();
  co_return decode_containers(*body);
}

Awaitable<void> DockerEngine::follow_events(Labels labels, EventListener listener,
                                            std::function<void()> interrupted) {
  const std::string filters = url_encode(encode_event_filter(labels));
  Millis delay = kFirstReconnect;
  bool known_down = false;
  for (;;) {
    LineSplitter lines;
    HttpStream receiver;
    receiver.opened = [&listener, &delay, &known_down] {
      delay = kFirstReconnect;
      known_down = false;
      listener({}, {});
    };
    receiver.bytes = [&listener, &lines](std::string_view bytes) {
      for (const std::string& line : lines.feed(bytes)) {
        if (const auto event = decode_event(line)) listener(event->id, event->labels);
      }
    };
    // The engine sends its header before it listens to itself: `since` brings what happened in between.
    const auto since = std::chrono::floor<Seconds>(clock_.now().real).time_since_epoch().count();
    HttpRequest request =
        make_request("GET", "/events?since=" + std::to_string(since) + "&filters=" + filters, Millis{0});
    auto following = stream(std::move(request), std::move(receiver));
    const EngineResult<HttpResponse> ended = co_await std::move(following);
    interrupted();
    if (!known_down) {
      const std::string reason = !ended              ? ended.error().message
                                 : succeeded(*ended) ? "the stream ended"
                                                     : refusal(*ended).message;
      log_.warn("engine events interrupted", {{"endpoint", url_}, {"error", reason}});
      known_down = true;
    }
    auto sleeping = clock_.sleep_real(delay);
    co_await std::move(sleeping);
    delay = std::min(delay * 2, kLongestReconnect);
  }
}

}  // namespace slipway::runtime::docker

namespace slipway::runtime {

std::unique_ptr<Engine> make_docker_engine(const boost::asio::any_io_executor& executor, async::Clock& clock,
                                           Log& log, DockerEndpoint endpoint, std::string config_directory) {
  return std::make_unique<docker::DockerEngine>(executor, clock, log, std::move(endpoint),
                                                std::move(config_directory));
}

}  // namespace slipway::runtime
