// Every message of control-plane.md 4.5, in the words and with the class that ECS uses.
#include "unit/services/task_definition_fixture.h"

namespace slipway::services::ecs {
namespace {

// A patch (RFC 7386) on a definition that registers: container "app" of an EC2 or a Fargate task.
struct Case {
  const char* what;
  const char* patch;
  const char* message;
};

Json ec2() {
  return Json::parse(
      R"({"family": "f", "containerDefinitions": [{"name": "app", "image": "nginx", "memory": 64}]})");
}

Json fargate() {
  return Json::parse(
      R"({"family": "f", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
    "memory": "512", "executionRoleArn": "arn:aws:iam::123456789012:role/x",
    "containerDefinitions": [{"name": "app", "image": "nginx"}]})");
}

// "app" in the patch merges into the container; "other" is appended to the containers after the plain one.
Json patched(Json base, const Json& patch) {
  Json rest = patch;
  if (rest.contains("app")) {
    base["containerDefinitions"][0].merge_patch(rest["app"]);
    rest.erase("app");
  }
  if (rest.contains("other")) {
    Json other = ec2()["containerDefinitions"][0];
    other["name"] = "other";
    other.merge_patch(rest["other"]);
    base["containerDefinitions"].push_back(other);
    rest.erase("other");
  }
  base.merge_patch(rest);
  return base;
}

class Validation : public TaskDefinitionTest {
 protected:
  template <std::size_t N>
  void check(const Json& base, const Case (&cases)[N]) {
    for (const auto& c : cases) {
      EXPECT_EQ(register_error(patched(base, Json::parse(c.patch))),
                std::string("ClientException: ") + c.message)
          << c.what;
    }
    EXPECT_EQ(store().model().find_family(scope, "f"), nullptr) << "a refused request changed the state";
  }
};

TEST_F(Validation, the_definitions_that_the_cases_patch_register) {
  EXPECT_EQ(register_error(ec2()), "");
  EXPECT_EQ(register_error(fargate()), "");
}

TEST_F(Validation, general_rules_answer_in_ecs_words) {  // 4.5 General
  check(ec2(),
        {
            {"no containers", R"({"containerDefinitions": []})", "Container list cannot be empty"},
            {"no container list", R"({"containerDefinitions": null})", "Container list cannot be empty"},
            {"family", R"({"family": "a b"})", "Family contains invalid characters."},
            {"no name", R"({"app": {"name": null}})", "Container.name should not be null or empty."},
            {"no image", R"({"app": {"image": ""}})", "Container.image should not be null or empty."},
            {"names", R"({"other": {"name": "app"}})",
             "Container names must be unique within a task definition"},
            {"essential", R"({"app": {"essential": false}})",
             "Task definition doesn't have any essential container"},
            {"memory", R"({"app": {"memory": null}})",
             "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be "
             "specified."},
            {"reservation", R"({"app": {"memoryReservation": 65}})",
             "Invalid setting for container 'app'. 'memory' must be greater than or equal to "
             "'memoryReservation'."},
            {"task memory", R"({"memory": "32"})",
             "The 'memory' setting for container 'app' is greater than for the task"},
            {"cpu sum", R"({"cpu": "128", "app": {"cpu": 100}, "other": {"cpu": 29}})",
             "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."},
            {"task cpu", R"({"cpu": "64"})",
             "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the "
             "Amazon ECS "
             "Developer Guide."},
            {"task cpu text", R"({"cpu": "one"})",
             "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the "
             "Amazon ECS "
             "Developer Guide."},
            {"accelerators", R"({"inferenceAccelerators": [{"deviceName": "d", "deviceType": "t"}]})",
             "Unsupported field 'inferenceAccelerators'"},
            {"ulimit", R"({"app": {"ulimits": [{"name": "memory", "softLimit": 1, "hardLimit": 1}]}})",
             "Unrecognized ulimit name memory"},
            {"role", R"({"taskRoleArn": "arn:aws:iam::1:user/x"})", "Role is not valid"},
        });
}

TEST_F(Validation, a_definition_over_64_kib_is_too_long) {  // 4.5 General, 2.3
  Json request = ec2();
  request["containerDefinitions"][0]["environment"] = {{{"name", "A"}, {"value", std::string(65536, 'x')}}};
  const auto error = register_error(request);
  EXPECT_TRUE(error.starts_with("ClientException: Actual length: '65")) << error;
  EXPECT_TRUE(error.ends_with("'. Max allowed length is '65536' bytes.")) << error;
}

TEST_F(Validation, eleven_containers_are_too_many) {  // 2.3
  Json request = ec2();
  for (int i = 0; i < 10; ++i) {
    Json container = request["containerDefinitions"][0];
    container["name"] = "c" + std::to_string(i);
    request["containerDefinitions"].push_back(container);
  }
  EXPECT_EQ(register_error(request), "ClientException: Too many containers.");
}

TEST_F(Validation, fargate_rules_answer_in_ecs_words) {  // 4.5 Fargate, 4.4
  check(
      fargate(),
      {
          {"cpu", R"({"cpu": null})", "Fargate requires that 'cpu' be defined at the task level."},
          {"memory", R"({"memory": null, "app": {"memory": 64}})",
           "Fargate requires that 'memory' be defined at the task level."},
          {"memory first", R"({"memory": null, "cpu": null})",
           "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be "
           "specified."},
          {"mode", R"({"networkMode": "bridge"})", "Fargate only supports network mode ‘awsvpc’."},
          {"size", R"({"memory": "256"})",
           "No Fargate configuration exists for given values: 256 CPU, 256 memory. See the Amazon ECS "
           "documentation for "
           "the valid values."},
          {"windows", R"({"cpu": "512", "memory": "1024", "runtimePlatform": {"operatingSystemFamily":
      "WINDOWS_SERVER_2022_CORE"}})",
           "No Fargate configuration exists for given values: 512 CPU, 1024 memory. See the Amazon ECS "
           "documentation for "
           "the valid values."},
          {"awslogs role",
           R"({"executionRoleArn": null, "app": {"logConfiguration": {"logDriver": "awslogs", "options":
      {"awslogs-group": "g", "awslogs-region": "r", "awslogs-stream-prefix": "p"}}}})",
           "Fargate requires task definition to have execution role ARN to support log driver awslogs."},
          {"awslogs prefix",
           R"({"app": {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g",
      "awslogs-region": "r"}}}})",
           "Fargate requires log configuration options to include awslogs-stream-prefix to support log "
           "driver awslogs."},
          {"ECR role", R"({"executionRoleArn": null, "app": {"image":
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"}})",
           "Fargate requires task definition to have execution role ARN to support ECR images."},
          {"driver", R"({"app": {"logConfiguration": {"logDriver": "json-file"}}})",
           "json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]"},
          {"sourcePath", R"({"volumes": [{"name": "v", "host": {"sourcePath": "/x"}}]})",
           "Fargate compatible task definitions do not support sourcePath"},
          {"docker volume", R"({"volumes": [{"name": "v", "dockerVolumeConfiguration": {}}]})",
           "Fargate compatible task definitions do not support dockerVolumeConfiguration"},
          {"ipcMode", R"({"ipcMode": "task"})", "Fargate compatible task definitions do not support ipcMode"},
          {"devices", R"({"app": {"linuxParameters": {"devices": [{"hostPath": "/dev/x"}]}}})",
           "Fargate compatible task definitions do not support devices"},
          {"maxSwap", R"({"app": {"linuxParameters": {"maxSwap": 1}}})",
           "Fargate compatible task definitions do not support maxSwap"},
          {"sharedMemorySize", R"({"app": {"linuxParameters": {"sharedMemorySize": 1}}})",
           "Fargate compatible task definitions do not support sharedMemorySize"},
          {"security", R"({"app": {"dockerSecurityOptions": ["no-new-privileges"]}})",
           "Fargate compatible task definitions do not support dockerSecurityOptions"},
          {"constraints",
           R"({"placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}]})",
           "Fargate compatible task definitions do not support constraints"},
          {"privileged", R"({"app": {"privileged": true}})",
           "Fargate requires that the 'privileged' setting be 'false'."},
          {"pidMode", R"({"pidMode": "host"})",
           "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for "
           "pidMode is 'task'."},
          {"GPU", R"({"app": {"resourceRequirements": [{"type": "GPU", "value": "1"}]}})",
           "Tasks using the Fargate launch type do not support GPU resource requirements"},
          {"capability", R"({"app": {"linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}}})",
           "SYS_ADMIN is not allowed on Fargate."},
          {"small storage", R"({"ephemeralStorage": {"sizeInGiB": 20}})",
           "EphemeralStorage size should be at least 21"},
          {"large storage", R"({"ephemeralStorage": {"sizeInGiB": 201}})",
           "EphemeralStorage size should be at most 200"},
          {"storage on EC2", R"({"requiresCompatibilities": ["EC2"], "ephemeralStorage": {"sizeInGiB": 21}})",
           "Tasks using the EC2 launch type do not support EphemeralStorage"},
          {"secrets",
           R"({"executionRoleArn": null, "app": {"secrets": [{"name": "S", "valueFrom": "parameter"}]}})",
           "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'"},
      });
}

