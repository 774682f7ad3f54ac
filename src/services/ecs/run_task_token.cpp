#include "services/ecs/run_task_token.h"

#include <vector>

#include "services/ecs/task_lookup.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {

namespace {

constexpr const char* kOperation = "RunTask";

// Two FNV-1a sums of the request without its token: enough to tell honest requests apart.
std::string hash_of(api::ecs::RunTaskRequest request) {
  request.client_token.reset();
  const auto text = protocol::to_json(request);
  std::string hash;
  for (std::uint64_t sum : {0xcbf29ce484222325ULL, 0x84222325cbf29ce4ULL}) {
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    for (int shift = 60; shift >= 0; shift -= 4) hash += "0123456789abcdef"[(sum >> shift) & 0xf];
  }
  return hash;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::size_t start = 0;
  while (start < text.size()) {
    const auto end = std::min(text.find(' ', start), text.size());
    words.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

}  // namespace

std::optional<api::ecs::RunTaskResponse> replay_token(const EcsContext& context,
                                                      const store::Transaction& transaction,
                                                      const Caller& caller,
                                                      const api::ecs::RunTaskRequest& request) {
  if (request.client_token.value_or("").empty()) return std::nullopt;
  const auto record = transaction.find_token(caller.scope, kOperation, *request.client_token);
  if (!record) return std::nullopt;
  if (record->request_hash != hash_of(request)) {
    auto conflict = api::ecs::conflict("The client token " + *request.client_token +
                                       " was used before with other parameters.");
    conflict.set_resource_ids(split(record->result));
    throw conflict;
  }
  api::ecs::RunTaskResponse response;
  response.tasks.emplace();
  response.failures.emplace();
  for (const auto& arn : split(record->result)) {
    if (const auto task = transaction.find_task(arn))
      response.tasks->push_back(shown_task(context, *task, true));
  }
  return response;
}

void keep_token(store::Transaction& transaction, const Caller& caller,
                const api::ecs::RunTaskRequest& request, const api::ecs::RunTaskResponse& response) {
  if (request.client_token.value_or("").empty() || response.tasks->empty()) return;
  store::TokenRecord record;
  record.operation = kOperation;
  record.token = *request.client_token;
  record.request_hash = hash_of(request);
  record.created_at = caller.now.control;
  for (const auto& task : *response.tasks) {
    if (!record.result.empty()) record.result += ' ';
    record.result += *task.task_arn;
  }
  transaction.put(caller.scope, std::move(record));
}

}  // namespace slipway::services::ecs
