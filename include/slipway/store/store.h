// The state: an in-memory model on the control thread over SQLite (decisions.md 1). A transaction collects a
// change set; commit writes it to SQLite first, then applies it to the model, then announces the changed
// keys. Control thread only; synchronous; a transaction never spans a wait.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/base/log.h"
#include "slipway/base/time.h"
#include "slipway/model/cluster.h"
#include "slipway/model/event.h"
#include "slipway/model/instance.h"
#include "slipway/model/network.h"
#include "slipway/model/service.h"
#include "slipway/model/service_port.h"
#include "slipway/model/task.h"
#include "slipway/model/task_definition.h"
#include "slipway/store/model.h"

namespace slipway::store {

enum class ObjectKind { Cluster, TaskDefinition, Task, ContainerInstance, Service };

// What a commit changed; tells only that, never how (style.md: events only wake).
struct Change {
  ObjectKind kind;
  std::string arn;
};
using ChangeListener = std::function<void(const Change&)>;

class Database;

class Transaction final {
 public:
  Transaction(const Model& model, Database& database) : model_(model), database_(database) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // The committed state: queries over many objects do not see this transaction's own changes.
  const Model& model() const { return model_; }

  // By ARN, with this transaction's own changes; nullptr when there is none. Tasks: also old stopped ones
  // from SQLite.
  std::shared_ptr<const model::Cluster> find_cluster(std::string_view arn) const;
  std::shared_ptr<const model::TaskDefinition> find_definition(std::string_view arn) const;
  model::TaskPtr find_task(std::string_view arn) const;
  std::shared_ptr<const model::ContainerInstance> find_instance(std::string_view arn) const;
  model::ServicePtr find_service(std::string_view arn) const;
  model::ServiceRevisionPtr find_revision(std::string_view arn) const;
  model::ServiceDeploymentPtr find_service_deployment(std::string_view arn) const;
  std::optional<TokenRecord> find_token(const model::Scope& scope, std::string_view operation,
                                        std::string_view token) const;

  // Inserts or replaces by ARN (subnets and networks by scope and id). put(Task) appends the outbox event
  // when last_status, desired_status or version changed. A service's task that is put as STOPPED while there
  // is no such service becomes `noted` with the commit: nobody else could.
  void put(model::Cluster cluster);
  void put(model::TaskDefinition definition);
  void put(model::Task task);
  void put(model::ContainerInstance instance);
  // put(ServiceDeployment) appends the outbox event when its status changed.
  void put(model::Service service);
  void put(model::ServiceRevision revision);
  void put(model::ServiceDeployment deployment);
  // Adds to the service's events, of which the newest 100 are kept. The time is moved on where needed: the
  // events of a service have strictly increasing times.
  void add_event(const std::string& service_arn, model::ServiceEvent event);
  // Inserts or replaces by service and container port. Announced to nobody: who puts them knows.
  void put(model::ServicePort port);
  void remove_service_port(const model::ServicePort& port);
  // With its revisions, service deployments, events and ports. Its stopped tasks become `noted`.
  void remove_service(const std::string& arn);
  void put(model::Subnet subnet);
  void put(model::VpcNetwork network);
  void put(const model::Scope& scope, TokenRecord token);
  // Counts up when (scope, kind, resource) is there already.
  void put(model::Warning warning);
  void remove_definition(const std::string& arn);
  void remove_task(const std::string& arn);
  void remove_instance(const std::string& arn);
  void remove_network(const model::VpcNetwork& network);
  void append(model::OutboxEvent event);

  // The next revision of a family, which is never given out again, also after a delete (also when this
  // transaction adds several).
  std::int64_t next_revision(const model::Scope& scope, const std::string& family);

 private:
  friend class Store;
  // Notes the stopped tasks of services that are no more: nobody else can.
  void note_orphans();

  const Model& model_;
  Database& database_;
  ChangeSet changes_;
};

// How a store is opened.
struct StoreOptions {
  std::string
      directory;  // the data dir; empty: in memory (--ephemeral keeps only `lock` and the id elsewhere)
  std::string server_id;  // used when a new database is made; an existing one keeps its own
};

// The data dir cannot be used; `what()` says what to do. The files are untouched.
class OpenError final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Store final {
 public:
  // Locks the directory (mode 0700, made when missing), recognises a newer schema or a corrupt file without
  // writing, migrates, loads the model. Throws OpenError.
  static std::unique_ptr<Store> open(const StoreOptions& options, Log& log);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const Model& model() const;
  // Identity of this data dir: the label dev.slipway.server.
  const std::string& server_id() const;

  // Runs `body`, then commits what it put. Throws what `body` throws (nothing is changed), or AwsError
  // ServerException 500 when SQLite cannot commit (disk full, I/O): nothing is changed then either, and the
  // next write tries again.
  template <class Body>
  auto write(Body&& body) {
    Transaction transaction(model(), database());
    if constexpr (std::is_void_v<decltype(body(transaction))>) {
      body(transaction);
      commit(transaction);
    } else {
      auto result = body(transaction);
      commit(transaction);
      return result;
    }
  }

  // By ARN, old stopped ones included.
  model::TaskPtr find_task(std::string_view arn) const;
  // Calls `listener` after each commit, once per changed object, for the life of the store.
  void subscribe(ChangeListener listener);

  // Control time across restarts: what `SystemClock::anchor` gave last.
  struct ClockRow {
    TimePoint control;
    TimePoint real;
  };
  std::optional<ClockRow> clock_anchor() const;
  void save_clock_anchor(ClockRow row);
  // No timestamp in the state is later: control time may not start before it.
  TimePoint latest_timestamp() const;

  // Outbox entries with seq > after, oldest first, at most `limit`.
  std::vector<model::OutboxEvent> outbox_after(std::int64_t after, std::size_t limit) const;
  // Forgets stopped tasks that stopped before `stopped_before`, are cleaned and not awaited by a service,
  // outbox entries and tokens older than `events_before`.
  void purge(TimePoint stopped_before, TimePoint events_before);
  // Empties all tables but the identity and the clock. Announces nothing.
  void reset();

 private:
  Store();
  Database& database() const;
  void commit(Transaction& transaction);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::store
