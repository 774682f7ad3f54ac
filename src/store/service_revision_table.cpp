#include "store/service_revision_table.h"

#include "slipway/protocol/codec.h"
#include "store/row_error.h"

namespace slipway::store {
namespace {

constexpr std::int64_t kDocumentVersion = 1;

}  // namespace

ServiceRevisionTable::ServiceRevisionTable(Connection& connection)
    : put_(connection,
           "INSERT INTO service_revisions (account, region, arn, service_arn, created_at, doc_version,"
           " document) VALUES (?,?,?,?,?,?,?)"
           " ON CONFLICT (arn) DO UPDATE SET created_at=excluded.created_at,"
           " doc_version=excluded.doc_version, document=excluded.document"),
      remove_(connection, "DELETE FROM service_revisions WHERE service_arn = ?"),
      all_(connection,
           "SELECT account, region, arn, service_arn, created_at, doc_version, document"
           " FROM service_revisions") {}

void ServiceRevisionTable::put(const model::ServiceRevision& revision) {
  const std::string document = revision.document ? protocol::to_json(*revision.document) : "{}";
  put_.run(revision.scope.account, revision.scope.region, revision.arn, revision.service_arn,
           revision.created_at, kDocumentVersion, document);
}

void ServiceRevisionTable::remove_of(std::string_view service_arn) { remove_.run(service_arn); }

void ServiceRevisionTable::load(const std::function<void(model::ServiceRevisionPtr)>& visit) {
  for (Cursor cursor = all_.query(); cursor.next();) {
    const Row row = cursor.row();
    auto revision = std::make_shared<model::ServiceRevision>();
    revision->scope = {.account = row.string(0), .region = row.string(1)};
    revision->arn = row.string(2);
    revision->id = revision->arn.substr(revision->arn.rfind('/') + 1);
    revision->service_arn = row.string(3);
    revision->created_at = row.time(4);
    decode_row("service_revisions", revision->arn, [&] {
      check_doc_version(row.integer(5), kDocumentVersion);
      revision->document = std::make_shared<const api::ecs::ServiceRevision>(
          protocol::from_json<api::ecs::ServiceRevision>(row.text(6)));
    });
    visit(std::move(revision));
  }
}

}  // namespace slipway::store
