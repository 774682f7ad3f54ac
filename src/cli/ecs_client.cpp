#include "cli/ecs_client.h"

#include "slipway/app/environment.h"

namespace slipway::cli {
namespace {

std::string first_set(std::initializer_list<std::string> values) {
  for (const auto& value : values) {
    if (!value.empty()) return value;
  }
  return {};
}

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

EcsClient::EcsClient(const ClientOptions& options)
    : endpoint_(options.endpoint),
      access_key_(first_set({app::environment("AWS_ACCESS_KEY_ID"), "test"})),
      region_(first_set(
          {options.region, app::environment("AWS_REGION"), app::environment("AWS_DEFAULT_REGION")})) {}

EcsClient::EcsClient(std::string endpoint, std::string account, std::string region)
    : endpoint_(std::move(endpoint)), access_key_(std::move(account)), region_(std::move(region)) {}

nlohmann::json EcsClient::call(const std::string& operation, const nlohmann::json& input) const {
  ClientRequest request{.method = "POST",
                        .path = "/",
                        .headers = {{"Content-Type", "application/x-amz-json-1.1"},
                                    {"X-Amz-Target", "AmazonEC2ContainerServiceV20141113." + operation}},
                        .body = input.dump()};
  // The credential scope names account and region; without a region the server's default counts.
  if (!region_.empty()) {
    request.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + access_key_ +
                                                      "/20260101/" + region_ +
                                                      "/ecs/aws4_request, SignedHeaders=host, Signature=0");
  }
  const ClientResponse response = send(endpoint_, request);
  auto body = nlohmann::json::parse(response.body, nullptr, false);
  if (!body.is_object()) {
    throw CommandError("what answers at " + endpoint_ + " is not Slipway (see --endpoint)");
  }
  if (response.status == 200) return body;
  const std::string type = text_of(body, "__type");
  throw EcsError(type.substr(type.rfind('#') + 1),
                 first_set({text_of(body, "message"), text_of(body, "Message")}));
}

}  // namespace slipway::cli
