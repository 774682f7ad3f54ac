// An entry of the outbox: something happened that consumers (EventBridge, dashboard, `why`) will want to
// know.
#pragma once

#include <cstdint>
#include <string>

#include "slipway/base/time.h"
#include "slipway/model/arn.h"

namespace slipway::model {

struct OutboxEvent {
  std::int64_t seq = 0;  // given by the store
  Scope scope;
  std::string kind;  // "task", "container-instance", …
  std::string json;  // {"arn":…,"lastStatus":…,"desiredStatus":…,"version":…}
  TimePoint at;
};

// A help that the default gives and AWS (and --strict) would not; see contract.md, `/_slipway/warnings`.
struct Warning {
  Scope scope;
  std::string kind;      // "adopted-subnet", "local-instance", …
  std::string resource;  // ARN or id
  std::string text;      // what would happen on AWS and how to be right there
  TimePoint first_at;
  TimePoint last_at;
  std::int64_t count = 1;
};

}  // namespace slipway::model
