// RunTask's clientToken: the same request again gets the same tasks. Control thread.
#pragma once

#include <optional>

#include "services/ecs/context.h"
#include "slipway/api/ecs/RunTaskRequest.h"
#include "slipway/api/ecs/RunTaskResponse.h"

namespace slipway::services::ecs {

// The tasks that this token made before, as they are now; nullopt for a request without a token or with a new
// one. Throws ConflictException when another request used the token.
std::optional<api::ecs::RunTaskResponse> replay_token(const EcsContext& context,
                                                      const store::Transaction& transaction,
                                                      const Caller& caller,
                                                      const api::ecs::RunTaskRequest& request);

// Remembers what `request` made; nothing without a token or tasks.
void keep_token(store::Transaction& transaction, const Caller& caller,
                const api::ecs::RunTaskRequest& request, const api::ecs::RunTaskResponse& response);

}  // namespace slipway::services::ecs
