// What containers print.
#include "runtime/docker/codec.h"
#include "runtime/docker/docker_engine.h"
#include "runtime/docker/log_decoder.h"

namespace slipway::runtime::docker {
namespace {

constexpr Millis kLogInactivity = Seconds(30);

// "1700000000.000000001": what the engine takes as a time.
std::string seconds_text(LogTime time) {
  const LogTime from = std::max(time, LogTime{});
  const auto whole = std::chrono::floor<Seconds>(from);
  const std::string fraction = std::to_string((from - whole).count());
  return std::to_string(whole.time_since_epoch().count()) + "." + std::string(9 - fraction.size(), '0') +
         fraction;
}

std::string target_of(const LogRequest& request) {
  std::string target = "/containers/" + url_encode(request.id) + "/logs?stdout=1&stderr=1&timestamps=1";
  if (request.follow) target += "&follow=1";
  if (request.since) target += "&since=" + seconds_text(*request.since);
  if (request.tail) target += "&tail=" + std::to_string(*request.tail);
  return target;
}

Awaitable<void> hand_on(std::vector<LogPiece> pieces, const LogSink& sink) {
  if (pieces.empty()) co_return;
  auto sinking = sink(std::move(pieces));
  co_await std::move(sinking);
}

}  // namespace

Awaitable<EngineResult<void>> DockerEngine::logs(LogRequest request, LogSink sink) {
  HttpRequest question = make_request("GET", "/containers/" + url_encode(request.id) + "/json", kInspectTime);
  auto looking = call_for_body(std::move(question));
  const EngineResult<std::string> body = co_await std::move(looking);
  if (!body) co_return body.error();
  LogDecoder decoder(decode_tty(*body) ? LogDecoder::Form::Text : LogDecoder::Form::Frames);
  HttpStream receiver;
  receiver.deliver = [&decoder, &sink](std::string_view bytes) { return hand_on(decoder.feed(bytes), sink); };
  HttpRequest reading = make_request("GET", target_of(request), Millis{0});
  if (!request.follow) reading.inactivity = kLogInactivity;
  auto streaming = stream(std::move(reading), std::move(receiver));
  const EngineResult<HttpResponse> answer = co_await std::move(streaming);
  if (!answer) co_return answer.error();
  if (!succeeded(*answer)) co_return refusal(*answer);
  auto finishing = hand_on(decoder.finish(), sink);
  co_await std::move(finishing);
  if (!decoder.error().empty()) co_return EngineError(EngineErrorKind::Failed, decoder.error());
  co_return EngineResult<void>{};
}

}  // namespace slipway::runtime::docker
