#include "store_support.h"

namespace slipway::store::testing {

model::Task RandomLife::fresh() {
  const char* clusters[] = {"main", "other", "third"};
  const char* words[] = {"a", "b", "web"};
  model::Task task = a_task(next_++, clusters[pick(3)], words[pick(3)]);
  task.engine_id = pick(4) == 0 ? "engine-2" : "engine-1";
  task.launch_type = static_cast<model::LaunchType>(pick(3));
  task.reserved_cpu = pick(4) * 128;
  task.reserved_memory = pick(4) * 64;
  if (pick(2) == 0) task.started_by = words[pick(3)];
  if (pick(3) == 0) task.instance_arn = model::container_instance_arn(kScope, "main", words[pick(2)]);
  if (pick(3) == 0) {
    task.group = model::service_group(pick(2) == 0 ? "s" : "t");
    task.started_by = model::deployment_name(std::to_string(pick(3)));
  }
  if (pick(3) == 0) {
    task.eni.emplace().vpc_id = pick(2) == 0 ? "vpc-1" : "vpc-2";
  }
  return task;
}

model::Task RandomLife::changed(model::Task task) {
  switch (pick(8)) {
    case 0:
      task.last_status = static_cast<model::TaskStatus>(pick(8));
      ++task.version;
      break;
    case 1:
      task.desired_status = model::DesiredStatus::Stopped;
      break;
    case 2:
      task.last_status = model::TaskStatus::Stopped;
      task.desired_status = model::DesiredStatus::Stopped;
      if (pick(3) != 0) task.stopped_at = at(pick(1000));
      task.cleaned = pick(3) != 0;
      break;
    case 3: {
      const auto port = static_cast<std::uint16_t>(8000 + pick(20));
      model::PortBinding binding{.bind_ip = pick(2) == 0 ? "127.0.0.1" : "0.0.0.0",
                                 .container_port = 80,
                                 .host_port = port,
                                 .protocol = pick(2) == 0 ? "tcp" : "udp",
                                 .container_port_range = {},
                                 .host_port_range = {}};
      if (pick(3) == 0) {
        binding.container_port_range = "80-82";
        binding.host_port_range = std::to_string(port) + "-" + std::to_string(port + 2);
      }
      auto& container = task.containers.front();
      (pick(2) == 0 ? container.bindings : container.published) = {binding};
      break;
    }
    case 4:
      if (task.eni) task.eni->address = "10.0.0." + std::to_string(pick(10));
      break;
    case 5:
      task.group = pick(2) == 0 ? "family:a" : "service:s";
      break;
    case 6:
      task.noted = true;
      break;
    default:
      task.updated_at = at(pick(5000));
      break;
  }
  return task;
}

void RandomLife::change_a_task(Transaction& transaction) {
  if (arns_.empty() || pick(4) == 0) {
    auto task = fresh();
    arns_.push_back(task.arn);
    transaction.put(std::move(task));
    return;
  }
  const auto& arn = arns_[static_cast<std::size_t>(pick(static_cast<int>(arns_.size())))];
  const auto task = transaction.find_task(arn);
  if (!task) return;
  if (pick(20) == 0) {
    transaction.remove_task(arn);
  } else {
    transaction.put(changed(*task));
  }
}

void RandomLife::change_a_service(Transaction& transaction) {
  model::Service service = a_service(pick(2) == 0 ? "s" : "t", pick(2) == 0 ? "main" : "other");
  if (pick(8) == 0) return transaction.remove_service(service.arn);
  const std::string id = std::to_string(pick(5));
  switch (pick(4)) {
    case 0:
      return transaction.put(a_revision(service, id));
    case 1: {
      auto deployment = a_deployment(service, id);
      deployment.created_at = at(pick(5));
      return transaction.put(std::move(deployment));
    }
    case 2:
      for (int i = pick(40); i >= 0; --i) {
        transaction.add_event(service.arn,
                              {.id = std::to_string(next_++), .created_at = at(pick(5000)), .message = "m"});
      }
      return;
    default:
      service.status = static_cast<model::ServiceStatus>(pick(3));
      service.desired_count = pick(9);
      return transaction.put(std::move(service));
  }
}

void RandomLife::step(Store& store) {
  store.write([&](Transaction& transaction) {
    for (int changes = 1 + pick(3); changes > 0; --changes) {
      if (pick(8) == 0) {
        change_a_service(transaction);
      } else {
        change_a_task(transaction);
      }
    }
  });
}

}  // namespace slipway::store::testing
