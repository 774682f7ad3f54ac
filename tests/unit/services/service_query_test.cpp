#include "unit/services/service_fixture.h"

namespace slipway::services::test {
namespace {

class KnownServices : public ServiceFixture {
 protected:
  void create_named(const std::string& name) { create(wish({{"serviceName", name}})); }
};

TEST_F(KnownServices, are_described_by_name_and_arn_once_each_and_missing_ones_with_full_arns) {
  create_cluster("other");
  create_named("s");
  const auto answer =
      call("DescribeServices", {{"services", Json::array({"s", service_arn(), std::string(kArn) + "service/s",
                                                          "none", std::string(kArn) + "service/other/s"})}});
  ASSERT_EQ(answer["services"].size(), 1U);
  EXPECT_EQ(answer["services"][0]["serviceName"], "s");
  EXPECT_EQ(answer["failures"],
            Json::array({{{"arn", service_arn("none")}, {"reason", "MISSING"}},
                         {{"arn", std::string(kArn) + "service/other/s"}, {"reason", "MISSING"}}}));
  EXPECT_EQ(error_of("DescribeServices", {{"services", Json::array()}}),
            "InvalidParameterException: Services cannot be empty.");
  EXPECT_EQ(error_of("DescribeServices", {{"services", Json(std::vector<std::string>(11, "s"))}}),
            "InvalidParameterException: services can have at most 10 items.");
  EXPECT_EQ(error_of("DescribeServices", {{"services", Json::array({"s"})}, {"cluster", "none"}}),
            "ClusterNotFoundException: Cluster not found.");
}

TEST_F(KnownServices, show_tags_only_when_asked) {
  create(wish(Json::parse(R"({"tags": [{"key": "k", "value": "v"}]})")));
  EXPECT_FALSE(describe().contains("tags"));
  const Json asked{{"services", Json::array({"s"})}, {"include", Json::array({"TAGS"})}};
  EXPECT_EQ(call("DescribeServices", asked)["services"][0]["tags"],
            Json::parse(R"([{"key": "k", "value": "v"}])"));
  call("TagResource",
       {{"resourceArn", service_arn()}, {"tags", Json::parse(R"([{"key": "l", "value": "w"}])")}});
  call("UntagResource", {{"resourceArn", service_arn()}, {"tagKeys", Json::array({"k"})}});
  const auto left = Json::parse(R"([{"key": "l", "value": "w"}])");
  EXPECT_EQ(call("DescribeServices", asked)["services"][0]["tags"], left);
  EXPECT_EQ(call("ListTagsForResource", {{"resourceArn", service_arn()}})["tags"], left);
  EXPECT_EQ(error_of("ListTagsForResource", {{"resourceArn", service_arn("none")}}),
            "InvalidParameterException: The specified service was not found.");
}

TEST_F(KnownServices, show_what_their_tasks_do_at_once) {
  const std::string deployment = create(wish())["deployments"][0]["id"];
  EXPECT_EQ(describe()["runningCount"], 0);
  pass(Millis{2000});
  const auto task = add_task(deployment, model::TaskStatus::Provisioning);
  auto shown = describe();
  EXPECT_EQ(shown["pendingCount"], 1);
  EXPECT_EQ(shown["deployments"][0]["updatedAt"], 1700000002.123);
  change_task(task, [](model::Task& changed) { changed.last_status = model::TaskStatus::Running; });
  shown = describe();
  EXPECT_EQ(shown["pendingCount"], 0);
  EXPECT_EQ(shown["runningCount"], 1);
  EXPECT_EQ(shown["deployments"][0]["runningCount"], 1);
  EXPECT_EQ(shown["currentServiceRevisions"],
            Json::array({{{"arn", std::string(kArn) + "service-revision/default/s/" + deployment.substr(8)},
                          {"requestedTaskCount", 2},
                          {"runningTaskCount", 1},
                          {"pendingTaskCount", 0}}}));
  change_task(task, [](model::Task& changed) { changed.last_status = model::TaskStatus::Stopped; });
  EXPECT_EQ(describe()["runningCount"], 0);
  store_->write([&](store::Transaction& transaction) {
    transaction.add_event(service_arn(), {.id = "1", .created_at = caller_.now.control, .message = "old"});
    transaction.add_event(service_arn(), {.id = "2", .created_at = caller_.now.control, .message = "new"});
  });
  EXPECT_EQ(describe()["events"][0]["message"], "new");
  EXPECT_EQ(describe()["events"][1]["message"], "old");
}

TEST_F(KnownServices, are_listed_ten_at_a_time_without_inactive_ones) {
  for (char c = 'a'; c < 'm'; ++c) create_named(std::string(1, c));
  create_named("s");
  change_service([](model::Service& service) { service.status = model::ServiceStatus::Inactive; });
  const auto first = call("ListServices", Json::object());
  EXPECT_EQ(first["serviceArns"].size(), 10U);
  const auto second = call("ListServices", {{"nextToken", first["nextToken"]}});
  EXPECT_EQ(second["serviceArns"], Json::array({service_arn("k"), service_arn("l")}));
  EXPECT_FALSE(second.contains("nextToken"));
  EXPECT_EQ(call("ListServices", {{"launchType", "FARGATE"}})["serviceArns"], Json::array());
  EXPECT_EQ(call("ListServices", {{"launchType", "EC2"}, {"maxResults", 100}})["serviceArns"].size(), 12U);
  EXPECT_EQ(call("ListServices", {{"schedulingStrategy", "DAEMON"}})["serviceArns"], Json::array());
  EXPECT_EQ(error_of("ListServices", {{"nextToken", "x"}}), "InvalidParameterException: Invalid token");
  EXPECT_EQ(error_of("ListServices", {{"maxResults", 101}}),
            "InvalidParameterException: maxResults must be between 1 and 100");
}

TEST_F(KnownServices, are_counted_by_their_cluster_and_keep_it) {
  create_named("s");
  create(fargate_wish({{"serviceName", "t"}}));
  const auto cluster = [&] {
    return call("DescribeClusters", {{"clusters", Json::array({"default"})},
                                     {"include", Json::array({"STATISTICS"})}})["clusters"][0];
  };
  const auto statistic = [&](const std::string& name) {
    const auto shown = cluster();
    for (const auto& item : shown["statistics"]) {
      if (item["name"] == name) return item["value"].get<std::string>();
    }
    return std::string();
  };
  EXPECT_EQ(cluster()["activeServicesCount"], 2);
  EXPECT_EQ(statistic("activeEC2ServiceCount"), "1");
  EXPECT_EQ(statistic("activeFargateServiceCount"), "1");
  call("DeleteService", {{"service", "s"}, {"force", true}});
  EXPECT_EQ(cluster()["activeServicesCount"], 1);
  EXPECT_EQ(statistic("drainingEC2ServiceCount"), "1");
  EXPECT_EQ(error_of("DeleteCluster", {{"cluster", "default"}}),
            "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.");
}

TEST_F(KnownServices, have_their_tasks_listed_until_they_are_inactive) {
  const std::string deployment = create(wish())["deployments"][0]["id"];
  const auto task = add_task(deployment);
  call("RunTask", {{"taskDefinition", "web"}});
  EXPECT_EQ(call("ListTasks", {{"serviceName", "s"}})["taskArns"], Json::array({task}));
  EXPECT_EQ(call("ListTasks", {{"serviceName", service_arn()}})["taskArns"], Json::array({task}));
  EXPECT_EQ(error_of("ListTasks", {{"serviceName", "none"}}), "ServiceNotFoundException: Service not found.");
  change_service([](model::Service& service) { service.status = model::ServiceStatus::Inactive; });
  EXPECT_EQ(error_of("ListTasks", {{"serviceName", "s"}}), "ServiceNotFoundException: Service not found.");
}

TEST_F(KnownServices, are_found_in_no_namespace_as_there_is_none) {
  EXPECT_TRUE(
      error_of("ListServicesByNamespace", {{"namespace", "n"}}).starts_with("NamespaceNotFoundException: "));
}

class Deployments : public ServiceFixture {
 protected:
  Json listed(const Json& more = Json::object()) {
    Json request{{"service", "s"}};
    request.update(more);
    return call("ListServiceDeployments", request);
  }
};

TEST_F(Deployments, are_listed_from_new_to_old_and_filtered) {
  create(wish());
  pass(Millis{10000});
  update({{"forceNewDeployment", true}});
  pass(Millis{10000});
  const std::string last = update({{"forceNewDeployment", true}})["currentServiceDeployment"];
  const auto all = listed()["serviceDeployments"];
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0]["serviceDeploymentArn"], last);
  EXPECT_EQ(all[0]["status"], "PENDING");
  EXPECT_EQ(all[1]["status"], "STOPPED");
  EXPECT_EQ(listed({{"status", Json::array({"PENDING"})}})["serviceDeployments"].size(), 1U);
  EXPECT_EQ(listed(Json::parse(R"({"createdAt": {"after": 1700000005}})"))["serviceDeployments"].size(), 2U);
  EXPECT_EQ(listed(Json::parse(
                R"({"createdAt": {"after": 1700000005, "before": 1700000015}})"))["serviceDeployments"],
            Json::array({all[1]}));
  const auto page = listed({{"maxResults", 2}});
  EXPECT_EQ(page["serviceDeployments"].size(), 2U);
  EXPECT_EQ(listed({{"maxResults", 2}, {"nextToken", page["nextToken"]}})["serviceDeployments"],
            Json::array({all[2]}));
  EXPECT_EQ(error_of("ListServiceDeployments", {{"service", "none"}}),
            "ServiceNotFoundException: Service not found.");
}

