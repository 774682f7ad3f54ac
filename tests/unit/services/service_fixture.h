// Services over a store in memory, without a scheduler: tests put the tasks that one would start.
#pragma once

#include <string>

#include "slipway/model/service.h"
#include "unit/services/ecs_fixture.h"

namespace slipway::services::test {

class ServiceFixture : public EcsFixture {
 protected:
  explicit ServiceFixture(EcsSettings settings = {}) : EcsFixture(settings) {
    create_cluster();
    register_bridge("web");
    register_fargate("app");
  }

  // Two tasks of "web" on EC2, with `more` over it.
  static Json wish(const Json& more = Json::object()) {
    Json request{{"serviceName", "s"}, {"taskDefinition", "web"}, {"desiredCount", 2}};
    request.update(more);
    return request;
  }
  static Json fargate_wish(const Json& more = Json::object()) {
    Json request = fargate("app", {{"serviceName", "s"}, {"desiredCount", 2}});
    request.update(more);
    return request;
  }
  Json create(const Json& request) { return call("CreateService", request)["service"]; }
  Json update(Json request) {
    request["service"] = "s";
    return call("UpdateService", request)["service"];
  }
  std::string update_error(Json request) {
    request["service"] = "s";
    return error_of("UpdateService", request);
  }
  Json describe(const std::string& name = "s") {
    return call("DescribeServices", {{"services", Json::array({name})}})["services"].at(0);
  }
  Json service_deployment(const std::string& arn) {
    return call("DescribeServiceDeployments",
                {{"serviceDeploymentArns", Json::array({arn})}})["serviceDeployments"]
        .at(0);
  }
  static std::string service_arn(const std::string& name = "s") {
    return std::string(kArn) + "service/default/" + name;
  }

  template <class Change>
  void change_service(const Change& change) {
    store_->write([&](store::Transaction& transaction) {
      auto service = *transaction.find_service(service_arn());
      change(service);
      transaction.put(std::move(service));
    });
  }

  // A task of the deployment ("ecs-svc/<id>") as a scheduler would start it; its ARN.
  std::string add_task(const std::string& deployment, model::TaskStatus status = model::TaskStatus::Running) {
    model::Task task;
    task.scope = caller_.scope;
    task.cluster = "default";
    task.id = ids_.hex(32);
    task.arn = model::task_arn(task.scope, task.cluster, task.id);
    task.definition_arn = std::string(kArn) + "task-definition/web:1";
    task.group = model::service_group("s");
    task.started_by = deployment;
    task.last_status = status;
    task.created_at = task.updated_at = caller_.now.control;
    auto arn = task.arn;
    store_->write([&](store::Transaction& transaction) { transaction.put(std::move(task)); });
    return arn;
  }

  void pass(Millis time) {
    caller_.now.control += time;
    caller_.now.real += time;
  }
};

}  // namespace slipway::services::test
