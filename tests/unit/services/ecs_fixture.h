// An ECS service over a store in memory: tests call operations with JSON, as a client would, and look at the
// JSON that comes back.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "slipway/base/error.h"
#include "slipway/base/id_source.h"
#include "slipway/base/log.h"
#include "slipway/protocol/codec.h"
#include "slipway/services/ecs.h"
#include "slipway/store/store.h"

namespace slipway::services::test {

using Json = nlohmann::json;

// The AwsError that an operation threw, as "Code: message"; "" when it answered.
struct Outcome {
  Json answer;
  std::string error;
  std::vector<std::string> resource_ids;  // of the error
};

class EcsFixture : public ::testing::Test {
 protected:
  explicit EcsFixture(EcsSettings settings = {}) : log_(LogLevel::Error, LogFormat::Text) {
    store_ = store::Store::open({.directory = "", .server_id = "test"}, log_);
    start(settings);
  }

  void start(EcsSettings settings) {
    ecs_.reset();
    const LocalEngine engine{.id = "engine-1",
                             .version = "20.10.24",
                             .architecture = "x86_64",
                             .cpu_units = 2048,
                             .memory_mib = 4096,
                             .answers = [this] { return engine_answers_; }};
    ecs_ = std::make_unique<Ecs>(*store_, ids_, engine, settings);
    bindings_ = ecs_->bindings();
  }

  Outcome try_call(const std::string& operation, const Json& input) {
    for (const auto& binding : bindings_) {
      if (binding.operation != operation) continue;
      const auto* described = api::find_operation(*binding.service, operation);
      const std::shared_ptr<void> object(described->input->object.create(), described->input->object.destroy);
      try {
        protocol::decode_json(*described->input, input.dump(), object.get());
        auto reply = binding.invoke(caller_, object.get());
        const auto text =
            reply.output() ? protocol::encode_json(*described->output, reply.output()) : reply.json_text();
        return {Json::parse(text), "", {}};
      } catch (const AwsError& error) {
        return {Json(), error.code() + ": " + error.what(), error.resource_ids()};
      }
    }
    ADD_FAILURE() << "no operation " << operation;
    return {};
  }
  Json call(const std::string& operation, const Json& input) {
    const auto outcome = try_call(operation, input);
    EXPECT_EQ(outcome.error, "") << operation;
    return outcome.answer;
  }
  std::string error_of(const std::string& operation, const Json& input) {
    return try_call(operation, input).error;
  }

  void create_cluster(const std::string& name = "default") { call("CreateCluster", {{"clusterName", name}}); }

  // A bridge definition of one container, with `more` merged over the container.
  void register_bridge(const std::string& family, const Json& more = Json::object()) {
    Json container{{"name", "app"}, {"image", "app:1"}, {"memory", 128}, {"cpu", 10}};
    container.update(more);
    call("RegisterTaskDefinition", {{"family", family}, {"containerDefinitions", Json::array({container})}});
  }
  void register_fargate(const std::string& family) {
    call("RegisterTaskDefinition",
         {{"family", family},
          {"networkMode", "awsvpc"},
          {"cpu", "256"},
          {"memory", "512"},
          {"requiresCompatibilities", Json::array({"FARGATE"})},
          {"containerDefinitions", Json::array({{{"name", "app"}, {"image", "app:1"}}})}});
  }
  static Json fargate(const std::string& family, const Json& more = Json::object()) {
    Json request{
        {"taskDefinition", family},
        {"launchType", "FARGATE"},
        {"networkConfiguration", {{"awsvpcConfiguration", {{"subnets", Json::array({"subnet-1"})}}}}}};
    request.update(more);
    return request;
  }

  // Changes a task as the agent does.
  template <class Change>
  void change_task(const std::string& arn, const Change& change) {
    store_->write([&](store::Transaction& transaction) {
      auto task = *transaction.find_task(arn);
      change(task);
      transaction.put(std::move(task));
    });
  }

  static constexpr const char* kArn = "arn:aws:ecs:us-east-1:000000000000:";
  Log log_;
  SequenceIdSource ids_;
  bool engine_answers_ = true;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Ecs> ecs_;
  std::vector<Binding> bindings_;
  Caller caller_{.scope = {.account = "000000000000", .region = "us-east-1"},
                 .access_key = "000000000000",
                 .principal_arn = "arn:aws:iam::000000000000:root",
                 .request_id = "r",
                 .now = {TimePoint{Millis{1'700'000'000'123}}, TimePoint{Millis{1'700'000'000'123}}}};
};

}  // namespace slipway::services::test
