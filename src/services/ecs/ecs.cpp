#include "slipway/services/ecs.h"

#include "services/ecs/context.h"
#include "services/ecs/fragment_cache.h"
#include "services/ecs/instance_stand_in.h"
#include "services/ecs/operations.h"
#include "services/ecs/service_keeper.h"
#include "services/ecs/task_definition.h"

namespace slipway::services {

struct Ecs::State {
  State(store::Store& store, IdSource& ids, LocalEngine engine, EcsSettings settings)
      : context{store, ids, std::move(engine), settings, fragments} {}
  ecs::FragmentCache fragments;
  ecs::EcsContext context;
};

Ecs::Ecs(store::Store& store, IdSource& ids, LocalEngine engine, EcsSettings settings)
    : state_(std::make_unique<State>(store, ids, std::move(engine), settings)) {
  store.write([&](store::Transaction& transaction) { ecs::refresh_stand_ins(state_->context, transaction); });
}

Ecs::~Ecs() = default;

void Ecs::sweep(TimePoint now) {
  state_->context.store.write([now](store::Transaction& transaction) {
    ecs::purge_deleted_definitions(transaction, now);
    ecs::forget_services(transaction, now);
  });
}

LookAgain Ecs::keep_service(const std::string& service_arn, Now now, bool room_came_free) {
  return ecs::keep_service(state_->context, service_arn, now, room_came_free);
}

std::vector<std::string> Ecs::why_service(const std::string& service_arn, Now now) const {
  return ecs::why_service(state_->context, service_arn, now);
}

std::vector<Binding> Ecs::bindings() { return ecs::operations(state_->context); }

}  // namespace slipway::services