TEST_F(Deployments, and_revisions_that_are_missing_are_failures) {
  create(wish());
  const auto arn = std::string(kArn) + "service-deployment/default/s/abcdefghijklmnopqrstu";
  const auto answer = call("DescribeServiceDeployments", {{"serviceDeploymentArns", Json::array({arn})}});
  EXPECT_EQ(answer["serviceDeployments"], Json::array());
  EXPECT_EQ(answer["failures"], Json::array({{{"arn", arn}, {"reason", "MISSING"}}}));
  const auto revision = std::string(kArn) + "service-revision/default/s/1234567890123456789";
  EXPECT_EQ(call("DescribeServiceRevisions", {{"serviceRevisionArns", Json::array({revision})}})["failures"],
            Json::array({{{"arn", revision}, {"reason", "MISSING"}}}));
  EXPECT_EQ(error_of("DescribeServiceRevisions", {{"serviceRevisionArns", Json::array({arn})}}),
            "InvalidParameterException: Invalid identifier: Unsupported resource type");
}

TEST_F(Deployments, are_stopped_by_a_rollback_while_they_go_on) {
  const std::string arn = create(wish())["currentServiceDeployment"];
  EXPECT_TRUE(error_of("StopServiceDeployment", {{"serviceDeploymentArn", arn}, {"stopType", "ABORT"}})
                  .starts_with("InvalidParameterException: "));
  EXPECT_EQ(call("StopServiceDeployment", {{"serviceDeploymentArn", arn}})["serviceDeploymentArn"], arn);
  EXPECT_EQ(service_deployment(arn)["status"], "ROLLBACK_REQUESTED");
  const auto again = try_call("StopServiceDeployment", {{"serviceDeploymentArn", arn}});
  EXPECT_TRUE(again.error.starts_with("ConflictException: ")) << again.error;
  EXPECT_EQ(again.resource_ids, std::vector{arn});
  EXPECT_EQ(error_of("StopServiceDeployment",
                     {{"serviceDeploymentArn", std::string(kArn) + "service-deployment/default/s/x"}}),
            "ServiceDeploymentNotFoundException: The service deployment does not exist.");
}

