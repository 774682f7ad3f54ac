#include <sstream>

#include "slipway/protocol/codec.h"
#include "store/task_document.h"
#include "store_support.h"

namespace slipway::store::testing {
namespace {

std::int64_t millis(TimePoint time) { return time.time_since_epoch().count(); }

void describe_tasks(const Model& model, const TaskQuery& query, std::ostream& out) {
  for (const auto& task : model.tasks(query)) out << task->id << ' ';
  out << '\n';
}

void describe_task_lists(const Model& model, const std::string& cluster, std::ostream& out) {
  for (const auto desired : {model::DesiredStatus::Running, model::DesiredStatus::Stopped}) {
    TaskQuery all;
    all.cluster_arn = cluster;
    all.desired = desired;
    all.limit = 1'000'000;
    out << "tasks " << cluster << ' ' << to_string(desired) << ": ";
    describe_tasks(model, all, out);
    for (const auto* word : {"a", "b", "web", "full_1-x"}) {
      TaskQuery by_family = all, by_starter = all, by_group = all, by_instance = all, page = all;
      by_family.family = word;
      describe_tasks(model, by_family, out);
      by_starter.started_by = word;
      describe_tasks(model, by_starter, out);
      by_group.group = "family:" + std::string(word);
      describe_tasks(model, by_group, out);
      by_instance.instance_arn = model::container_instance_arn(kScope, "main", word);
      describe_tasks(model, by_instance, out);
      page.launch_type = model::LaunchType::Fargate;
      page.limit = 3;
      describe_tasks(model, page, out);
    }
  }
}

void describe_clusters(const Model& model, std::ostream& out) {
  for (const auto& cluster : model.all_clusters()) {
    out << "cluster " << cluster->arn << ' ' << static_cast<int>(cluster->status) << ' '
        << millis(cluster->created_at) << ' ' << millis(cluster->updated_at) << ' '
        << protocol::to_json(cluster->document);
    for (const auto& tag : cluster->tags) out << ' ' << tag.key << '=' << tag.value;
    out << " found " << (model.find_cluster(cluster->arn) == cluster) << '\n';
  }
  for (const auto& scope : {kScope, kOtherScope}) {
    for (const auto& cluster : model.clusters(scope, "", 100)) out << "listed " << cluster->arn << '\n';
    model.visit_families(scope, "", [&](const std::string& name, const Family& family) {
      out << "family " << scope.region << ' ' << name << ' ' << family.last_revision << ':';
      for (const auto revision : family.known) {
        const auto definition = model.find_definition(model::task_definition_arn(scope, name, revision));
        out << ' ' << revision << (family.active.contains(revision) ? "+" : "-")
            << static_cast<int>(definition->status) << ' ' << protocol::to_json(*definition->document) << ' '
            << model.definition_uses(definition->arn);
      }
      out << '\n';
      return true;
    });
  }
}

void describe_instances(const Model& model, std::ostream& out) {
  for (const auto& instance : model.instances(model::cluster_arn(kScope, "main"))) {
    out << "instance " << instance->arn << ' ' << instance->id << ' ' << instance->engine_id << ' '
        << instance->ec2_instance_id << ' ' << instance->availability_zone << ' ' << instance->local_stand_in
        << ' ' << static_cast<int>(instance->status) << ' ' << instance->cpu << ' ' << instance->memory << ' '
        << instance->engine_version << ' ' << instance->agent_connected << ' ' << instance->version << ' '
        << millis(instance->registered_at);
    for (const auto& attribute : instance->attributes) out << ' ' << attribute;
    for (const auto& tag : instance->tags) out << ' ' << tag.key << '=' << tag.value;
    out << '\n';
  }
}

void describe_holdings(const Model& model, std::ostream& out) {
  for (const auto* engine : {"engine-1", "engine-2"}) {
    const auto use = model.resource_use(engine);
    out << engine << ' ' << use.cpu << ' ' << use.memory << " tcp";
    for (const auto port : use.tcp_ports) out << ' ' << port;
    out << " udp";
    for (const auto port : use.udp_ports) out << ' ' << port;
    for (std::uint16_t port = 8000; port < 8020; ++port) {
      out << model.port_taken(engine, "127.0.0.1", port, "tcp")
          << model.port_taken(engine, "127.0.0.9", port, "udp");
    }
    out << '\n';
  }
  for (const auto* vpc : {"vpc-1", "vpc-2"}) {
    out << vpc << ' ' << model.interfaces(kScope, vpc) << ' ';
    for (int host = 0; host < 10; ++host) {
      out << model.address_taken(kScope, vpc, "10.0.0." + std::to_string(host));
    }
    out << '\n';
  }
  for (const auto* id : {"a", "b", "i1"}) {
    const auto [running, pending] = model.instance_tasks(model::container_instance_arn(kScope, "main", id));
    out << "instance " << id << ' ' << running << ' ' << pending << '\n';
  }
}

void describe_network(const Model& model, std::ostream& out) {
  for (const auto& scope : {kScope, kOtherScope}) {
    for (const auto& subnet : model.subnets(scope)) {
      out << "subnet " << subnet.scope.region << ' ' << subnet.id << ' ' << subnet.vpc_id << ' '
          << subnet.cidr << ' ' << subnet.availability_zone << ' '
          << model.find_subnet(scope, subnet.id).has_value() << '\n';
    }
  }
  for (const auto& network : model.networks()) {
    out << "network " << network.scope.region << ' ' << network.vpc_id << ' ' << network.engine_id << ' '
        << network.name << ' ' << network.cidr << ' ' << network.wanted_cidr << ' ' << millis(network.used_at)
        << ' ' << model.find_network(network.scope, network.vpc_id, network.engine_id).has_value() << '\n';
  }
  for (const auto& warning : model.warnings()) {
    out << "warning " << warning.scope.region << ' ' << warning.kind << ' ' << warning.resource << ' '
        << warning.text << ' ' << millis(warning.first_at) << ' ' << millis(warning.last_at) << ' '
        << warning.count << '\n';
  }
}

}  // namespace

std::string describe(const model::Task& task) {
  std::ostringstream out;
  out << task.arn << ' ' << task.scope.region << ' ' << task.cluster << ' ' << task.id << ' '
      << task.definition_arn << ' ' << task.engine_id << ' ' << task.instance_arn << ' ' << task.group << ' '
      << task.started_by << ' ' << to_string(task.launch_type) << ' ' << to_string(task.last_status) << ' '
      << to_string(task.desired_status) << ' ' << task.version << ' ' << task.cleaned << ' '
      << write_task_document(task);
  return out.str();
}

std::string describe(const Model& model) {
  std::ostringstream out;
  describe_clusters(model, out);
  for (const auto* name : {"main", "other", "third"}) {
    const auto cluster = model::cluster_arn(kScope, name);
    describe_task_lists(model, cluster, out);
    const auto counts = model.task_counts(cluster);
    out << "counts " << counts.running_ec2 << ' ' << counts.running_fargate << ' ' << counts.running_external
        << ' ' << counts.pending_ec2 << ' ' << counts.pending_fargate << ' ' << counts.pending_external << ' '
        << counts.stopping << '\n';
  }
  describe_task_lists(model, "", out);
  for (const auto& task : model.unfinished_tasks()) out << "unfinished " << describe(*task) << '\n';
  for (const auto* family : {"a", "b", "web"}) {
    out << "uses " << model.definition_uses(model::task_definition_arn(kScope, family, 1)) << '\n';
  }
  describe_services(model, out);
  describe_instances(model, out);
  describe_holdings(model, out);
  describe_network(model, out);
  return out.str();
}

}  // namespace slipway::store::testing
