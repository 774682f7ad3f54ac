#include "slipway/protocol/identify.h"

#include <gtest/gtest.h>

#include "slipway/api/ecs/service.h"
#include "slipway/api/iam/service.h"
#include "slipway/api/services.h"
#include "slipway/api/sts/service.h"

namespace slipway::protocol {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded; charset=utf-8";
constexpr std::string_view kEcsAuthorization =
    "AWS4-HMAC-SHA256 Credential=111122223333/20261122/eu-west-1/ecs/aws4_request, SignedHeaders=host, "
    "Signature=00";
constexpr std::string_view kStsAuthorization =
    "AWS4-HMAC-SHA256 Credential=AK/20261122/us-east-1/sts/aws4_request,SignedHeaders=host,Signature=00";

Identified find(const RequestHead& head, std::span<const api::Service* const> services = api::kServices) {
  return identify(head, parse_credential_scope(head), services);
}

RequestHead post() {
  RequestHead head;
  head.method = "POST";
  head.target = "/";
  head.host = "127.0.0.1:4566";
  return head;
}

RequestHead ecs_call() {
  RequestHead head = post();
  head.amz_target = "AmazonEC2ContainerServiceV20141113.RunTask";
  head.content_type = "application/x-amz-json-1.1";
  head.authorization = kEcsAuthorization;
  head.body = "{}";
  return head;
}

RequestHead form(std::string_view body) {
  RequestHead head = post();
  head.content_type = kForm;
  head.body = body;
  return head;
}

TEST(CredentialScope, is_read_from_the_authorization_header) {
  const auto scope = parse_credential_scope(ecs_call());
  EXPECT_EQ(scope.access_key, "111122223333");
  EXPECT_EQ(scope.region, "eu-west-1");
  EXPECT_EQ(scope.service, "ecs");
  RequestHead head = post();
  head.authorization = kStsAuthorization;
  EXPECT_EQ(parse_credential_scope(head).service, "sts");
}

TEST(CredentialScope, is_read_from_a_presigned_url) {
  RequestHead head = post();
  head.target =
      "/?Action=GetCallerIdentity&X-Amz-Credential=AK%2F20261122%2Fus-west-2%2Fsts%2Faws4_request&X-Amz-Date="
      "x";
  const auto scope = parse_credential_scope(head);
  EXPECT_EQ(scope.access_key, "AK");
  EXPECT_EQ(scope.region, "us-west-2");
  EXPECT_EQ(scope.service, "sts");
}

TEST(CredentialScope, has_no_region_in_version_4a_and_only_a_key_in_version_2) {
  RequestHead head = post();
  head.authorization = "AWS4-ECDSA-P256-SHA256 Credential=AK/20261122/ecs/aws4_request, SignedHeaders=host";
  EXPECT_EQ(parse_credential_scope(head).service, "ecs");
  EXPECT_EQ(parse_credential_scope(head).region, "");
  head.authorization = "AWS AK:signature";
  EXPECT_EQ(parse_credential_scope(head).access_key, "AK");
  EXPECT_EQ(parse_credential_scope(head).service, "");
}

TEST(CredentialScope, is_empty_where_nothing_is_said) {
  RequestHead head = post();
  EXPECT_EQ(parse_credential_scope(head).access_key, "");
  for (const auto* odd :
       {"Bearer x", "Credential=", "AWS4-HMAC-SHA256 Credential=AK", "AWS ", "Credential=////"}) {
    head.authorization = odd;
    EXPECT_EQ(parse_credential_scope(head).region, "") << odd;
    EXPECT_EQ(parse_credential_scope(head).service, "") << odd;
  }
}

TEST(Identify, takes_service_and_operation_from_the_target) {
  const auto found = find(ecs_call());
  EXPECT_EQ(found.service, &api::ecs::kServiceTable);
  ASSERT_NE(found.operation, nullptr);
  EXPECT_EQ(found.operation->name, "RunTask");
  EXPECT_EQ(found.json_version, "1.1");
}

TEST(Identify, answers_in_the_json_version_that_was_asked) {
  RequestHead head = ecs_call();
  head.content_type = "Application/X-Amz-JSON-1.0; charset=utf-8";
  EXPECT_EQ(find(head).json_version, "1.0");
  head.content_type = "";
  EXPECT_EQ(find(head).json_version, "1.1");
}

TEST(Identify, keeps_the_name_of_an_operation_that_the_model_does_not_know) {
  RequestHead head = ecs_call();
  head.amz_target = "AmazonEC2ContainerServiceV20141113.Fly";
  const auto found = find(head);
  EXPECT_EQ(found.service, &api::ecs::kServiceTable);
  EXPECT_EQ(found.operation, nullptr);
  EXPECT_EQ(found.operation_name, "Fly");
}

TEST(Identify, knows_no_service_for_a_foreign_target_whatever_the_scope_says) {
  RequestHead head = ecs_call();
  for (const auto* target :
       {"DynamoDB_20120810.ListTables", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.X", "RunTask",
        ".RunTask"}) {
    head.amz_target = target;
    EXPECT_EQ(find(head).service, nullptr) << target;
  }
  EXPECT_EQ(find(head).operation_name, "RunTask");
}

TEST(Identify, follows_a_smithy_route) {
  RequestHead head = post();
  head.smithy_protocol = "rpc-v2-cbor";
  head.target = "/service/AmazonEC2ContainerServiceV20141113/operation/ListClusters?x=1";
  EXPECT_EQ(find(head).service, &api::ecs::kServiceTable);
  EXPECT_EQ(find(head).operation->name, "ListClusters");
  EXPECT_TRUE(find(head).cbor);
  EXPECT_FALSE(find(ecs_call()).cbor);
  head.target = "/service/Other/operation/X";
  EXPECT_EQ(find(head).service, nullptr);
  EXPECT_EQ(find(head).operation_name, "X");
  head.target = "/elsewhere";
  EXPECT_EQ(find(head).service, nullptr);
}

TEST(Identify, takes_the_service_from_the_scope_and_the_operation_from_the_form) {
  RequestHead head = form("Action=GetCallerIdentity&Version=2011-06-15");
  head.authorization = kStsAuthorization;
  EXPECT_EQ(find(head).service, &api::sts::kServiceTable);
  EXPECT_EQ(find(head).operation->name, "GetCallerIdentity");
  EXPECT_EQ(find(head).json_version, "");
}

TEST(Identify, takes_the_action_from_the_query_string_of_a_get) {
  RequestHead head = post();
  head.method = "GET";
  head.target = "/?Action=GetUser&Version=2010-05-08";
  EXPECT_EQ(find(head).service, &api::iam::kServiceTable);
  EXPECT_EQ(find(head).operation->name, "GetUser");
}

TEST(Identify, needs_no_signature_when_the_action_says_enough) {
  EXPECT_EQ(find(form("Action=AssumeRoleWithWebIdentity&Version=2011-06-15")).service,
            &api::sts::kServiceTable);
  EXPECT_EQ(find(form("Action=AssumeRoleWithWebIdentity")).service, &api::sts::kServiceTable);
  const auto other = find(form("Action=AssumeRoleWithWebIdentity&Version=1999-01-01"));
  EXPECT_EQ(other.service, nullptr);
  EXPECT_EQ(other.operation_name, "AssumeRoleWithWebIdentity");
}

TEST(Identify, never_takes_an_action_for_an_operation_of_a_json_service) {
  EXPECT_EQ(find(form("Action=RunTask")).service, nullptr);
}

TEST(Identify, lets_a_scope_of_another_service_stand) {
  RequestHead head = form("Action=GetCallerIdentity&Version=2011-06-15");
  head.authorization = "AWS4-HMAC-SHA256 Credential=AK/20261122/us-east-1/sqs/aws4_request";
  EXPECT_EQ(find(head).service, nullptr);
}

TEST(Identify, tells_services_of_one_signing_name_apart_by_version_then_by_action) {
  const std::array<api::Operation, 1> old_operations = [] {
    std::array<api::Operation, 1> operations;
    operations[0].name = "OnlyOld";
    return operations;
  }();
  api::Service older;
  older.signing_name = "balancing";
  older.api_version = "2012-06-01";
  older.protocol = "query";
  older.operations = old_operations;
  api::Service newer = older;
  newer.api_version = "2015-12-01";
  newer.operations = {};
  const std::array<const api::Service*, 2> services = {&newer, &older};
  RequestHead head = form("Action=OnlyOld");
  head.authorization = "AWS4-HMAC-SHA256 Credential=AK/20261122/us-east-1/balancing/aws4_request";
  EXPECT_EQ(find(head, services).service, &older);
  head.body = "Action=Other";
  EXPECT_EQ(find(head, services).service, &newer);
  head.body = "Action=Other&Version=2012-06-01";
  EXPECT_EQ(find(head, services).service, &older);
}

TEST(Identify, falls_back_to_the_host_name) {
  RequestHead head = post();
  head.host = "ECS.us-east-1.localhost.localstack.cloud:4566";
  EXPECT_EQ(find(head).service, &api::ecs::kServiceTable);
  EXPECT_EQ(find(head).operation, nullptr);
  head.host = "ecsx.amazonaws.com";
  EXPECT_EQ(find(head).service, nullptr);
  head.host = "ecs";
  EXPECT_EQ(find(head).service, nullptr);
}

TEST(Identify, finds_nothing_in_an_empty_request) {
  const auto found = find(RequestHead{});
  EXPECT_EQ(found.service, nullptr);
  EXPECT_EQ(found.operation_name, "");
}

}  // namespace
}  // namespace slipway::protocol
