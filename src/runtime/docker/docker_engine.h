// The engine's verbs as calls of the Docker Engine API: containers and events in docker_engine.cpp, their
// output in docker_logs.cpp, the rest in docker_objects.cpp. Control thread only.
#pragma once

#include <string>
#include <vector>

#include "runtime/docker/http_client.h"
#include "slipway/base/log.h"
#include "slipway/runtime/docker_engine.h"

namespace slipway::runtime::docker {

// How long the real agent waits for each (data-plane.md 1.8).
constexpr Millis kCreateTime = std::chrono::minutes(4), kStartTime = std::chrono::minutes(3),
                 kInspectTime = Seconds(30), kRemoveTime = std::chrono::minutes(5), kListTime = Seconds(30),
                 kBeyondGrace = std::chrono::minutes(2), kPullTime = std::chrono::hours(2),
                 kPullInactivity = std::chrono::minutes(1), kObjectTime = std::chrono::minutes(2);

HttpRequest make_request(std::string method, std::string target, Millis deadline);
bool succeeded(const HttpResponse& response);
EngineError refusal(const HttpResponse& response);

class DockerEngine final : public Engine {
 public:
  DockerEngine(const boost::asio::any_io_executor& executor, async::Clock& clock, Log& log,
               DockerEndpoint endpoint, std::string config_directory)
      : executor_(executor),
        clock_(clock),
        log_(log),
        url_(endpoint.url),
        config_file_(std::move(config_directory) + "/config.json"),
        http_(executor, clock, std::move(endpoint)) {}

  Awaitable<EngineResult<EngineInfo>> info() override;
  Awaitable<EngineResult<ImageInfo>> inspect_image(std::string reference) override;
  Awaitable<EngineResult<void>> pull(std::string reference, PullProgress progress) override;
  Awaitable<EngineResult<void>> import_image(std::string tar, std::string tag,
                                             std::vector<std::string> changes) override;
  Awaitable<EngineResult<void>> remove_image(std::string reference) override;
  Awaitable<EngineResult<std::string>> create(ContainerSpec spec) override;
  Awaitable<EngineResult<void>> start(std::string id) override;
  Awaitable<EngineResult<void>> stop(std::string id, Seconds grace) override;
  Awaitable<EngineResult<void>> kill(std::string id, std::string signal) override;
  Awaitable<EngineResult<void>> remove(std::string id) override;
  Awaitable<EngineResult<ContainerStatus>> inspect(std::string id) override;
  Awaitable<EngineResult<std::vector<ContainerStatus>>> list(Labels labels) override;
  Awaitable<EngineResult<void>> logs(LogRequest request, LogSink sink) override;
  Awaitable<EngineResult<std::string>> create_network(NetworkSpec spec) override;
  Awaitable<EngineResult<NetworkInfo>> inspect_network(std::string name) override;
  Awaitable<EngineResult<std::vector<NetworkInfo>>> list_networks(Labels labels) override;
  Awaitable<EngineResult<void>> remove_network(std::string id) override;
  Awaitable<EngineResult<void>> create_volume(VolumeSpec spec) override;
  Awaitable<EngineResult<void>> inspect_volume(std::string name) override;
  Awaitable<EngineResult<std::vector<VolumeInfo>>> list_volumes(Labels labels) override;
  Awaitable<EngineResult<void>> remove_volume(std::string name) override;
  Awaitable<void> follow_events(Labels labels, EventListener listener,
                                std::function<void()> interrupted) override;

 private:
  // The minor number of the API version to speak; asked of the engine at first and after it could not be
  // reached.
  Awaitable<EngineResult<int>> api();
  // A call below /v1.N; `request.target` without it. Any status is an answer.
  Awaitable<EngineResult<HttpResponse>> call(HttpRequest request);
  Awaitable<EngineResult<HttpResponse>> stream(HttpRequest request, HttpStream receiver);
  // The same; a status other than 2xx is the error.
  Awaitable<EngineResult<std::string>> call_for_body(HttpRequest request);
  Awaitable<EngineResult<void>> call_for_nothing(HttpRequest request);
  // A POST to /images/create, whose failures come inside its progress stream.
  Awaitable<EngineResult<void>> make_image(HttpRequest request, PullProgress progress);
  Awaitable<EngineResult<void>> await_removal(std::string id);

  boost::asio::any_io_executor executor_;
  async::Clock& clock_;
  Log& log_;
  std::string url_;
  std::string config_file_;
  HttpClient http_;
  int api_ = 0;  // 0: not known
};

}  // namespace slipway::runtime::docker