class Protection : public ServiceFixture {
 protected:
  Json protect(const Json& tasks, const Json& more = Json::object()) {
    Json request{{"cluster", "default"}, {"tasks", tasks}, {"protectionEnabled", true}};
    request.update(more);
    return call("UpdateTaskProtection", request);
  }
  Json shown(const Json& more = Json::object()) {
    Json request{{"cluster", "default"}};
    request.update(more);
    return call("GetTaskProtection", request);
  }
};

TEST_F(Protection, lasts_two_hours_or_as_long_as_it_is_told) {
  const auto task = add_task(create(wish())["deployments"][0]["id"]);
  EXPECT_EQ(shown()["protectedTasks"], Json::array());
  EXPECT_EQ(shown({{"tasks", Json::array({task})}})["protectedTasks"],
            Json::array({{{"taskArn", task}, {"protectionEnabled", false}}}));
  const auto usual = Json::array(
      {{{"taskArn", task}, {"protectionEnabled", true}, {"expirationDate", 1700000000.123 + 7200}}});
  EXPECT_EQ(protect(Json::array({task}))["protectedTasks"], usual);
  EXPECT_EQ(shown()["protectedTasks"], usual);
  pass(std::chrono::hours{2});
  EXPECT_EQ(shown()["protectedTasks"], Json::array());
  protect(Json::array({task}), {{"expiresInMinutes", 5}});
  EXPECT_EQ(shown()["protectedTasks"][0]["expirationDate"], 1700000000.123 + 7500);
  protect(Json::array({task}), {{"protectionEnabled", false}});
  EXPECT_EQ(shown()["protectedTasks"], Json::array());
}