TEST_F(Validation, network_rules_answer_in_ecs_words) {  // 4.5 Network
  check(
      fargate(),
      {
          {"host port", R"({"app": {"portMappings": [{"containerPort": 80, "hostPort": 8080}]}})",
           "When networkMode=awsvpc, the host ports and container ports in port mappings must match."},
          {"twice",
           R"({"app": {"portMappings": [{"containerPort": 80}]}, "other": {"portMappings": [{"containerPort": 80}]}})",
           "container port is used multiple times in task"},
          {"in a range",
           R"({"app": {"portMappings": [{"containerPort": 85}, {"containerPortRange": "80-90"}]}})",
           "container port is used multiple times in task"},
          {"reversed range", R"({"app": {"portMappings": [{"containerPortRange": "90-80"}]}})",
           "Invalid 'containerPortRange' setting for container 'app'."},
          {"both", R"({"app": {"portMappings": [{"containerPort": 80, "containerPortRange": "80-90"}]}})",
           "cannot specify both single port and port range"},
          {"port names",
           R"({"app": {"portMappings": [{"containerPort": 80, "name": "n"}, {"containerPort": 81, "name": "n"}]}})",
           "port mapping name is already used"},
          {"links", R"({"app": {"links": ["app"]}})", "Links are not supported when networkMode=awsvpc"},
          {"DNS", R"({"app": {"dnsServers": ["1.1.1.1"]}})",
           "DNS servers are not supported on container when networkMode=awsvpc."},
          {"search", R"({"app": {"dnsSearchDomains": ["x"]}})",
           "DNS search domains are not supported on container when networkMode=awsvpc."},
          {"disabled", R"({"app": {"disableNetworking": true}})",
           "Disable Networking is not supported on container when networkMode=awsvpc."},
          {"hosts", R"({"app": {"extraHosts": [{"hostname": "h", "ipAddress": "1.1.1.1"}]}})",
           "Extra hosts are not supported on container when networkMode=awsvpc."},
          {"hostname", R"({"app": {"hostname": "h"}})",
           "hostname is not supported on container when networkMode=awsvpc."},
          {"proxy", R"({"proxyConfiguration": {"containerName": "envoy"}})",
           "Proxy container [envoy] does not exist"},
          {"ingress", R"({"proxyConfiguration": {"containerName": "app"}})", "Ingress port not found"},
      });
  check(ec2(),
        {
            {"host mode",
             R"({"networkMode": "host", "app": {"portMappings": [{"containerPort": 80, "hostPort": 81}]}})",
             "When networkMode=host, the host ports and container ports in port mappings must match."},
            {"proxy", R"({"proxyConfiguration": {"containerName": "app"}})",
             "APPMESH proxy configuration is only supported in networkMode=awsvpc"},
            {"link cycle", R"({"app": {"links": ["other"]}, "other": {"links": ["app:a"]}})",
             "Container links should not have a cycle"},
            {"unknown link", R"({"app": {"links": ["nope"]}})",
             "Invalid 'links' setting. Unknown container: 'nope'"},
            {"host port twice", R"({"app": {"portMappings": [{"containerPort": 80, "hostPort": 80},
      {"containerPort": 81, "hostPort": 80}]}})",
             "host port is used multiple times in task"},
        });
}

