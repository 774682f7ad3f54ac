// Keeps services: wakes for each one that changed, whose tasks changed or whose time has come, and lets
// services::Ecs plan and apply. Events only wake; starting after a crash looks at every service once. Made by
// app; control thread only.
#pragma once

#include <memory>

#include "slipway/async/clock.h"
#include "slipway/base/log.h"
#include "slipway/services/ecs.h"
#include "slipway/store/store.h"

#include <boost/asio/any_io_executor.hpp>

namespace slipway::controllers {

class ServiceController final {
 public:
  // All references outlive the controller.
  ServiceController(boost::asio::any_io_executor executor, store::Store& store, services::Ecs& ecs,
                    async::Clock& clock, Log& log);
  ~ServiceController();  // after stop(), or when the executor runs no more
  ServiceController(const ServiceController&) = delete;
  ServiceController& operator=(const ServiceController&) = delete;

  // Looks at every service, then follows the store. Once.
  void start();
  // Services are left as they are. Once.
  async::Awaitable<void> stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::controllers
