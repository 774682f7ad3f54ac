#include "agent_world.h"

#include <unistd.h>
#include <algorithm>
#include <set>

#include "slipway/lifecycle/spec.h"
#include "slipway/lifecycle/stop.h"

namespace slipway::test {
namespace {

constexpr TimePoint kStart{std::chrono::milliseconds{1'780'000'000'000}};

std::string step_name(const model::Task& task) {
  return std::string(model::to_string(task.last_status)) + " " + std::to_string(task.version);
}

// The moves that data-plane.md 1.1 knows; the first word is where it was.
bool may_move(model::TaskStatus from, model::TaskStatus to) {
  using enum model::TaskStatus;
  switch (from) {
    case Provisioning:
      return to == Pending || to == Deprovisioning;
    case Pending:
      return to == Running || to == Stopping || to == Deprovisioning || to == Stopped;
    case Running:
      return to == Stopping;
    case Stopping:
      return to == Deprovisioning || to == Stopped;
    case Deprovisioning:
      return to == Stopped;
    case Activating:
    case Deactivating:
    case Stopped:
      break;
  }
  return false;
}

}  // namespace

World::World(WorldOptions options)
    : options_(options), clock_(io_.get_executor(), kStart), helpers_(io_.get_executor(), log_) {
  static int worlds = 0;
  directory_ = std::filesystem::temp_directory_path() /
               ("slipway-world-" + std::to_string(::getpid()) + "-" + std::to_string(worlds++));
  std::filesystem::create_directories(directory_);
  engine_ = runtime::make_simulated_engine(io_.get_executor(), clock_, engine_ids_, {});
  start_server();
  model::Subnet subnet;
  subnet.scope = test_scope();
  subnet.id = "subnet-1";
  subnet.vpc_id = "vpc-1";
  subnet.cidr = "172.31.0.0/20";
  store_->write([&](store::Transaction& tx) { tx.put(subnet); });
}

World::~World() {
  kill_server();
  std::filesystem::remove_all(directory_);
}

void World::start_server() {
  store::StoreOptions options;
  options.directory = (directory_ / std::to_string(generation_)).string();
  options.server_id = "0123456789abcdef";
  store_ = store::Store::open(options, log_);
  store_->subscribe([this](const store::Change& change) { watch(change); });
  catch_up();
  seen_engine_ = std::make_unique<ForwardingEngine>(*engine_);
  agent::AgentSettings settings;
  settings.server_id = store_->server_id();
  settings.engine_id = "engine";
  settings.architecture = "x86_64";
  settings.pull = options_.pull;
  settings.cgroups = options_.cgroups;
  settings.port_free = [](const std::string&, std::uint16_t, std::string_view) { return true; };
  agent_ = std::make_unique<agent::Agent>(io_.get_executor(), *store_, *seen_engine_, clock_, ids_, log_,
                                          std::move(settings));
  agent_->start();
  if (options_.services) start_services();
  dying_ = false;
}

void World::start_services() {
  const services::LocalEngine engine{.id = "engine",
                                     .version = "20.10.24",
                                     .architecture = "x86_64",
                                     .cpu_units = 16 * 1024,
                                     .memory_mib = options_.memory_mib};
  ecs_ = std::make_unique<services::Ecs>(*store_, ids_, engine, services::EcsSettings{});
  controller_ =
      std::make_unique<controllers::ServiceController>(io_.get_executor(), *store_, *ecs_, clock_, log_);
  controller_->start();
}

EcsOutcome World::call(const std::string& operation, const nlohmann::json& request) {
  const auto outcome = ecs_call(ecs_->bindings(), operation, request, clock_.now());
  settle();
  return outcome;
}

void World::kill_server() {
  dying_ = true;
  seen_engine_->cut();
  helpers_.spawn("stop", agent_->stop());
  if (controller_) helpers_.spawn("stop", controller_->stop());
  poll();
  agent_.reset();
  controller_.reset();
  ecs_.reset();
  store_.reset();
}

// The state as it is on disk now: what the server commits while it dies goes nowhere.
void World::copy_state() {
  const auto from = directory_ / std::to_string(generation_);
  const auto to = directory_ / std::to_string(++generation_);
  std::filesystem::create_directories(to);
  for (const auto& file : std::filesystem::directory_iterator(from)) {
    const std::string name = file.path().filename().string();
    if (name.starts_with("state.db") && !name.ends_with("-shm")) {
      std::filesystem::copy_file(file.path(), to / name);
    }
  }
}

void World::restart_server() {
  if (!dying_) copy_state();
  kill_server();
  start_server();
  settle();
}

void World::poll() {
  do {
    io_.restart();
  } while (io_.poll() > 0);
}

void World::settle() {
  poll();
  if (dying_) restart_server();
}

void World::advance(Millis span) {
  const TimePoint until = clock_.now().control + span;
  settle();
  while (clock_.now().control < until) {
    const auto next = clock_.next_deadline();
    const TimePoint to = next ? std::clamp(*next, clock_.now().control + Millis{1}, until) : until;
    clock_.advance(to - clock_.now().control);
    settle();
  }
}

void World::watch(const store::Change& change) {
  if (dying_) return;
  ++commits_;
  if (change.kind == store::ObjectKind::Task) notice(change.arn);
  if (commits_left_ > 0 && --commits_left_ == 0) {
    copy_state();
    dying_ = true;
    seen_engine_->cut();
  }
}

void World::notice(const std::string& arn) {
  const auto now = store_->find_task(arn);
  if (!now) return;
  auto& before = seen_[arn];
  check_transition(before.get(), *now);
  before = now;
  if (observer_) observer_(*now);
}

// Of the commit that was a server's last one, only one change was announced.
void World::catch_up() {
  std::set<std::string> arns;
  for (const auto& task : store_->model().unfinished_tasks()) arns.insert(task->arn);
  for (const auto& [arn, task] : seen_) {
    const auto now = store_->find_task(arn);
    if (now && now->version == task->version) {
      arns.erase(arn);
    } else {
      arns.insert(arn);
    }
  }
  for (const auto& arn : arns) notice(arn);
}

void World::check_transition(const model::Task* before, const model::Task& after) {
  auto& history = history_[after.arn];
  if (history.empty() || history.back() != step_name(after)) history.push_back(step_name(after));
  if (before == nullptr) return;
  const bool moved =
      before->last_status != after.last_status || before->desired_status != after.desired_status;
  const auto steps = after.version - before->version;
  if (before->last_status != after.last_status && !may_move(before->last_status, after.last_status)) {
    violations_.push_back(after.arn + ": " + step_name(*before) + " -> " + step_name(after));
  }
  if (steps < 0 || steps > 1 || (moved && steps != 1)) {
    violations_.push_back(after.arn + ": version " + step_name(*before) + " -> " + step_name(after));
  }
  if (before->desired_status == model::DesiredStatus::Stopped &&
      after.desired_status != model::DesiredStatus::Stopped) {
    violations_.push_back(after.arn + ": desired status went back");
  }
  for (const auto& old : before->containers) {
    const auto* now = lifecycle::find_container(after, old.name);
    // A container that could not be started with the ports chosen is made anew: the one step back there is.
    const bool anew = now != nullptr && old.known == model::ContainerState::Created &&
                      now->known == model::ContainerState::Pulled && now->runtime_id.empty();
    if (now == nullptr || (now->known < old.known && !anew) ||
        (old.exit_code && now->exit_code != old.exit_code) ||
        (!old.reason.empty() && now->reason != old.reason)) {
      violations_.push_back(after.arn + ": container " + old.name + " went back");
    }
  }
}

std::string World::define(const std::vector<ContainerBuilder>& containers, model::NetworkMode mode,
                          const std::vector<api::ecs::Volume>& volumes) {
  auto document = task_definition(containers, mode, ++revision_);
  document.volumes = volumes;
  model::TaskDefinition definition;
  definition.arn = *document.task_definition_arn;
  definition.scope = test_scope();
  definition.family = "app";
  definition.revision = revision_;
  definition.registered_at = clock_.now().control;
  definition.document = std::make_shared<const api::ecs::TaskDefinition>(std::move(document));
  const std::string arn = definition.arn;
  store_->write([&](store::Transaction& tx) { tx.put(definition); });
  return arn;
}

std::string World::run_task(const std::string& definition, model::LaunchType type) {
  const auto known = store_->model().find_definition(definition);
  model::Task task = new_task(*known->document, type, clock_.now().control, ids_);
  const std::string arn = task.arn;
  store_->write([&](store::Transaction& tx) { tx.put(task); });
  return arn;
}

void World::stop_task(const std::string& arn, const std::string& reason) {
  store_->write([&](store::Transaction& tx) {
    const auto task = tx.find_task(arn);
    tx.put(lifecycle::request_stop(*task, model::StopCode::UserInitiated, reason, clock_.now()));
  });
}

model::Task World::task(const std::string& arn) const { return *store_->find_task(arn); }

model::Container World::container(const std::string& arn, const std::string& name) const {
  const model::Task whole = task(arn);
  return *lifecycle::find_container(whole, name);
}

std::vector<std::string> World::history(const std::string& arn) const {
  const auto found = history_.find(arn);
  return found == history_.end() ? std::vector<std::string>() : found->second;
}

std::string World::foreign_container(const std::string& name, const runtime::Labels& labels) {
  const auto pulled = await(engine_->pull("other:1", [](const std::string&) {}));
  runtime::ContainerSpec spec;
  spec.name = name;
  spec.image = "other:1";
  spec.labels = labels;
  auto id = *await(engine_->create(spec));
  const auto started = await(engine_->start(id));
  return pulled && started ? id : std::string();
}

}  // namespace slipway::test