TEST_F(Validation, dependency_rules_answer_in_ecs_words) {  // 4.5 Dependencies, data-plane 2.1
  check(ec2(),
        {
            {"unknown", R"({"app": {"dependsOn": [{"containerName": "nope", "condition": "START"}]}})",
             "Cannot depend on container nope because it does not exist"},
            {"essential",
             R"({"app": {"dependsOn": [{"containerName": "other", "condition": "SUCCESS"}]}, "other": {}})",
             "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"},
            {"essential",
             R"({"app": {"dependsOn": [{"containerName": "other", "condition": "COMPLETE"}]}, "other": {}})",
             "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"},
            {"healthy",
             R"({"app": {"dependsOn": [{"containerName": "other", "condition": "HEALTHY"}]}, "other": {}})",
             "A dependency container with HEALTHY condition must have health check configured"},
            {"cycle", R"({"app": {"dependsOn": [{"containerName": "other", "condition": "START"}]},
      "other": {"dependsOn": [{"containerName": "app", "condition": "START"}]}})",
             "Container dependencies should not have a cycle"},
            {"self", R"({"app": {"dependsOn": [{"containerName": "app", "condition": "START"}]}})",
             "Container dependencies should not have a cycle"},
            {"volumesFrom", R"({"app": {"volumesFrom": [{"sourceContainer": "x"}]}})",
             "Invalid 'volumesFrom' setting. Unknown container: 'x'"},
        });
}

