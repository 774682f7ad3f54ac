#include "unit/services/ecs_fixture.h"

namespace slipway::services::test {
namespace {

class Tasks : public EcsFixture {
 protected:
  Tasks() {
    create_cluster();
    register_bridge("web");
    register_fargate("app");
  }
  std::string run(const Json& more = Json::object()) {
    Json request{{"taskDefinition", "web"}};
    request.update(more);
    return call("RunTask", request)["tasks"][0]["taskArn"];
  }
  std::string run_fargate() { return call("RunTask", fargate("app"))["tasks"][0]["taskArn"]; }
  Json describe(const std::string& arn) {
    return call("DescribeTasks", {{"tasks", Json::array({arn})}})["tasks"][0];
  }
  std::size_t listed(const Json& filters) { return call("ListTasks", filters)["taskArns"].size(); }
};

TEST_F(Tasks, are_described_by_id_or_arn_and_once_each) {
  const auto arn = run();
  const auto id = arn.substr(arn.rfind('/') + 1);
  const auto answer = call("DescribeTasks", {{"tasks", Json::array({arn, id})}});
  EXPECT_EQ(answer["tasks"].size(), 1U);
  EXPECT_EQ(answer["tasks"][0]["taskArn"], arn);
  EXPECT_EQ(answer["failures"], Json::array());
}

TEST_F(Tasks, that_are_missing_are_failures_with_full_arns) {
  create_cluster("other");
  const auto arn = run();
  const std::string id(32, 'a');
  const auto answer = call("DescribeTasks", {{"cluster", "other"}, {"tasks", Json::array({id, arn})}});
  EXPECT_EQ(answer["tasks"], Json::array());
  EXPECT_EQ(answer["failures"],
            Json::array({{{"arn", std::string(kArn) + "task/other/" + id}, {"reason", "MISSING"}},
                         {{"arn", arn}, {"reason", "MISSING"}}}));
}

TEST_F(Tasks, are_refused_when_their_names_can_be_none) {
  EXPECT_EQ(error_of("StopTask", {{"task", "short"}}),
            "InvalidParameterException: taskId length should be one of [32,36]");
  EXPECT_EQ(error_of("StopTask", {{"task", std::string(32, 'a')}}),
            "InvalidParameterException: The referenced task was not found.");
  EXPECT_EQ(error_of("StopTask", {{"task", std::string(kArn) + "task/default/a/b"}}),
            "InvalidParameterException: Unexpected number of separators");
  EXPECT_EQ(error_of("StopTask", {{"task", std::string(kArn) + "task/other/a/b"}}),
            "InvalidParameterException: Unexpected number of separators");
  EXPECT_EQ(error_of("DescribeTasks", {{"tasks", Json::array()}}),
            "InvalidParameterException: Tasks cannot be empty.");
}

TEST_F(Tasks, show_their_tags_only_when_asked) {
  const auto arn = run(Json::parse(R"({"tags": [{"key": "k", "value": "v"}]})"));
  EXPECT_EQ(describe(arn)["tags"], Json::array());
  const auto answer =
      call("DescribeTasks", {{"tasks", Json::array({arn})}, {"include", Json::array({"TAGS"})}});
  EXPECT_EQ(answer["tasks"][0]["tags"], Json::parse(R"([{"key": "k", "value": "v"}])"));
}

TEST_F(Tasks, show_each_change_at_once) {
  const auto arn = run();
  EXPECT_EQ(describe(arn)["lastStatus"], "PENDING");
  change_task(arn, [](model::Task& task) {
    task.last_status = model::TaskStatus::Running;
    task.version = 2;
    task.connectivity = model::Connectivity::Connected;
    task.containers[0].known = model::ContainerState::Running;
    task.containers[0].created = true;
    task.containers[0].runtime_id = "abc";
    task.containers[0].bindings = {{.bind_ip = "0.0.0.0",
                                    .container_port = 80,
                                    .host_port = 32768,
                                    .protocol = "tcp",
                                    .container_port_range = "",
                                    .host_port_range = ""}};
  });
  const auto task = describe(arn);
  EXPECT_EQ(task["lastStatus"], "RUNNING");
  EXPECT_EQ(task["connectivity"], "CONNECTED");
  EXPECT_EQ(task["version"], 2);
  EXPECT_EQ(task["containers"][0]["runtimeId"], "abc");
  EXPECT_EQ(
      task["containers"][0]["networkBindings"],
      Json::parse(R"([{"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768, "protocol": "tcp"}])"));
}

TEST_F(Tasks, show_their_interface_as_it_grows) {
  const auto arn = run_fargate();
  change_task(arn, [](model::Task& task) {
    task.eni->status = model::AttachmentStatus::Attached;
    task.eni->interface_id = "eni-1";
    task.eni->address = "172.31.0.4";
    task.eni->mac = "0e:00:00:00:00:01";
    task.eni->private_dns_name = "ip-172-31-0-4.ec2.internal";
    task.containers.emplace_back().name = model::kPauseName;
  });
  const auto task = describe(arn);
  EXPECT_EQ(task["attachments"][0]["status"], "ATTACHED");
  EXPECT_EQ(
      task["attachments"][0]["details"],
      Json::parse(
          R"([{"name": "subnetId", "value": "subnet-1"}, {"name": "networkInterfaceId", "value": "eni-1"},
              {"name": "macAddress", "value": "0e:00:00:00:00:01"},
              {"name": "privateDnsName", "value": "ip-172-31-0-4.ec2.internal"},
              {"name": "privateIPv4Address", "value": "172.31.0.4"}])"));
  ASSERT_EQ(task["containers"].size(), 1U);
  EXPECT_EQ(task["overrides"]["containerOverrides"].size(), 1U);
  EXPECT_EQ(
      task["containers"][0]["networkInterfaces"],
      Json::array({{{"attachmentId", task["attachments"][0]["id"]}, {"privateIpv4Address", "172.31.0.4"}}}));
}

TEST_F(Tasks, show_an_exit_code_only_when_there_is_one) {
  const auto arn = run();
  EXPECT_FALSE(describe(arn)["containers"][0].contains("exitCode"));
  change_task(arn, [](model::Task& task) {
    task.containers[0].exit_code = 0;
    task.containers[0].reason = "OutOfMemoryError: " + std::string(300, 'x');
  });
  const auto container = describe(arn)["containers"][0];
  EXPECT_EQ(container["exitCode"], 0);
  EXPECT_EQ(container["reason"].get<std::string>().size(), 255U);
}

TEST_F(Tasks, stop_with_a_reason_before_their_status_changes) {
  const auto arn = run();
  const auto task = call("StopTask", {{"task", arn}})["task"];
  EXPECT_EQ(task["desiredStatus"], "STOPPED");
  EXPECT_EQ(task["lastStatus"], "PENDING");
  EXPECT_EQ(task["stopCode"], "UserInitiated");
  EXPECT_EQ(task["stoppedReason"], "Task stopped by user");
  EXPECT_EQ(task["stoppingAt"], 1700000000.123);
  EXPECT_EQ(task["version"], 2);
  EXPECT_EQ(call("StopTask", {{"task", arn}, {"reason", "again"}})["task"], task);
}

TEST_F(Tasks, are_listed_by_every_filter) {
  const auto mine = run({{"startedBy", "me"}});
  run_fargate();
  const auto instance =
      call("ListContainerInstances", Json::object())["containerInstanceArns"][0].get<std::string>();
  EXPECT_EQ(listed(Json::object()), 2U);
  EXPECT_EQ(listed({{"family", "web"}}), 1U);
  EXPECT_EQ(listed({{"family", "we"}}), 0U);
  EXPECT_EQ(listed({{"startedBy", "me"}}), 1U);
  EXPECT_EQ(listed({{"startedBy", "me"}, {"desiredStatus", "STOPPED"}}), 0U);
  EXPECT_EQ(listed({{"launchType", "FARGATE"}}), 1U);
  EXPECT_EQ(listed({{"launchType", "MANAGED_INSTANCES"}}), 0U);
  EXPECT_EQ(listed({{"containerInstance", instance}}), 1U);
  EXPECT_EQ(listed({{"containerInstance", instance.substr(instance.rfind('/') + 1)}}), 1U);
  EXPECT_EQ(listed({{"desiredStatus", "PENDING"}}), 0U);
  call("StopTask", {{"task", mine}});
  EXPECT_EQ(listed({{"desiredStatus", "STOPPED"}}), 1U);
  EXPECT_EQ(listed(Json::object()), 1U);
}

TEST_F(Tasks, are_not_listed_by_filters_that_name_nothing) {
  EXPECT_EQ(error_of("ListTasks", {{"serviceName", "web"}}), "ServiceNotFoundException: Service not found.");
  EXPECT_EQ(error_of("ListTasks", {{"containerInstance", std::string(32, 'a')}}),
            "InvalidParameterException: The referenced container instance was not found.");
  EXPECT_TRUE(error_of("ListTasks", {{"startedBy", "me"}, {"family", "web"}})
                  .starts_with("InvalidParameterException"));
  EXPECT_TRUE(error_of("ListTasks", {{"launchType", "LAMBDA"}}).starts_with("InvalidParameterException"));
}

TEST_F(Tasks, are_listed_in_pages_of_their_filters) {
  for (int i = 0; i < 3; ++i) run();
  std::set<std::string> seen;
  Json request{{"maxResults", 2}, {"family", "web"}};
  const auto first = call("ListTasks", request);
  for (const auto& arn : first["taskArns"]) seen.insert(arn);
  request["nextToken"] = first["nextToken"];
  const auto second = call("ListTasks", request);
  for (const auto& arn : second["taskArns"]) seen.insert(arn);
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_FALSE(second.contains("nextToken"));
  request["family"] = "app";
  EXPECT_EQ(error_of("ListTasks", request), "InvalidParameterException: Invalid token");
}

}  // namespace
}  // namespace slipway::services::test
