#include "store/network_table.h"

namespace slipway::store {

NetworkTable::NetworkTable(Connection& connection)
    : put_subnet_(connection,
                  "INSERT INTO subnets (account, region, subnet_id, vpc_id, cidr, availability_zone) VALUES "
                  "(?,?,?,?,?,?)"
                  " ON CONFLICT (account, region, subnet_id) DO UPDATE SET vpc_id=excluded.vpc_id, "
                  "cidr=excluded.cidr,"
                  " availability_zone=excluded.availability_zone"),
      put_network_(
          connection,
          "INSERT INTO vpc_networks (account, region, vpc_id, engine_id, name, cidr, wanted_cidr, used_at)"
          " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (account, region, vpc_id, engine_id) DO UPDATE SET"
          " name=excluded.name, cidr=excluded.cidr, wanted_cidr=excluded.wanted_cidr,"
          " used_at=excluded.used_at"),
      remove_network_(
          connection,
          "DELETE FROM vpc_networks WHERE account = ? AND region = ? AND vpc_id = ? AND engine_id = ?"),
      subnets_(connection, "SELECT account, region, subnet_id, vpc_id, cidr, availability_zone FROM subnets"),
      networks_(
          connection,
          "SELECT account, region, vpc_id, engine_id, name, cidr, wanted_cidr, used_at FROM vpc_networks") {}

void NetworkTable::put(const model::Subnet& subnet) {
  put_subnet_.run(subnet.scope.account, subnet.scope.region, subnet.id, subnet.vpc_id, subnet.cidr,
                  subnet.availability_zone);
}

void NetworkTable::put(const model::VpcNetwork& network) {
  put_network_.run(network.scope.account, network.scope.region, network.vpc_id, network.engine_id,
                   network.name, network.cidr, network.wanted_cidr, network.used_at);
}

void NetworkTable::remove(const model::VpcNetwork& network) {
  remove_network_.run(network.scope.account, network.scope.region, network.vpc_id, network.engine_id);
}

void NetworkTable::load(const std::function<void(model::Subnet)>& subnet,
                        const std::function<void(model::VpcNetwork)>& network) {
  for (Cursor cursor = subnets_.query(); cursor.next();) {
    const Row row = cursor.row();
    subnet({.scope = {.account = row.string(0), .region = row.string(1)},
            .id = row.string(2),
            .vpc_id = row.string(3),
            .cidr = row.string(4),
            .availability_zone = row.string(5)});
  }
  for (Cursor cursor = networks_.query(); cursor.next();) {
    const Row row = cursor.row();
    network({.scope = {.account = row.string(0), .region = row.string(1)},
             .vpc_id = row.string(2),
             .engine_id = row.string(3),
             .name = row.string(4),
             .cidr = row.string(5),
             .wanted_cidr = row.string(6),
             .used_at = row.time(7)});
  }
}

}  // namespace slipway::store