TEST_F(Validation, volume_secret_and_log_rules_answer_in_ecs_words) {  // 4.5 Volumes, secrets, logs
  check(
      ec2(),
      {
          {"mount", R"({"app": {"mountPoints": [{"sourceVolume": "nope", "containerPath": "/x"}]}})",
           "Unknown volume 'nope'."},
          {"at launch", R"({"volumes": [{"name": "x", "configuredAtLaunch": true}]})",
           "Volumes [x] are not referenced by any of the containers"},
          {"EFS IAM", R"({"volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1",
      "authorizationConfig": {"iam": "ENABLED"}}}]})",
           "EFS IAM authorization requires TransitEncryption to be enabled"},
          {"EFS port", R"({"volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1",
      "transitEncryptionPort": 2049}}]})",
           "TransitEncryptionPort requires that TransitEncryption is enabled"},
          {"EFS root",
           R"({"volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/x",
      "transitEncryption": "ENABLED", "authorizationConfig": {"accessPointId": "fsap-1"}}}]})",
           "When using an EFS access point, the root directory must either be set to \"/\" or be omitted"},
          {"secret name", R"({"app": {"secrets": [{"name": "S", "valueFrom": "a b"}]}})",
           "The Systems Manager parameter name specified for secret S is invalid"},
          {"secret ARN", R"({"app": {"secrets": [{"name": "S", "valueFrom": "arn:aws:s3:::b"}]}})",
           "Invalid arn syntax"},
          {"environment file", R"({"app": {"environmentFiles": [{"value": "b/f.env", "type": "s3"}]}})",
           "Invalid arn syntax"},
          {"awslogs", R"({"app": {"logConfiguration": {"logDriver": "awslogs"}}})",
           "Log driver awslogs requires options: awslogs-region, awslogs-group"},
          {"awslogs",
           R"({"app": {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": "r"}}}})",
           "Log driver awslogs requires options: awslogs-group"},
          {"driver", R"({"app": {"logConfiguration": {"logDriver": "x"}}})",
           "x is not a valid log driver. Must be one of "
           "[json-file,syslog,journald,gelf,fluentd,awslogs,splunk,awsfirelens]"},
          {"firelens", R"({"app": {"logConfiguration": {"logDriver": "awsfirelens"}}})",
           "When awsfirelens log driver is specified in log configuration, a firelens configuration object "
           "must be "
           "specified"},
          {"interval", R"({"app": {"healthCheck": {"command": ["CMD", "x"], "interval": 301}}})",
           "Health check interval must be less than or equal to the maximum allowed value 300 for container "
           "'app'"},
          {"retries", R"({"app": {"healthCheck": {"command": ["CMD", "x"], "retries": 0}}})",
           "Health check retries must be greater than or equal to the minimum allowed value 1 for container "
           "'app'"},
          {"restart", R"({"app": {"restartPolicy": {"enabled": true, "restartAttemptPeriod": 59}}})",
           "the 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800"},
      });
  Json files = ec2();
  for (int i = 0; i < 11; ++i) {
    files["containerDefinitions"][0]["environmentFiles"].push_back(
        {{"value", "arn:aws:s3:::b/f.env"}, {"type", "s3"}});
  }
  EXPECT_EQ(register_error(files),
            "ClientException: The maximum number of environment files was exceeded. Specify ten or less and "
            "try again");
}

TEST_F(Validation, all_that_is_allowed_registers) {
  for (
      const char* patch : {
          R"({"other": {"essential": false}, "app": {"dependsOn": [{"containerName": "other", "condition": "SUCCESS"}]}})",
          R"({"app": {"image": "Not A:valid::reference"}})",  // decisions.md 18
          R"({"app": {"portMappings": [{"containerPort": 53, "protocol": "udp"}, {"containerPort": 53}]}})",
          R"({"app": {"portMappings": [{"containerPortRange": "8000-8010"}]}})",
          R"({"app": {"unknownMember": {"deep": [1]}}, "alsoUnknown": true})",
          R"({"cpu": ".25 vCPU", "memory": "0.5GB"})",
          R"({"tags": [{"key": "Straße", "value": ""}]})",
          R"({"requiresCompatibilities": ["EXTERNAL"]})",
      }) {
    EXPECT_EQ(register_error(patched(ec2(), Json::parse(patch))), "") << patch;
  }
}

TEST_F(Validation, tags_are_checked) {  // 2.4
  const auto with = [](const char* tags) { return patched(ec2(), Json{{"tags", Json::parse(tags)}}); };
  EXPECT_TRUE(
      register_error(with(R"([{"key": "aws:x", "value": "v"}])")).starts_with("InvalidParameterException"));
  EXPECT_TRUE(
      register_error(with(R"([{"key": "k"}, {"key": "k"}])")).starts_with("InvalidParameterException"));
  EXPECT_TRUE(register_error(with(R"([{"key": ""}])")).starts_with("InvalidParameterException"));
  EXPECT_TRUE(register_error(with(R"([{"key": "a*b"}])")).starts_with("InvalidParameterException"));
}

}  // namespace
}  // namespace slipway::services::ecs
