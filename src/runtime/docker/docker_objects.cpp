// The engine itself, images, networks and volumes.
#include "runtime/docker/codec.h"
#include "runtime/docker/credentials.h"
#include "runtime/docker/docker_engine.h"
#include "runtime/docker/streams.h"
#include "runtime/reference.h"

namespace slipway::runtime::docker {

Awaitable<EngineResult<EngineInfo>> DockerEngine::info() {
  auto calling = call_for_body(make_request("GET", "/info", kInspectTime));
  const EngineResult<std::string> body = co_await std::move(calling);
  if (!body) co_return body.error();
  EngineResult<EngineInfo> out = decode_info(*body);
  if (out) out->api_version = "1." + std::to_string(api_);
  co_return out;
}

Awaitable<EngineResult<ImageInfo>> DockerEngine::inspect_image(std::string reference) {
  auto calling =
      call_for_body(make_request("GET", "/images/" + url_encode(reference, "/:@") + "/json", kInspectTime));
  const EngineResult<std::string> body = co_await std::move(calling);
  if (!body) co_return body.error();
  co_return decode_image(*body);
}

Awaitable<EngineResult<void>> DockerEngine::make_image(HttpRequest request, PullProgress progress) {
  PullDecoder decoder;
  HttpStream receiver;
  receiver.bytes = [&decoder, &progress](std::string_view bytes) {
    for (const std::string& line : decoder.feed(bytes)) {
      if (progress) progress(line);
    }
  };
  auto calling = stream(std::move(request), std::move(receiver));
  const EngineResult<HttpResponse> answer = co_await std::move(calling);
  if (!answer) co_return answer.error();
  if (!succeeded(*answer)) {
    EngineError error = refusal(*answer);
    error.kind = classify_pull_error(error.message, error.kind);
    co_return error;
  }
  if (decoder.error()) co_return *decoder.error();
  co_return EngineResult<void>{};
}

Awaitable<EngineResult<void>> DockerEngine::pull(std::string reference, PullProgress progress) {
  const auto parsed = parse_image_reference(reference);
  if (!parsed) co_return EngineError(EngineErrorKind::Invalid, "invalid reference format");
  auto asking = registry_auth(executor_, clock_, log_, config_file_, parsed->registry);
  const std::string auth = co_await std::move(asking);
  const std::string version = parsed->digest.empty() ? parsed->tag : parsed->digest;
  HttpRequest request = make_request(
      "POST",
      "/images/create?fromImage=" + url_encode(parsed->familiar_name()) + "&tag=" + url_encode(version),
      kPullTime);
  request.inactivity = kPullInactivity;
  if (!auth.empty()) request.headers.emplace_back("X-Registry-Auth", auth);
  auto pulling = make_image(std::move(request), std::move(progress));
  co_return co_await std::move(pulling);
}

Awaitable<EngineResult<void>> DockerEngine::import_image(std::string tar, std::string tag,
                                                         std::vector<std::string> changes) {
  const auto parsed = parse_image_reference(tag);
  if (!parsed) co_return EngineError(EngineErrorKind::Invalid, "invalid reference format");
  std::string target = "/images/create?fromSrc=-&repo=" + url_encode(parsed->familiar_name()) +
                       "&tag=" + url_encode(parsed->tag);
  for (const std::string& change : changes) target += "&changes=" + url_encode(change);
  HttpRequest request = make_request("POST", std::move(target), kCreateTime);
  request.body = std::move(tar);
  request.content_type = "application/x-tar";
  auto importing = make_image(std::move(request), nullptr);
  co_return co_await std::move(importing);
}

Awaitable<EngineResult<void>> DockerEngine::remove_image(std::string reference) {
  return call_for_nothing(make_request("DELETE", "/images/" + url_encode(reference, "/:@"), kObjectTime));
}

Awaitable<EngineResult<std::string>> DockerEngine::create_network(NetworkSpec spec) {
  HttpRequest request = make_request("POST", "/networks/create", kObjectTime);
  request.body = encode_network(spec);
  request.repeatable = false;
  auto calling = call_for_body(std::move(request));
  const EngineResult<std::string> body = co_await std::move(calling);
  if (!body) co_return body.error();
  co_return decode_id(*body);
}

Awaitable<EngineResult<NetworkInfo>> DockerEngine::inspect_network(std::string name) {
  auto calling = call_for_body(make_request("GET", "/networks/" + url_encode(name), kInspectTime));
  const EngineResult<std::string> body = co_await std::move(calling);
  if (!body) co_return body.error();
  co_return decode_network(*body);
}

Awaitable<EngineResult<std::vector<NetworkInfo>>> DockerEngine::list_networks(Labels labels) {
  const std::string filters = url_encode(encode_label_filter(labels));
  auto calling = call_for_body(make_request("GET", "/networks?filters=" + filters, kListTime));
  const EngineResult<std::string> body = co_await std::move(calling);
  if (!body) co_return body.error();
  co_return decode_networks(*body);
}

Awaitable<EngineResult<void>> DockerEngine::remove_network(std::string id) {
  auto calling = call_for_nothing(make_request("DELETE", "/networks/" + url_encode(id), kObjectTime));
  const EngineResult<void> answer = co_await std::move(calling);
  if (answer) co_return answer;
  EngineError error = answer.error();
  // Docker answers 403 here, where 409 is meant.
  if (error.message.find("has active endpoints") != std::string::npos) error.kind = EngineErrorKind::Conflict;
  co_return error;
}

Awaitable<EngineResult<void>> DockerEngine::create_volume(VolumeSpec spec) {
  HttpRequest request = make_request("POST", "/volumes/create", kObjectTime);
  request.body = encode_volume(spec);
  return call_for_nothing(std::move(request));
}

Awaitable<EngineResult<void>> DockerEngine::inspect_volume(std::string name) {
  return call_for_nothing(make_request("GET", "/volumes/" + url_encode(name), kInspectTime));
}

Awaitable<EngineResult<std::vector<VolumeInfo>>> DockerEngine::list_volumes(Labels labels) {
  const std::string filters = url_encode(encode_label_filter(labels));
  auto calling = call_for_body(make_request("GET", "/volumes?filters=" + filters, kListTime));
  const EngineResult<std::string> body = co_await std::move(calling);
  if (!body) co_return body.error();
  co_return decode_volumes(*body);
}

Awaitable<EngineResult<void>> DockerEngine::remove_volume(std::string name) {
  return call_for_nothing(make_request("DELETE", "/volumes/" + url_encode(name), kObjectTime));
}

}  // namespace slipway::runtime::docker
