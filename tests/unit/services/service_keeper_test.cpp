// What the keeper does beside applying plans, which the planner's tests and the conformance suites show.
#include <chrono>

#include "unit/services/service_fixture.h"

namespace slipway::services::test {
namespace {

class KeptServices : public ServiceFixture {
 protected:
  void SetUp() override { create(fargate_wish()); }

  void keep() { ecs_->keep_service(service_arn(), caller_.now, false); }
};

TEST_F(KeptServices, start_their_tasks_in_the_transaction_that_says_so) {
  keep();
  const auto shown = describe();
  EXPECT_EQ(shown["pendingCount"], shown["desiredCount"]);
  const auto message = shown["events"][0]["message"].get<std::string>();
  EXPECT_TRUE(message.starts_with("(service s) has started ")) << message;
}

TEST_F(KeptServices, are_forgotten_a_day_after_they_became_inactive) {
  call("DeleteService", {{"service", "s"}, {"force", true}});
  keep();
  EXPECT_EQ(describe()["status"], "INACTIVE");
  ecs_->sweep(caller_.now.control + std::chrono::hours{23});
  EXPECT_EQ(describe()["status"], "INACTIVE");
  ecs_->sweep(caller_.now.control + std::chrono::hours{24});
  EXPECT_EQ(call("DescribeServices", {{"services", Json::array({"s"})}})["failures"][0]["reason"], "MISSING");
}

}  // namespace
}  // namespace slipway::services::test
