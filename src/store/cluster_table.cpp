#include "store/cluster_table.h"

#include "slipway/protocol/codec.h"
#include "store/document_parts.h"
#include "store/row_error.h"

namespace slipway::store {
namespace {

constexpr std::int64_t kDocumentVersion = 1;

std::string_view status_word(model::ClusterStatus status) {
  return status == model::ClusterStatus::Active ? "ACTIVE" : "INACTIVE";
}

std::optional<model::ClusterStatus> parse_status(std::string_view text) {
  if (text == "ACTIVE") return model::ClusterStatus::Active;
  if (text == "INACTIVE") return model::ClusterStatus::Inactive;
  return std::nullopt;
}

}  // namespace

ClusterTable::ClusterTable(Connection& connection)
    : put_(connection,
           "INSERT INTO clusters (account, region, arn, name, status, created_at, updated_at, tags, "
           "doc_version, document)"
           " VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (arn) DO UPDATE SET status=excluded.status,"
           " created_at=excluded.created_at, updated_at=excluded.updated_at, tags=excluded.tags,"
           " doc_version=excluded.doc_version, document=excluded.document"),
      all_(connection,
           "SELECT account, region, arn, name, status, created_at, updated_at, tags, doc_version, document"
           " FROM clusters") {}

void ClusterTable::put(const model::Cluster& cluster) {
  put_.run(cluster.scope.account, cluster.scope.region, cluster.arn, cluster.name,
           status_word(cluster.status), cluster.created_at, cluster.updated_at, tags_text(cluster.tags),
           kDocumentVersion, protocol::to_json(cluster.document));
}

void ClusterTable::load(const std::function<void(std::shared_ptr<const model::Cluster>)>& visit) {
  for (Cursor cursor = all_.query(); cursor.next();) {
    const Row row = cursor.row();
    auto cluster = std::make_shared<model::Cluster>();
    cluster->scope = {.account = row.string(0), .region = row.string(1)};
    cluster->arn = row.string(2);
    cluster->name = row.string(3);
    decode_row("clusters", cluster->arn, [&] {
      cluster->status = column_word(row.text(4), parse_status, "status");
      cluster->created_at = row.time(5);
      cluster->updated_at = row.time(6);
      cluster->tags = tags_of(row.text(7));
      check_doc_version(row.integer(8), kDocumentVersion);
      cluster->document = protocol::from_json<api::ecs::Cluster>(row.text(9));
    });
    visit(std::move(cluster));
  }
}

}  // namespace slipway::store
