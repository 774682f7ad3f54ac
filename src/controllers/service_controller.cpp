#include "slipway/controllers/service_controller.h"

#include <set>
#include <string>

#include "slipway/async/task_scope.h"
#include "slipway/async/work_queue.h"

namespace slipway::controllers {

struct ServiceController::State {
  State(boost::asio::any_io_executor executor, store::Store& store_in, services::Ecs& ecs_in,
        async::Clock& clock_in, Log& log)
      : store(store_in),
        ecs(ecs_in),
        clock(clock_in),
        scope(std::move(executor), log),
        queue("services", clock, scope, log, [this](std::string arn) { return look(this, std::move(arn)); }) {
  }

  static async::Awaitable<void> look(State* self, std::string arn);
  void on_change(const store::Change& change);
  void on_task(const std::string& arn);

  store::Store& store;
  services::Ecs& ecs;
  async::Clock& clock;
  async::TaskScope scope;
  async::WorkQueue queue;
  bool following = false;
  std::set<std::string> waiting;     // services that found no room for a task
  std::set<std::string> room_freed;  // those of them for whom a task has made room since
};

async::Awaitable<void> ServiceController::State::look(State* self, std::string arn) {
  const bool room = self->room_freed.erase(arn) > 0;
  const services::LookAgain again = self->ecs.keep_service(arn, self->clock.now(), room);
  if (again.waits_for_room) {
    self->waiting.insert(arn);
  } else {
    self->waiting.erase(arn);
  }
  if (again.control) self->queue.add_at(arn, *again.control);
  if (again.real) self->queue.add_after_real(arn, *again.real - self->clock.now().real);
  co_return;
}

void ServiceController::State::on_change(const store::Change& change) {
  if (!following) return;
  if (change.kind == store::ObjectKind::Service) queue.add(change.arn);
  if (change.kind == store::ObjectKind::Task) on_task(change.arn);
}

void ServiceController::State::on_task(const std::string& arn) {
  const auto task = store.model().find_task(arn);
  if (!task) return;
  if (const auto name = model::service_of_group(task->group); !name.empty()) {
    queue.add(model::service_arn(task->scope, task->cluster, name));
  }
  if (task->last_status == model::TaskStatus::Stopped && !task->instance_arn.empty()) {
    for (const auto& service : waiting) {
      room_freed.insert(service);
      queue.add(service);
    }
  }
}

ServiceController::ServiceController(boost::asio::any_io_executor executor, store::Store& store,
                                     services::Ecs& ecs, async::Clock& clock, Log& log)
    : state_(std::make_unique<State>(std::move(executor), store, ecs, clock, log)) {}

ServiceController::~ServiceController() = default;

void ServiceController::start() {
  State* state = state_.get();
  state->following = true;
  state->store.subscribe([state](const store::Change& change) { state->on_change(change); });
  for (const auto& service : state->store.model().all_services()) state->queue.add(service->arn);
}

async::Awaitable<void> ServiceController::stop() {
  state_->following = false;
  auto ending = state_->scope.stop();
  co_await std::move(ending);
}

}  // namespace slipway::controllers
