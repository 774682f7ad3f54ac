#include "store/service_event_table.h"

#include "store/service_index.h"

namespace slipway::store {

ServiceEventTable::ServiceEventTable(Connection& connection)
    : add_(connection,
           "INSERT INTO service_events (service_arn, created_at, event_id, message) VALUES (?,?,?,?)"),
      trim_(connection,
            "DELETE FROM service_events WHERE service_arn = ?1 AND created_at <="
            " (SELECT created_at FROM service_events WHERE service_arn = ?1"
            "  ORDER BY created_at DESC LIMIT 1 OFFSET ?2)"),
      remove_(connection, "DELETE FROM service_events WHERE service_arn = ?"),
      all_(connection,
           "SELECT service_arn, created_at, event_id, message FROM service_events"
           " ORDER BY service_arn, created_at") {}

void ServiceEventTable::add(std::string_view service_arn, const model::ServiceEvent& event) {
  add_.run(service_arn, event.created_at, event.id, event.message);
}

void ServiceEventTable::trim(std::string_view service_arn) {
  trim_.run(service_arn, static_cast<std::int64_t>(kKeptEvents));
}

void ServiceEventTable::remove_of(std::string_view service_arn) { remove_.run(service_arn); }

void ServiceEventTable::load(
    const std::function<void(std::string_view service_arn, model::ServiceEvent event)>& visit) {
  for (Cursor cursor = all_.query(); cursor.next();) {
    const Row row = cursor.row();
    visit(row.text(0), {.id = row.string(2), .created_at = row.time(1), .message = row.string(3)});
  }
}

}  // namespace slipway::store
