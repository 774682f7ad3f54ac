// The request pipeline with bindings of the test's own: which operation, for whom, what answer.
#include "slipway/server/dispatcher.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "slipway/api/ecs/ListClustersRequest.h"
#include "slipway/api/ecs/service.h"
#include "slipway/async/manual_clock.h"
#include "slipway/base/error.h"
#include "slipway/services/identity.h"

namespace slipway::server {
namespace {

constexpr TimePoint kStart{Seconds{1'700'000'000}};
constexpr std::string_view kEcs = "AmazonEC2ContainerServiceV20141113.";

std::string scope_header(const std::string& key, const std::string& region, const std::string& service) {
  return "AWS4-HMAC-SHA256 Credential=" + key + "/20260101/" + region + "/" + service +
         "/aws4_request, SignedHeaders=host, Signature=0";
}

struct DispatcherTest : testing::Test {
  boost::asio::io_context io;
  async::ManualClock clock{io.get_executor(), kStart};
  SequenceIdSource ids;
  Log log{LogLevel::Error, LogFormat::Text};
  services::Caller caller;                               // of the last call
  std::optional<api::ecs::ListClustersRequest> request;  // likewise
  std::function<services::Reply()> behaviour = [] { return services::Reply::json(R"({"clusterArns":[]})"); };
  Dispatcher dispatcher{bindings(), clock, ids, log, {}};

  std::vector<services::Binding> bindings() {
    auto all = services::sts_bindings();
    for (auto& binding : services::iam_bindings()) all.push_back(std::move(binding));
    all.push_back(
        {&api::ecs::kServiceTable, "ListClusters", [this](const services::Caller& by, const void* input) {
           caller = by;
           request = *static_cast<const api::ecs::ListClustersRequest*>(input);
           return behaviour();
         }});
    return all;
  }

  using Headers = std::vector<std::pair<std::string, std::string>>;
  HttpResponse send(const std::string& method, const std::string& target, Headers headers,
                    std::string body = "") {
    HttpRequest http;
    http.method = method;
    http.target = target;
    for (const auto& [name, value] : headers) http.headers.emplace_back(name, value);
    http.body = std::move(body);
    return dispatcher.handle(http);
  }
  HttpResponse ecs(const std::string& operation, std::string body = "{}", Headers more = {}) {
    more.emplace_back("X-Amz-Target", std::string(kEcs) + operation);
    more.emplace_back("Content-Type", "application/x-amz-json-1.1");
    return send("POST", "/", std::move(more), std::move(body));
  }
  HttpResponse form(const std::string& service, std::string body) {
    return send("POST", "/",
                {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                 {"Authorization", scope_header("test", "us-east-1", service)}},
                std::move(body));
  }
};

std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_F(DispatcherTest, calls_the_binding_with_the_decoded_input) {
  const auto answer = ecs("ListClusters", R"({"maxResults": 7, "unknown": 1})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/x-amz-json-1.1");
  EXPECT_EQ(answer.body, R"({"clusterArns":[]})");
  EXPECT_EQ(request->max_results, 7);
  EXPECT_EQ(header(answer, "x-amzn-RequestId").size(), 36u);
  EXPECT_EQ(caller.request_id, header(answer, "x-amzn-RequestId"));
  EXPECT_EQ(caller.now.control, kStart);
}

TEST_F(DispatcherTest, takes_an_empty_body_for_an_empty_object) {
  EXPECT_EQ(ecs("ListClusters", "").status, 200);
  EXPECT_FALSE(request->max_results);
}

TEST_F(DispatcherTest, answers_in_the_json_version_that_was_asked) {
  const auto answer = send(
      "POST", "/",
      {{"X-Amz-Target", std::string(kEcs) + "ListClusters"}, {"Content-Type", "application/x-amz-json-1.0"}});
  EXPECT_EQ(answer.content_type, "application/x-amz-json-1.0");
}

TEST_F(DispatcherTest, makes_the_caller_from_the_credential_scope) {
  ecs("ListClusters");
  EXPECT_EQ(caller.scope, (model::Scope{"000000000000", "us-east-1"}));
  EXPECT_EQ(caller.access_key, "");
  ecs("ListClusters", "{}", {{"Authorization", scope_header("111122223333", "eu-west-1", "ecs")}});
  EXPECT_EQ(caller.scope, (model::Scope{"111122223333", "eu-west-1"}));
  EXPECT_EQ(caller.principal_arn, "arn:aws:iam::111122223333:root");
  for (const char* key : {"AKIAIOSFODNN7EXAMPLE", "11112222333", "1111222233334", "11112222333x"}) {
    ecs("ListClusters", "{}", {{"Authorization", scope_header(key, "eu-west-1", "ecs")}});
    EXPECT_EQ(caller.scope.account, "000000000000") << key;
    EXPECT_EQ(caller.access_key, key);
  }
}

TEST_F(DispatcherTest, refuses_a_region_that_can_be_none) {
  for (const char* region : {"us:east:1", "..", "\"", "\xc3\xa9"}) {
    const auto answer = ecs("ListClusters", "{}", {{"Authorization", scope_header("test", region, "ecs")}});
    EXPECT_EQ(answer.status, 400) << region;
    EXPECT_EQ(header(answer, "x-amzn-ErrorType"), "InvalidSignatureException") << region;
  }
  EXPECT_FALSE(request);
}

TEST_F(DispatcherTest, refuses_an_operation_that_ecs_does_not_have) {
  const auto answer = ecs("MakeCoffee");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(header(answer, "x-amzn-ErrorType"), "UnknownOperationException");
  EXPECT_TRUE(contains(answer.body, R"("__type":"UnknownOperationException")")) << answer.body;
  EXPECT_FALSE(header(answer, "x-amzn-RequestId").empty());
}

TEST_F(DispatcherTest, says_so_when_an_operation_is_not_served_yet) {
  const auto answer = ecs("CreateService");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(header(answer, "x-amzn-ErrorType"), "UnsupportedFeatureException");
  EXPECT_TRUE(contains(answer.body, "ecs:CreateService yet")) << answer.body;
  EXPECT_TRUE(contains(answer.body, "docs/limits.md"));

  const auto iam = form("iam", "Action=CreateRole&Version=2010-05-08&RoleName=a");
  EXPECT_EQ(iam.status, 501);
  EXPECT_EQ(iam.content_type, "text/xml");
  EXPECT_TRUE(contains(iam.body, "iam:CreateRole yet")) << iam.body;
}

TEST_F(DispatcherTest, names_a_service_that_is_not_served) {
  const auto json = send("POST", "/",
                         {{"X-Amz-Target", "DynamoDB_20120810.ListTables"},
                          {"Authorization", scope_header("test", "us-east-1", "dynamodb")}});
  EXPECT_EQ(json.status, 501);
  EXPECT_TRUE(contains(json.body, "'dynamodb'")) << json.body;
  EXPECT_TRUE(contains(json.body, R"("__type":"UnsupportedOperation")"));
  const auto xml = form("sns", "Action=ListTopics&Version=2010-03-31");
  EXPECT_EQ(xml.status, 501);
  EXPECT_TRUE(contains(xml.body, "<Code>UnsupportedOperation</Code>")) << xml.body;
  const auto rest = send("PUT", "/bucket", {{"Authorization", scope_header("test", "us-east-1", "s3")}});
  EXPECT_EQ(rest.status, 501);
  EXPECT_TRUE(contains(rest.body, "'s3'")) << rest.body;
}

TEST_F(DispatcherTest, tells_a_cbor_client_in_cbor_what_ecs_speaks) {
  const auto answer =
      send("POST", "/service/AmazonEC2ContainerServiceV20141113/operation/ListClusters",
           {{"Smithy-Protocol", "rpc-v2-cbor"}, {"Content-Type", "application/cbor"}}, "\xA0");
  const std::string text =
      "ECS has no Smithy RPC v2 CBOR form, here as on AWS: it speaks awsJson1.1 (POST / with the header "
      "X-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters).";
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.content_type, "application/cbor");
  EXPECT_EQ(header(answer, "smithy-protocol"), "rpc-v2-cbor");
  EXPECT_EQ(header(answer, "x-amzn-ErrorType"), "UnknownOperationException");
  EXPECT_EQ(answer.body, "\xA2\x66__type\x78\x19UnknownOperationException\x67message\x78" +
                             std::string(1, static_cast<char>(text.size())) + text);
  EXPECT_FALSE(request);
  // A target header is the stronger word.
  EXPECT_EQ(ecs("ListClusters", "{}", {{"Smithy-Protocol", "rpc-v2-cbor"}}).status, 200);
}

TEST_F(DispatcherTest, refuses_malformed_bodies_without_calling) {
  for (const char* body : {"{", "[]", "\"x\"", R"({"maxResults": "x"})", "{} {}", "\xff"}) {
    const auto answer = ecs("ListClusters", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(header(answer, "x-amzn-ErrorType"), "SerializationException") << body;
  }
  EXPECT_FALSE(request);
}

TEST_F(DispatcherTest, turns_exceptions_into_answers) {
  behaviour = []() -> services::Reply { throw AwsError("ClusterNotFoundException", "Cluster not found."); };
  const auto modelled = ecs("ListClusters");
  EXPECT_EQ(modelled.status, 400);
  EXPECT_EQ(modelled.body, R"({"__type":"ClusterNotFoundException","message":"Cluster not found."})");

  behaviour = []() -> services::Reply { throw std::bad_alloc(); };
  const auto bug = ecs("ListClusters");
  EXPECT_EQ(bug.status, 500);
  EXPECT_EQ(header(bug, "x-amzn-ErrorType"), "ServerException");
}

TEST_F(DispatcherTest, wants_post_for_json_operations) {
  const auto answer = send("GET", "/", {{"X-Amz-Target", std::string(kEcs) + "ListClusters"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_FALSE(request);
}

TEST_F(DispatcherTest, answers_query_operations_by_get_only_when_signed) {
  const std::string target = "/?Action=GetCallerIdentity&Version=2011-06-15";
  const auto unsigned_get = send("GET", target, {});
  EXPECT_EQ(unsigned_get.status, 403);
  EXPECT_TRUE(contains(unsigned_get.body, "<Code>MissingAuthenticationToken</Code>")) << unsigned_get.body;
  EXPECT_EQ(send("GET", target, {{"Authorization", scope_header("test", "us-east-1", "sts")}}).status, 200);
  const std::string presigned =
      target + "&X-Amz-Credential=111122223333%2F20260101%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Signature=0";
  const auto answer = send("GET", presigned, {});
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(contains(answer.body, "<Account>111122223333</Account>")) << answer.body;
}

TEST_F(DispatcherTest, says_who_calls) {
  const auto answer = form("sts", "Action=GetCallerIdentity&Version=2011-06-15");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/xml");
  EXPECT_TRUE(contains(answer.body, "<GetCallerIdentityResult>")) << answer.body;
  EXPECT_TRUE(contains(answer.body, "<Arn>arn:aws:iam::000000000000:root</Arn>"));
  EXPECT_TRUE(contains(answer.body, "<UserId>000000000000</UserId>"));
  EXPECT_TRUE(contains(answer.body, "<RequestId>" + header(answer, "x-amzn-RequestId") + "</RequestId>"));
  EXPECT_EQ(send("POST", "/", {}, "Action=GetCallerIdentity&Version=2011-06-15").status, 400);
}

TEST_F(DispatcherTest, answers_iam_as_for_the_root_user) {
  const auto user = form("iam", "Action=GetUser&Version=2010-05-08");
  EXPECT_EQ(user.status, 200);
  EXPECT_TRUE(contains(user.body, "<Arn>arn:aws:iam::000000000000:root</Arn>")) << user.body;
  EXPECT_TRUE(contains(user.body, "<CreateDate>2014-11-13T00:00:00Z</CreateDate>")) << user.body;
  EXPECT_FALSE(contains(user.body, "UserName"));
  const auto named = form("iam", "Action=GetUser&Version=2010-05-08&UserName=bob");
  EXPECT_EQ(named.status, 404);
  EXPECT_TRUE(contains(named.body, "<Code>NoSuchEntity</Code>"));

  const auto roles = form("iam", "Action=ListRoles&Version=2010-05-08");
  EXPECT_EQ(roles.status, 200);
  EXPECT_TRUE(contains(roles.body, "<IsTruncated>false</IsTruncated>")) << roles.body;
  EXPECT_EQ(form("iam", "Action=ListRoles&Version=2010-05-08&MaxItems=0").status, 400);
  EXPECT_EQ(form("iam", "Action=ListRoles&Version=2010-05-08&MaxItems=1001").status, 400);
  EXPECT_EQ(form("iam", "Action=ListRoles&Version=2010-05-08&Marker=x").status, 400);
  EXPECT_EQ(form("iam", "Action=ListRoles&Version=2010-05-08&PathPrefix=x").status, 400);
  const auto unknown = form("iam", "Action=MakeCoffee&Version=2010-05-08");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_TRUE(contains(unknown.body, "<Code>InvalidAction</Code>")) << unknown.body;
}

TEST_F(DispatcherTest, greets_on_the_root_and_refuses_other_paths) {
  const auto root = send("GET", "/", {{"Host", "127.0.0.1:4566"}});
  EXPECT_EQ(root.status, 200);
  EXPECT_TRUE(contains(root.body, "This is Slipway")) << root.body;
  EXPECT_TRUE(contains(root.body, "--endpoint-url http://127.0.0.1:4566"));
  EXPECT_EQ(send("GET", "/favicon.ico", {}).status, 404);
  EXPECT_EQ(send("GET", "/_slipway/nothing", {}).status, 404);
  EXPECT_EQ(send("POST", "/", {}).status, 400);
  EXPECT_EQ(send("DELETE", "/x", {}).status, 404);
}

TEST_F(DispatcherTest, counts_by_service_operation_and_status) {
  ecs("ListClusters");
  ecs("ListClusters");
  ecs("ListClusters", "{");
  ecs("MakeCoffee");
  send("GET", "/", {});
  const auto counts = dispatcher.counts();
  ASSERT_EQ(counts.size(), 4u);
  EXPECT_EQ(counts[0].operation, "ListClusters");
  EXPECT_EQ(counts[0].status, 200);
  EXPECT_EQ(counts[0].requests, 2);
  EXPECT_EQ(counts[1].status, 400);
  EXPECT_EQ(counts[1].requests, 1);
  EXPECT_EQ(counts[2].operation, "none");  // whatever names are asked, there are not more counters
  EXPECT_EQ(counts[3].service, "none");
}

}  // namespace
}  // namespace slipway::server
