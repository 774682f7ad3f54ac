// The generic data plane (decisions.md 25): listeners that forward TCP connections to weighted sets of
// targets. It runs on a thread of its own, so that traffic and API calls do not delay each other; the methods
// are for one other thread, the control thread. Values alone cross that border: nothing that is passed in or
// handed out is shared and mutable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "slipway/base/error.h"
#include "slipway/base/log.h"

namespace slipway::dataplane {

struct Target {
  std::string address;       // an IPv4 literal
  std::uint16_t port = 0;    // 1..65535
  std::uint32_t weight = 1;  // its share of the connections; 0: gets no new ones
};

// Where connections go. Targets that are named twice get the sum of their weights.
struct TargetTable {
  std::vector<Target> targets;
};

struct ListenerSpec {
  std::string id;          // of one listener at a time
  std::string address;     // an IPv4 literal: bound as it is
  std::uint16_t port = 0;  // 0: any free one
};

enum class ListenFailure {
  Busy,           // somebody listens there
  Denied,         // the port is for privileged users
  NoSuchAddress,  // not an address of this machine, or not an IPv4 literal
  Other
};

// Why a listener could not be opened. `message` is a sentence for the user; of a busy port it names the
// holder.
struct ListenError {
  ListenError() = default;  // Result::error() needs it
  ListenError(ListenFailure why_in, std::string message_in) : why(why_in), message(std::move(message_in)) {}
  ListenFailure why = ListenFailure::Other;
  std::string message;
};

struct TargetStats {
  std::string address;
  std::uint16_t port = 0;
  bool removed = false;           // no longer in the table: listed while it has connections
  std::uint64_t connections = 0;  // that reached it, ever
  std::uint64_t active = 0;       // of them, now
  std::uint64_t refused = 0;      // attempts that it refused or did not answer in time
};

struct ListenerStats {
  std::string id;
  std::string address;
  std::uint16_t port = 0;      // the bound one
  std::uint64_t accepted = 0;  // connections from clients, ever
  std::uint64_t active = 0;    // of them, now
  std::uint64_t failed = 0;    // of them, those that no target took
  std::uint64_t bytes_to_targets = 0;
  std::uint64_t bytes_to_clients = 0;
  std::vector<TargetStats> targets;  // in the table's order, then removed ones
};

// What happens to the established connections of a listener that is closed.
enum class OpenConnections { GoOn, Reset };

// Each connection goes to the next target by smooth weighted round robin. A target that refuses, or does not
// answer within a second, is skipped: each is tried once per connection. When there is none to try, the
// client's connection is reset (RST, not FIN: an empty answer must not look like a whole one). Established
// connections have no idle timeout; the end of one direction (FIN) is passed on while the other goes on; a
// failure of either side resets both.
class DataPlane final {
 public:
  // Starts the thread. `log` outlives this.
  explicit DataPlane(Log& log);
  // Resets every connection, closes every listener and joins the thread.
  ~DataPlane();
  DataPlane(const DataPlane&) = delete;
  DataPlane& operator=(const DataPlane&) = delete;

  // Binds and listens before it returns the port. The id must not be open. Does not wait for the data plane's
  // thread.
  [[nodiscard]] Result<std::uint16_t, ListenError> open(ListenerSpec spec,
                                                        std::shared_ptr<const TargetTable> table);
  // For connections from now on. Those to targets that are not in `table` go on until they end. Unknown ids
  // are ignored. Does not wait.
  void set_targets(const std::string& id, std::shared_ptr<const TargetTable> table);
  // The port is free when this returns: waits for the thread's turn (microseconds when idle, milliseconds
  // under full load). Unknown ids are ignored.
  void close(const std::string& id, OpenConnections connections = OpenConnections::GoOn);
  // Of the open listeners, by id. Waits for the thread's turn.
  std::vector<ListenerStats> stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::dataplane