TEST_F(Protection, fails_for_tasks_that_no_service_has) {
  create(wish());
  const std::string own = call("RunTask", {{"taskDefinition", "web"}})["tasks"][0]["taskArn"];
  const auto none = std::string(kArn) + "task/default/" + std::string(32, 'a');
  const auto failures =
      Json::array({{{"arn", own}, {"reason", "TASK_NOT_VALID"}}, {{"arn", none}, {"reason", "MISSING"}}});
  EXPECT_EQ(protect(Json::array({own, std::string(32, 'a')}))["failures"], failures);
  EXPECT_EQ(shown({{"tasks", Json::array({own, std::string(32, 'a')})}})["failures"], failures);
  EXPECT_EQ(error_of("UpdateTaskProtection",
                     {{"cluster", "default"}, {"tasks", Json::array()}, {"protectionEnabled", true}}),
            "InvalidParameterException: Tasks cannot be empty.");
}

TEST_F(Protection, is_refused_where_protected_tasks_block_a_deployment_already) {
  const std::string old = create(wish({{"desiredCount", 1}}))["deployments"][0]["id"];
  const auto kept = add_task(old);
  protect(Json::array({kept}));
  const std::string primary = update({{"forceNewDeployment", true}})["deployments"][0]["id"];
  const auto fresh = add_task(primary, model::TaskStatus::Pending);
  EXPECT_EQ(protect(Json::array({fresh}))["failures"], Json::array()) << "it waits for its own task";
  change_task(fresh, [](model::Task& task) { task.last_status = model::TaskStatus::Running; });
  EXPECT_EQ(protect(Json::array({fresh}))["failures"],
            Json::array({{{"arn", fresh}, {"reason", "DEPLOYMENT_BLOCKED"}}}));
  EXPECT_EQ(protect(Json::array({kept}), {{"protectionEnabled", false}})["failures"], Json::array());
  EXPECT_EQ(protect(Json::array({fresh}))["failures"], Json::array());
}

}  // namespace
}  // namespace slipway::services::test
