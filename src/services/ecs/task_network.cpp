#include "services/ecs/task_network.h"

#include <algorithm>

#include "services/ecs/warning.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/network/address.h"

namespace slipway::services::ecs {

namespace {

// A stable number of an id, to spread ids over zones and ranges.
std::size_t spread(const std::string& id, std::size_t ways) {
  std::size_t sum = 0;
  for (const char c : id) sum = (sum * 31 + static_cast<unsigned char>(c)) % 1'000'003;
  return sum % ways;
}

// The next free /20 of the default VPC. When all are taken the subnet shares one: addresses are unique in the
// VPC, not only in the subnet, so that nothing clashes.
std::string next_range(const std::vector<model::Subnet>& known, const std::string& id) {
  const auto vpc = *network::parse_cidr(network::kDefaultVpcCidr);
  std::vector<network::Cidr> taken;
  for (const auto& subnet : known) {
    if (const auto cidr = network::parse_cidr(subnet.cidr)) taken.push_back(*cidr);
  }
  if (const auto free = network::next_subnet(vpc, taken)) return free->str();
  return taken[spread(id, taken.size())].str();
}

[[noreturn]] void throw_unknown(const std::string& what, const std::string& id, const std::string& cause) {
  throw api::ecs::invalid_parameter("Error retrieving " + what + " information for [" + id + "]: " + cause);
}

void check_id(const char* what, const std::string& id, const std::string& prefix, const char* code) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  const bool good = id.starts_with(prefix) && id.size() > prefix.size() && id.size() <= 64 &&
                    std::all_of(id.begin(), id.end(), plain);
  if (!good) {
    throw_unknown(what, id,
                  "Invalid id: \"" + id + "\" (expecting \"" + prefix + "...\") (ErrorCode: " + code + ")");
  }
}

model::Subnet adopt_subnet(store::Transaction& transaction, const Caller& caller, const std::string& id,
                           const std::vector<model::Subnet>& known) {
  model::Subnet subnet;
  subnet.scope = caller.scope;
  subnet.id = id;
  subnet.vpc_id = network::default_vpc_id(caller.scope.account, caller.scope.region);
  subnet.cidr = next_range(known, id);
  subnet.availability_zone = caller.scope.region + static_cast<char>('a' + spread(id, 3));
  transaction.put(subnet);
  transaction.put(warning_of(
      caller, "adopted-subnet", id,
      "Nobody created the subnet " + id + ": it was adopted into the default VPC as " + subnet.cidr +
          ". AWS fails with InvalidSubnetID.NotFound; use a subnet that exists there."));
  return subnet;
}

std::vector<model::Subnet> find_subnets(const EcsContext& context, store::Transaction& transaction,
                                        const Caller& caller, const std::vector<std::string>& ids) {
  auto known = transaction.model().subnets(caller.scope);
  std::vector<model::Subnet> found;
  for (const auto& id : ids) {
    check_id("subnet", id, "subnet-", "InvalidSubnetID.Malformed");
    const auto it =
        std::find_if(known.begin(), known.end(), [&](const auto& subnet) { return subnet.id == id; });
    if (it == known.end()) {
      if (context.settings.strict) {
        throw_unknown("subnet", id,
                      "The subnet ID '" + id + "' does not exist (ErrorCode: InvalidSubnetID.NotFound)");
      }
      known.push_back(adopt_subnet(transaction, caller, id, known));
      found.push_back(known.back());
    } else {
      found.push_back(*it);
    }
  }
  return found;
}

// No security group exists before EC2 is served.
void check_groups(const EcsContext& context, store::Transaction& transaction, const Caller& caller,
                  const std::vector<std::string>& ids) {
  for (const auto& id : ids) {
    check_id("security group", id, "sg-", "InvalidGroupId.Malformed");
    if (context.settings.strict) {
      throw_unknown("security group", id,
                    "The security group '" + id + "' does not exist (ErrorCode: InvalidGroup.NotFound)");
    }
    transaction.put(warning_of(
        caller, "adopted-security-group", id,
        "Nobody created the security group " + id +
            ": it is taken as one that allows everything. AWS fails with InvalidGroup.NotFound; use one "
            "that exists there."));
  }
}

}  // namespace

NetworkPlan plan_network(const EcsContext& context, store::Transaction& transaction, const Caller& caller,
                         const api::ecs::TaskDefinition& definition,
                         const std::optional<api::ecs::NetworkConfiguration>& given) {
  NetworkPlan plan;
  plan.mode = model::parse_network_mode(definition.network_mode.value_or("bridge")).value_or(plan.mode);
  const bool configured = given && given->awsvpc_configuration;
  if (plan.mode != model::NetworkMode::Awsvpc) {
    if (configured) {
      throw api::ecs::invalid_parameter(
          "Network Configuration is not valid for the given networkMode of this task definition.");
    }
    return plan;
  }
  if (!configured) {
    throw api::ecs::invalid_parameter(
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const auto& vpc = *given->awsvpc_configuration;
  auto& configuration = plan.configuration.emplace();
  configuration.subnets = vpc.subnets.value_or(std::vector<std::string>{});
  configuration.security_groups = vpc.security_groups.value_or(std::vector<std::string>{});
  configuration.assign_public_ip = vpc.assign_public_ip == "ENABLED";
  if (configuration.subnets.empty()) throw api::ecs::invalid_parameter("subnets can not be empty.");
  plan.subnets = find_subnets(context, transaction, caller, configuration.subnets);
  check_groups(context, transaction, caller, configuration.security_groups);
  return plan;
}

}  // namespace slipway::services::ecs
