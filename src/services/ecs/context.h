// What every ECS handler works with. A handler is a synchronous function of one of two forms:
//   Response op(EcsContext&, store::Transaction&, const Caller&, const Request&)  whatever may change
//   something Reply op(EcsContext&, const Caller&, const Request&)                          reads that splice
//   cached text
// and throws AwsError to refuse. operations.cpp binds handlers to operation names. Control thread only.
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
