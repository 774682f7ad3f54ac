#include "cli/engine_access.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "slipway/app/docker_environment.h"
#include "slipway/async/system_clock.h"

namespace slipway::cli {

runtime::DockerEndpoint find_engine(const EngineOptions& options) {
  return runtime::resolve_docker_endpoint(
      app::docker_environment(options.docker_host, options.docker_context));
}

void with_engine(const runtime::DockerEndpoint& endpoint,
                 const std::function<runtime::Awaitable<void>(runtime::Engine&)>& work) {
  boost::asio::io_context context(1);
  Log log(LogLevel::Error, LogFormat::Text);
  const TimePoint start = async::SystemClock::wall_now();
  async::SystemClock clock(context.get_executor(), {start, start}, 1, start);
  const auto engine = runtime::make_docker_engine(context.get_executor(), clock, log, endpoint,
                                                  app::docker_config_directory());
  std::exception_ptr failure;
  auto running = work(*engine);
  boost::asio::co_spawn(context, std::move(running), [&](const std::exception_ptr& error) {
    failure = error;
    context.stop();
  });
  context.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace slipway::cli
