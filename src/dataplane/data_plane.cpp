#include "slipway/dataplane/data_plane.h"

#include <pthread.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "dataplane/listener.h"

namespace slipway::dataplane {
namespace asio = boost::asio;
namespace {

void check(const TargetTable& table) {
  for (const Target& target : table.targets) {
    boost::system::error_code error;
    asio::ip::make_address_v4(target.address, error);
    SLIPWAY_ASSERT(!error && target.port != 0, "a target is an IPv4 address and a port, not '" +
                                                   target.address + ":" + std::to_string(target.port) + "'");
  }
}

}  // namespace

struct DataPlane::State {
  explicit State(Log& log) : plane(io.get_executor(), log), work(io.get_executor()) {}

  // One round trip to the data plane's thread.
  template <class F>
  auto ask(F question) {
    std::packaged_task<decltype(question())()> task(std::move(question));
    auto answer = task.get_future();
    asio::post(io, std::move(task));
    return answer.get();
  }

  static async::Awaitable<void> end(State& state);

  asio::io_context io{1};
  Plane plane;
  std::map<std::string, std::shared_ptr<Listener>> listeners;  // the data plane's
  std::set<std::string> ids;                                   // the caller's: of the open listeners
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::thread thread;
};

// Every coroutine ends, then the thread has nothing left to do.
async::Awaitable<void> DataPlane::State::end(State& state) {
  boost::system::error_code ignored;
  for (const auto& [id, listener] : state.listeners) listener->acceptor.close(ignored);
  auto stopping = state.plane.scope.stop();
  co_await std::move(stopping);
  state.listeners.clear();
  state.work.reset();
}

DataPlane::DataPlane(Log& log) : state_(std::make_unique<State>(log)) {
  state_->thread = std::thread([state = state_.get()] {
    pthread_setname_np(pthread_self(), "data plane");
    state->io.run();
  });
}

DataPlane::~DataPlane() {
  asio::co_spawn(state_->io, State::end(*state_), [](const std::exception_ptr&) {});
  state_->thread.join();
}

Result<std::uint16_t, ListenError> DataPlane::open(ListenerSpec spec,
                                                   std::shared_ptr<const TargetTable> table) {
  SLIPWAY_ASSERT(!state_->ids.contains(spec.id), "listener '" + spec.id + "' is open");
  check(*table);
  auto acceptor = listen(state_->io.get_executor(), spec);
  if (!acceptor) return acceptor.error();
  spec.port = acceptor->local_endpoint().port();
  const std::uint16_t port = spec.port;
  state_->ids.insert(spec.id);
  auto listener = std::make_shared<Listener>(std::move(spec), std::move(*acceptor));
  asio::post(state_->io, [state = state_.get(), listener = std::move(listener), table = std::move(table)] {
    listener->targets.assign(*table);
    state->listeners.emplace(listener->spec.id, listener);
    state->plane.scope.spawn("listener", accept(state->plane, listener));
  });
  return port;
}

void DataPlane::set_targets(const std::string& id, std::shared_ptr<const TargetTable> table) {
  check(*table);
  asio::post(state_->io, [state = state_.get(), id, table = std::move(table)] {
    const auto found = state->listeners.find(id);
    if (found != state->listeners.end()) found->second->targets.assign(*table);
  });
}

void DataPlane::close(const std::string& id, OpenConnections connections) {
  if (state_->ids.erase(id) == 0) return;
  state_->ask([state = state_.get(), &id, connections] {
    const auto listener = state->listeners.extract(id).mapped();
    boost::system::error_code ignored;
    listener->acceptor.close(ignored);
    if (connections == OpenConnections::Reset) listener->reset_connections();
  });
}

std::vector<ListenerStats> DataPlane::stats() const {
  return state_->ask([state = state_.get()] {
    std::vector<ListenerStats> all;
    for (const auto& [id, listener] : state->listeners) all.push_back(listener->stats());
    return all;
  });
}

}  // namespace slipway::dataplane
