#include "store/service_port_table.h"

#include "store/row_error.h"

namespace slipway::store {
namespace {

constexpr std::int64_t kLastPort = 65535, kLastAddress = 0xFFFFFFFF;

std::int64_t number(const Row& row, int column, std::int64_t last) {
  const std::int64_t value = row.integer(column);
  if (value < 1 || value > last) throw RowError("service_ports", row.text(0), "not an address or port");
  return value;
}

}  // namespace

ServicePortTable::ServicePortTable(Connection& connection)
    : put_(connection,
           "INSERT INTO service_ports (service_arn, container_port, address, port) VALUES (?,?,?,?)"
           " ON CONFLICT (service_arn, container_port) DO UPDATE SET address=excluded.address,"
           " port=excluded.port"),
      remove_(connection, "DELETE FROM service_ports WHERE service_arn = ? AND container_port = ?"),
      remove_of_(connection, "DELETE FROM service_ports WHERE service_arn = ?"),
      all_(connection, "SELECT service_arn, container_port, address, port FROM service_ports") {}

void ServicePortTable::put(const model::ServicePort& port) {
  put_.run(port.service, std::int64_t{port.container_port}, std::int64_t{port.address},
           std::int64_t{port.port});
}

void ServicePortTable::remove(const model::ServicePort& port) {
  remove_.run(port.service, std::int64_t{port.container_port});
}

void ServicePortTable::remove_of(std::string_view service_arn) { remove_of_.run(service_arn); }

void ServicePortTable::load(const std::function<void(const model::ServicePort&)>& visit) {
  for (Cursor cursor = all_.query(); cursor.next();) {
    const Row row = cursor.row();
    visit({.service = row.string(0),
           .container_port = static_cast<std::uint16_t>(number(row, 1, kLastPort)),
           .address = static_cast<std::uint32_t>(number(row, 2, kLastAddress)),
           .port = static_cast<std::uint16_t>(number(row, 3, kLastPort))});
  }
}

}  // namespace slipway::store
