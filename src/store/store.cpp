#include "slipway/store/store.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "store/checkpointer.h"
#include "store/database.h"
#include "store/file_check.h"
#include "store/lock_file.h"
#include "store/open_database.h"
#include "store/server_error.h"

namespace slipway::store {
namespace {

constexpr std::string_view kServerId = "server_id", kControlTime = "clock_control", kRealTime = "clock_real";

// Pages of 4 KiB. From 4 MB on the checkpoint thread works; should writes outrun it for long, the control
// thread lends a hand at 64 MB, so that the log cannot grow without bound.
constexpr int kCheckpointPages = 1024;
constexpr int kInlineCheckpointPages = 16384;

void make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::is_directory(directory, error)) return;
  std::filesystem::create_directories(directory, error);
  // Only a directory that we made: an existing one may be shared on purpose.
  if (!error) std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  if (error) {
    throw OpenError("Cannot make the data directory " + directory.string() + ": " + error.message() +
                    ". Give another --data-dir, or use --ephemeral.");
  }
}

// ARNs of the services of which anything changed.
std::set<std::string> changed_services(const ChangeSet& changes) {
  std::set<std::string> arns;
  for (const auto& [arn, service] : changes.services) arns.insert(arn);
  for (const auto& [arn, revision] : changes.service_revisions) arns.insert(revision->service_arn);
  for (const auto& [arn, deployment] : changes.service_deployments) arns.insert(deployment->service_arn);
  for (const auto& [arn, event] : changes.service_events) arns.insert(arn);
  return arns;
}

}  // namespace

struct Store::State {
  State(const std::string& directory_in, Log& log_in) : directory(directory_in), log(log_in) {}

  const std::filesystem::path directory;  // empty: in memory
  Log& log;
  std::unique_ptr<LockFile> lock;
  std::unique_ptr<Database> database;
  MemoryModel model{[this](const TaskQuery& query) {
    return as_server_error(database->place(), [&] { return database->tasks.finished(query); });
  }};
  std::unique_ptr<Checkpointer> checkpointer;
  std::vector<ChangeListener> listeners;
  std::string server_id;
  TimePoint latest;
  int checkpoint_at = kCheckpointPages;

  void open(const StoreOptions& options);
  void load(const std::string& new_server_id);
  void apply(const ChangeSet& changes, const std::vector<std::int64_t>& row_ids);
  void apply_services(const ChangeSet& changes);
  void announce(const ChangeSet& changes) const;
  void watch_log();
  void checkpoint_inline();
};

void Store::State::open(const StoreOptions& options) {
  if (directory.empty()) {
    database = std::make_unique<Database>(open_in_memory(), "memory");
    load(options.server_id);
    return;
  }
  make_directory(directory);
  lock = std::make_unique<LockFile>(directory);
  const auto file = directory / "state.db";
  auto connection = open_database(directory);
  try {
    database = std::make_unique<Database>(std::move(connection), directory.string());
    load(options.server_id);
  } catch (const SqliteError& error) {
    throw_open_error(file, error);
  } catch (const RowError& error) {
    throw OpenError(damaged_text(file, error.what()));
  }
  checkpointer = std::make_unique<Checkpointer>(file.string(), log);
}

void Store::State::load(const std::string& new_server_id) {
  latest = database->load(model);
  if (const auto control = database->meta.find_integer(kControlTime)) {
    latest = std::max(latest, TimePoint(Millis(*control)));
  }
  const auto known = database->meta.find(kServerId);
  server_id = known.value_or(new_server_id);
  if (!known) database->meta.put(kServerId, server_id);
}

void Store::State::apply(const ChangeSet& changes, const std::vector<std::int64_t>& row_ids) {
  for (const auto& [arn, cluster] : changes.clusters) {
    latest = std::max({latest, cluster->created_at, cluster->updated_at});
    model.put(cluster);
  }
  for (const auto& [key, revision] : changes.revisions) model.put_family(key.first, key.second, revision);
  for (const auto& [arn, definition] : changes.definitions) {
    if (definition) {
      latest = std::max(latest, definition->registered_at);
      model.put(definition);
    } else {
      model.remove_definition(arn);
    }
  }
  for (const auto& [arn, instance] : changes.instances) {
    instance ? model.put(instance) : model.remove_instance(arn);
  }
  auto row_id = row_ids.begin();
  for (const auto& [arn, task] : changes.tasks) {
    if (task) {
      latest = std::max(latest, latest_time(*task));
      model.put_task(task, *row_id);
    } else {
      model.remove_task(arn);
    }
    ++row_id;
  }
  apply_services(changes);
  for (const auto& subnet : changes.subnets) model.put(subnet);
  for (const auto& [network, put] : changes.networks) {
    put ? model.put(network) : model.remove_network(network);
  }
  for (const auto& event : changes.events) latest = std::max(latest, event.at);
  for (const auto& warning : changes.warnings) model.put(warning);
}

