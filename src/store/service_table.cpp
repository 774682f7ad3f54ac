#include "store/service_table.h"

#include "store/row_error.h"
#include "store/service_document.h"

namespace slipway::store {

ServiceTable::ServiceTable(Connection& connection)
    : put_(connection,
           "INSERT INTO services (account, region, arn, cluster, name, status, created_at, updated_at,"
           " doc_version, document) VALUES (?,?,?,?,?,?,?,?,?,?)"
           " ON CONFLICT (arn) DO UPDATE SET status=excluded.status, created_at=excluded.created_at,"
           " updated_at=excluded.updated_at, doc_version=excluded.doc_version, document=excluded.document"),
      remove_(connection, "DELETE FROM services WHERE arn = ?"),
      all_(connection,
           "SELECT account, region, arn, cluster, name, status, created_at, updated_at, doc_version, document"
           " FROM services") {}

void ServiceTable::put(const model::Service& service) {
  put_.run(service.scope.account, service.scope.region, service.arn, service.cluster, service.name,
           to_string(service.status), service.created_at, service.updated_at, kServiceDocumentVersion,
           write_service_document(service));
}

void ServiceTable::remove(std::string_view arn) { remove_.run(arn); }

void ServiceTable::load(const std::function<void(model::ServicePtr)>& visit) {
  for (Cursor cursor = all_.query(); cursor.next();) {
    const Row row = cursor.row();
    auto service = std::make_shared<model::Service>();
    service->scope = {.account = row.string(0), .region = row.string(1)};
    service->arn = row.string(2);
    service->cluster = row.string(3);
    service->name = row.string(4);
    decode_row("services", service->arn, [&] {
      service->status = column_word(row.text(5), model::parse_service_status, "status");
      service->created_at = row.time(6);
      service->updated_at = row.time(7);
      check_doc_version(row.integer(8), kServiceDocumentVersion);
      read_service_document(row.text(9), *service);
    });
    visit(std::move(service));
  }
}

}  // namespace slipway::store
