// Keeps the addresses of `slipway port`: each stands for a port of a service, stays the same across
// deployments and restarts, and leads to the service's tasks through the data plane. Follows the store's
// feed: events only wake, what is there is read again. Made by app; control thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "slipway/async/clock.h"
#include "slipway/base/error.h"
#include "slipway/base/log.h"
#include "slipway/dataplane/data_plane.h"
#include "slipway/network/service_ports.h"
#include "slipway/store/store.h"

#include <boost/asio/any_io_executor.hpp>

namespace slipway::controllers {

// How tasks are reached from where this process stands, and how its user reaches what it listens on.
struct PortReach {
  network::Loopback loopback = network::Loopback::WholeRange;
  std::string published_at;  // IPv4; where the engine publishes ports, seen from here; empty: not reachable
  std::vector<std::string> networks =
      {};                      // of the engine, on which this process is too; instead of the former
  std::string listen_at = {};  // IPv4; empty: on the assigned address
  std::string shown_at = {};   // what the user connects to; empty: the assigned address
  std::string why_not = {};    // a sentence: no address can be given here
};

// The IPv4 address of a container (the engine's id) on each of its engine networks; empty when it is gone.
using ContainerAddresses =
    std::function<async::Awaitable<std::map<std::string, std::string>>(std::string runtime_id)>;

// An address as the user is told it.
struct OpenPort {
  std::string service;  // ARN
  std::uint16_t container_port = 0;
  std::string address;
  std::uint16_t port = 0;
  std::string problem;  // why nobody listens there; empty: somebody does
};

// Why there is no address: a sentence for the user.
struct PortRefusal {
  PortRefusal() = default;  // Result::error() needs it
  explicit PortRefusal(std::string text_in) : text(std::move(text_in)) {}
  std::string text;
};

class ServicePorts final {
 public:
  // What it works with; all outlive it. `addresses` is asked only with PortReach::networks.
  struct Parts {
    store::Store& store;
    dataplane::DataPlane& data_plane;
    async::Clock& clock;
    Log& log;
    PortReach reach;
    ContainerAddresses addresses;
  };
  ServicePorts(boost::asio::any_io_executor executor, Parts parts);
  ~ServicePorts();  // after stop(), or when the executor runs no more
  ServicePorts(const ServicePorts&) = delete;
  ServicePorts& operator=(const ServicePorts&) = delete;

  // Listens on what is stored and follows the store. Once. An address that somebody else has by now is
  // logged; open() replaces it.
  void start();
  // Nothing is followed any more; the listeners stay until the data plane ends. Once.
  async::Awaitable<void> stop();

  // The address for a port of the service, the same each time; given, listened on and stored at the first.
  // `container_port`: nullopt stands for the only TCP port of the task definition. Throws AwsError when the
  // store cannot be written.
  Result<OpenPort, PortRefusal> open(const std::string& service_arn,
                                     std::optional<std::uint16_t> container_port);
  // By service and container port.
  std::vector<OpenPort> list() const;
  // The store was reset: addresses that are no longer stored are closed.
  void forget();

 private:
  struct State;
  std::shared_ptr<State> state_;  // the store's listener outlives this and looks whether it is there
};

}  // namespace slipway::controllers