void Store::State::apply_services(const ChangeSet& changes) {
  for (const auto& arn : changes.forgotten_services) model.remove_service(arn);
  for (const auto& [port, put] : changes.service_ports) {
    put ? model.put(port) : model.remove_service_port(port);
  }
  for (const auto& [arn, service] : changes.services) {
    if (!service) continue;
    latest = std::max(latest, latest_time(*service));
    model.put(service);
  }
  for (const auto& [arn, revision] : changes.service_revisions) {
    latest = std::max(latest, revision->created_at);
    model.put(revision);
  }
  for (const auto& [arn, deployment] : changes.service_deployments) {
    latest = std::max(latest, latest_time(*deployment));
    model.put(deployment);
  }
  for (const auto& [arn, event] : changes.service_events) {
    latest = std::max(latest, event.created_at);
    model.add_event(arn, event);
  }
}

void Store::State::announce(const ChangeSet& changes) const {
  if (listeners.empty()) return;
  const auto tell_one = [this](ObjectKind kind, const std::string& arn) {
    const Change change{.kind = kind, .arn = arn};
    for (const auto& listener : listeners) listener(change);
  };
  const auto tell = [&](ObjectKind kind, const auto& objects) {
    for (const auto& [arn, object] : objects) tell_one(kind, arn);
  };
  tell(ObjectKind::Cluster, changes.clusters);
  tell(ObjectKind::TaskDefinition, changes.definitions);
  tell(ObjectKind::Task, changes.tasks);
  tell(ObjectKind::ContainerInstance, changes.instances);
  for (const auto& arn : changed_services(changes)) tell_one(ObjectKind::Service, arn);
}

void Store::State::watch_log() {
  if (!checkpointer) return;
  const int pages = database->wal_pages();
  if (pages < kCheckpointPages) {
    checkpoint_at = kCheckpointPages;
  } else if (pages >= checkpoint_at) {
    checkpointer->request();
    checkpoint_at = pages + kCheckpointPages / 4;
    if (pages >= kInlineCheckpointPages) checkpoint_inline();
  }
}

void Store::State::checkpoint_inline() {
  try {
    // Does nothing when the thread is at it: a checkpoint has one owner at a time.
    database->connection().exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch (const SqliteError& error) {
    // The commit before it stands: the log keeps what the database lacks.
    log.warn("checkpoint failed", {{"directory", directory.string()}, {"reason", error.what()}});
  }
}

Store::Store() = default;

Store::~Store() {
  if (!state_ || !state_->database || state_->directory.empty()) return;
  state_->checkpointer.reset();
  state_->database->connection().checkpoint_on_close();
}

std::unique_ptr<Store> Store::open(const StoreOptions& options, Log& log) {
  auto state = std::make_unique<State>(options.directory, log);
  state->open(options);
  std::unique_ptr<Store> store(new Store);
  store->state_ = std::move(state);
  return store;
}

const Model& Store::model() const { return state_->model; }

const std::string& Store::server_id() const { return state_->server_id; }

Database& Store::database() const { return *state_->database; }

void Store::commit(Transaction& transaction) {
  ChangeSet& changes = transaction.changes_;
  if (changes.empty()) return;
  transaction.note_orphans();
  Database& database = *state_->database;
  const auto row_ids =
      as_server_error(database.place(), [&] { return database.write(changes, state_->model); });
  state_->apply(changes, row_ids);
  state_->watch_log();
  state_->announce(changes);
}

model::TaskPtr Store::find_task(std::string_view arn) const {
  if (auto task = state_->model.find_task(arn)) return task;
  return as_server_error(database().place(), [&] { return database().tasks.find(arn); });
}

void Store::subscribe(ChangeListener listener) { state_->listeners.push_back(std::move(listener)); }

std::optional<Store::ClockRow> Store::clock_anchor() const {
  return as_server_error(database().place(), [&]() -> std::optional<ClockRow> {
    const auto control = database().meta.find_integer(kControlTime);
    const auto real = database().meta.find_integer(kRealTime);
    if (!control || !real) return std::nullopt;
    return ClockRow{.control = TimePoint(Millis(*control)), .real = TimePoint(Millis(*real))};
  });
}

void Store::save_clock_anchor(ClockRow row) {
  as_server_error(database().place(), [&] {
    SqlTransaction transaction(database().connection());
    database().meta.put(kControlTime, row.control.time_since_epoch().count());
    database().meta.put(kRealTime, row.real.time_since_epoch().count());
    transaction.commit();
  });
  state_->latest = std::max(state_->latest, row.control);
}

TimePoint Store::latest_timestamp() const { return state_->latest; }

std::vector<model::OutboxEvent> Store::outbox_after(std::int64_t after, std::size_t limit) const {
  return as_server_error(database().place(), [&] { return database().outbox.after(after, limit); });
}

void Store::purge(TimePoint stopped_before, TimePoint events_before) {
  as_server_error(database().place(), [&] {
    database().purge(stopped_before, events_before);
    state_->model.remove_finished_before(stopped_before);
    const auto in_memory = static_cast<std::int64_t>(state_->model.finished_in_memory());
    if (state_->model.has_archived()) state_->model.set_archived(database().finished_tasks() > in_memory);
  });
}

void Store::reset() {
  as_server_error(database().place(), [&] { database().reset(); });
  state_->model.clear();
}

}  // namespace slipway::store
