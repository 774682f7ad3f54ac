#include "slipway/app/scratch.h"

#include <boost/asio/io_context.hpp>

#include "slipway/async/system_clock.h"
#include "slipway/base/id_source.h"
#include "slipway/base/log.h"
#include "slipway/server/dispatcher.h"
#include "slipway/services/ecs.h"
#include "slipway/store/store.h"

namespace slipway::app {
namespace {

// Large enough for whatever a definition asks of an instance.
services::LocalEngine endless_engine() {
  services::LocalEngine engine;
  engine.id = "scratch";
  engine.architecture = "x86_64";
  engine.cpu_units = 1'000'000;
  engine.memory_mib = 10'000'000;
  return engine;
}

}  // namespace

struct Scratch::State {
  explicit State(bool strict)
      : ecs(*store, ids, endless_engine(), {.strict = strict}),
        dispatcher(ecs.bindings(), clock, ids, log, {}) {}

  Log log{LogLevel::Error, LogFormat::Text};
  boost::asio::io_context context;
  TimePoint begin = async::SystemClock::wall_now();
  async::SystemClock clock{context.get_executor(), {begin, begin}, 1.0, begin};
  RandomIdSource ids;
  std::unique_ptr<store::Store> store = store::Store::open({.directory = "", .server_id = "scratch"}, log);
  services::Ecs ecs;
  server::Dispatcher dispatcher;
};

Scratch::Scratch(bool strict) : state_(std::make_unique<State>(strict)) {}

Scratch::~Scratch() = default;

Scratch::Answer Scratch::call(const std::string& operation, const std::string& input) {
  const std::string target = "AmazonEC2ContainerServiceV20141113." + operation;
  server::HttpRequest request;
  request.method = "POST";
  request.target = "/";
  request.headers = {{"Content-Type", "application/x-amz-json-1.1"}, {"X-Amz-Target", target}};
  request.body = input;
  const server::HttpResponse response = state_->dispatcher.handle(request);
  return {response.status, response.body};
}

std::vector<std::string> Scratch::warnings() const {
  std::vector<std::string> texts;
  for (const auto& warning : state_->store->model().warnings()) texts.push_back(warning.text);
  return texts;
}

}  // namespace slipway::app
