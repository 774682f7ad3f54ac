// The request pipeline (decisions.md 8): identify service and operation -> account, region, principal ->
// decode -> authorize -> handler -> encode; the only place that turns an exception into an answer. Control
// thread only.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "slipway/async/clock.h"
#include "slipway/base/id_source.h"
#include "slipway/base/log.h"
#include "slipway/server/http.h"
#include "slipway/services/binding.h"

namespace slipway::server {

struct DispatcherSettings {
  std::string default_region = "us-east-1";
  std::string default_account = "000000000000";
};

class Dispatcher final {
 public:
  Dispatcher(std::vector<services::Binding> bindings, async::Clock& clock, IdSource& ids, Log& log,
             DispatcherSettings settings);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Always an answer, always with x-amzn-RequestId.
  HttpResponse handle(const HttpRequest& request);

  // Requests answered so far, by service, operation and HTTP status: for /_slipway/metrics.
  struct Count {
    std::string service, operation;
    int status = 0;
    std::int64_t requests = 0;
    std::int64_t microseconds = 0;  // summed time inside handle()
  };
  std::vector<Count> counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::server
