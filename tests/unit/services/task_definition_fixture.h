// A store in memory and the task definition operations over it, driven with JSON as clients send it.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "services/ecs/fragment_cache.h"
#include "services/ecs/task_definition.h"
#include "slipway/base/id_source.h"
#include "slipway/base/log.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {

using Json = nlohmann::ordered_json;

class TaskDefinitionTest : public ::testing::Test {
 protected:
  model::Scope scope{"123456789012", "eu-west-1"};
  TimePoint now{Seconds{1700000000}};

  Caller caller() const {
    return {.scope = scope,
            .access_key = "",
            .principal_arn = "arn:aws:iam::" + scope.account + ":root",
            .request_id = "",
            .now = {now, now}};
  }

  // Runs an operation on the decoded request; the encoded answer.
  template <class Request, class Operation>
  Json call(Operation operation, const Json& request) {
    const auto decoded = protocol::from_json<Request>(request.dump());
    return store_->write([&](store::Transaction& transaction) {
      return Json::parse(protocol::to_json(operation(context_, transaction, caller(), decoded)));
    });
  }

  Json register_(const Json& request) {
    return call<api::ecs::RegisterTaskDefinitionRequest>(register_task_definition, request);
  }
  Json describe(const Json& request) {
    return call<api::ecs::DescribeTaskDefinitionRequest>(describe_task_definition, request);
  }
  Json list(const Json& request) {
    return call<api::ecs::ListTaskDefinitionsRequest>(list_task_definitions, request);
  }
  Json families(const Json& request) {
    return call<api::ecs::ListTaskDefinitionFamiliesRequest>(list_task_definition_families, request);
  }
  Json deregister(const std::string& reference) {
    return call<api::ecs::DeregisterTaskDefinitionRequest>(deregister_task_definition,
                                                           {{"taskDefinition", reference}});
  }
  Json delete_(const Json& references) {
    return call<api::ecs::DeleteTaskDefinitionsRequest>(delete_task_definitions,
                                                        {{"taskDefinitions", references}});
  }
  std::string resolve(const std::string& reference) {
    return store_->write([&](store::Transaction& transaction) {
      return resolve_task_definition(transaction, scope, reference)->arn;
    });
  }

  // "Code: message" of what `action` throws, "" when it does not.
  template <class Action>
  static std::string error_of(Action&& action) {
    try {
      action();
    } catch (const AwsError& error) {
      return error.code() + ": " + error.what();
    }
    return "";
  }
  std::string register_error(const Json& request) {
    return error_of([&] { register_(request); });
  }

  // Registers a plain definition of the family; its ARN.
  std::string registered(const std::string& family) {
    return register_(plain(family))["taskDefinition"]["taskDefinitionArn"];
  }
  static Json plain(const std::string& family) {
    return {{"family", family},
            {"containerDefinitions", {{{"name", "app"}, {"image", "nginx"}, {"memory", 64}}}}};
  }
  std::string arn(const std::string& family_revision) const {
    return "arn:aws:ecs:eu-west-1:123456789012:task-definition/" + family_revision;
  }

  store::Store& store() { return *store_; }

 private:
  Log log_{LogLevel::Error, LogFormat::Text};
  std::unique_ptr<store::Store> store_ = store::Store::open({.directory = "", .server_id = "test"}, log_);
  SequenceIdSource ids_;
  FragmentCache fragments_;
  EcsContext context_{*store_, ids_, {}, {}, fragments_};
};

}  // namespace slipway::services::ecs
