// What every ECS handler works with. A handler is a synchronous function that throws AwsError to refuse, of
// one of two forms; operations.cpp binds it to its operation's name. Control thread only.
// What may change something:
//   Response op(EcsContext&, store::Transaction&, const Caller&, const Request&)
// A read that splices cached text:
//   Reply op(EcsContext&, const Caller&, const Request&)
#pragma once

#include "slipway/base/error.h"
#include "slipway/base/id_source.h"
#include "slipway/services/binding.h"
#include "slipway/services/ecs.h"
#include "slipway/store/store.h"

namespace slipway::services::ecs {

class FragmentCache;

struct EcsContext {
  store::Store& store;
  IdSource& ids;
  LocalEngine engine;
  EcsSettings settings;
  FragmentCache& fragments;  // fragment_cache.h
};

}  // namespace slipway::services::ecs
