// Shared by the store's tests: temporary data dirs, builders of objects, and a text of all that a model
// answers.
#pragma once

#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "slipway/store/store.h"

namespace slipway::store::testing {

inline const model::Scope kScope{.account = "123456789012", .region = "eu-west-1"};
inline const model::Scope kOtherScope{.account = "123456789012", .region = "us-east-1"};

// A directory that is removed with its content.
class TempDir final {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string str() const { return path_.string(); }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Says nothing.
Log& quiet_log();
// In memory when `directory` is empty.
std::unique_ptr<Store> open_store(const std::string& directory = "");

TimePoint at(std::int64_t milliseconds);
// "0000…<number>" in 32 digits.
std::string task_id(int number);
model::Task a_task(int number, const std::string& cluster = "main", const std::string& family = "web");
// Every member set to something that is not its default.
model::Task a_full_task();
model::Cluster a_cluster(const std::string& name, const model::Scope& scope = kScope);
model::TaskDefinition a_definition(const std::string& family, std::int64_t revision);
model::ContainerInstance an_instance(const std::string& id);

// Expects equality member by member.
void expect_same(const model::Task& a, const model::Task& b);

model::Service a_service(const std::string& name, const std::string& cluster = "main");
// Every member set to something that is not its default.
model::Service a_full_service();
model::ServiceRevision a_revision(const model::Service& service, const std::string& id);
model::ServiceDeployment a_deployment(const model::Service& service, const std::string& id);
// Every member set to something that is not its default.
model::ServiceDeployment a_full_deployment();
ServiceQuery services_of(const std::string& cluster_arn);
// A task of the service.
model::Task a_service_task(int number, const model::Service& service);

// All that the model answers about the objects that these tests use, as text: equal texts, equal models.
std::string describe(const Model& model);
std::string describe(const model::Task& task);
void describe_services(const Model& model, std::ostream& out);

std::string file_bytes(const std::filesystem::path& file);

// Random tasks, changes and removals over a few clusters, families, groups and instances.
class RandomLife final {
 public:
  explicit RandomLife(std::uint32_t seed) : random_(seed) {}
  // One transaction of one to three changes.
  void step(Store& store);

 private:
  int pick(int count) { return static_cast<int>(random_() % static_cast<std::uint32_t>(count)); }
  model::Task changed(model::Task task);
  model::Task fresh();
  void change_a_task(Transaction& transaction);
  void change_a_service(Transaction& transaction);

  std::mt19937 random_;
  std::vector<std::string> arns_;
  int next_ = 0;
};

}  // namespace slipway::store::testing
