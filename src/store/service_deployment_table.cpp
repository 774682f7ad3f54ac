#include "store/service_deployment_table.h"

#include "store/row_error.h"
#include "store/service_document.h"

namespace slipway::store {

ServiceDeploymentTable::ServiceDeploymentTable(Connection& connection)
    : put_(connection,
           "INSERT INTO service_deployments (account, region, arn, service_arn, status, created_at,"
           " updated_at, doc_version, document) VALUES (?,?,?,?,?,?,?,?,?)"
           " ON CONFLICT (arn) DO UPDATE SET status=excluded.status, created_at=excluded.created_at,"
           " updated_at=excluded.updated_at, doc_version=excluded.doc_version, document=excluded.document"),
      remove_(connection, "DELETE FROM service_deployments WHERE service_arn = ?"),
      all_(connection,
           "SELECT account, region, arn, service_arn, status, created_at, updated_at, doc_version, document"
           " FROM service_deployments") {}

void ServiceDeploymentTable::put(const model::ServiceDeployment& deployment) {
  put_.run(deployment.scope.account, deployment.scope.region, deployment.arn, deployment.service_arn,
           to_string(deployment.status), deployment.created_at, deployment.updated_at,
           kServiceDocumentVersion, write_deployment_document(deployment));
}

void ServiceDeploymentTable::remove_of(std::string_view service_arn) { remove_.run(service_arn); }

void ServiceDeploymentTable::load(const std::function<void(model::ServiceDeploymentPtr)>& visit) {
  for (Cursor cursor = all_.query(); cursor.next();) {
    const Row row = cursor.row();
    auto deployment = std::make_shared<model::ServiceDeployment>();
    deployment->scope = {.account = row.string(0), .region = row.string(1)};
    deployment->arn = row.string(2);
    deployment->service_arn = row.string(3);
    decode_row("service_deployments", deployment->arn, [&] {
      deployment->status = column_word(row.text(4), model::parse_service_deployment_status, "status");
      deployment->created_at = row.time(5);
      deployment->updated_at = row.time(6);
      check_doc_version(row.integer(7), kServiceDocumentVersion);
      read_deployment_document(row.text(8), *deployment);
    });
    visit(std::move(deployment));
  }
}

}  // namespace slipway::store
