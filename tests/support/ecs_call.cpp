#include "ecs_call.h"

#include <algorithm>
#include <memory>

#include "slipway/base/error.h"
#include "slipway/protocol/codec.h"
#include "task_builder.h"

namespace slipway::test {

EcsOutcome ecs_call(const std::vector<services::Binding>& bindings, const std::string& operation,
                    const nlohmann::json& request, Now now) {
  const auto binding = std::ranges::find(bindings, operation, &services::Binding::operation);
  if (binding == bindings.end()) return {{}, "no operation " + operation};
  const auto* described = api::find_operation(*binding->service, operation);
  const std::shared_ptr<void> input(described->input->object.create(), described->input->object.destroy);
  const services::Caller caller{.scope = test_scope(),
                                .access_key = "000000000000",
                                .principal_arn = "arn:aws:iam::000000000000:root",
                                .request_id = "r",
                                .now = now};
  try {
    protocol::decode_json(*described->input, request.dump(), input.get());
    auto reply = binding->invoke(caller, input.get());
    const auto text =
        reply.output() ? protocol::encode_json(*described->output, reply.output()) : reply.json_text();
    return {nlohmann::json::parse(text), ""};
  } catch (const AwsError& error) {
    return {{}, error.code() + ": " + error.what()};
  }
}

}  // namespace slipway::test
