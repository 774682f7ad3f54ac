#include "store/definition_table.h"

#include "slipway/protocol/codec.h"
#include "store/document_parts.h"
#include "store/row_error.h"

namespace slipway::store {
namespace {

constexpr std::int64_t kDocumentVersion = 1;
constexpr std::string_view kStatus[] = {"ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"};

std::optional<model::DefinitionStatus> parse_status(std::string_view text) {
  for (std::size_t i = 0; i < std::size(kStatus); ++i) {
    if (kStatus[i] == text) return static_cast<model::DefinitionStatus>(i);
  }
  return std::nullopt;
}

}  // namespace

DefinitionTable::DefinitionTable(Connection& connection)
    : put_(connection,
           "INSERT INTO task_definitions (account, region, arn, family, revision, status, registered_at,"
           " deregistered_at, delete_requested_at, tags, doc_version, document) VALUES "
           "(?,?,?,?,?,?,?,?,?,?,?,?)"
           " ON CONFLICT (arn) DO UPDATE SET status=excluded.status, registered_at=excluded.registered_at,"
           " deregistered_at=excluded.deregistered_at, delete_requested_at=excluded.delete_requested_at,"
           " tags=excluded.tags, doc_version=excluded.doc_version, document=excluded.document"),
      remove_(connection, "DELETE FROM task_definitions WHERE arn = ?"),
      put_family_(connection,
                  "INSERT INTO families (account, region, family, last_revision) VALUES (?,?,?,?)"
                  " ON CONFLICT (account, region, family)"
                  " DO UPDATE SET last_revision=max(last_revision, excluded.last_revision)"),
      families_(connection, "SELECT account, region, family, last_revision FROM families"),
      all_(connection,
           "SELECT account, region, arn, family, revision, status, registered_at, deregistered_at,"
           " delete_requested_at, tags, doc_version, document FROM task_definitions") {}

void DefinitionTable::put(const model::TaskDefinition& definition) {
  const std::string document = definition.document ? protocol::to_json(*definition.document) : "{}";
  put_.run(definition.scope.account, definition.scope.region, definition.arn, definition.family,
           definition.revision, kStatus[static_cast<std::size_t>(definition.status)],
           definition.registered_at, definition.deregistered_at, definition.delete_requested_at,
           tags_text(definition.tags), kDocumentVersion, document);
}

void DefinitionTable::remove(std::string_view arn) { remove_.run(arn); }

void DefinitionTable::put_family(const model::Scope& scope, const std::string& family,
                                 std::int64_t revision) {
  put_family_.run(scope.account, scope.region, family, revision);
}

void DefinitionTable::load_families(const VisitFamily& visit) {
  for (Cursor cursor = families_.query(); cursor.next();) {
    const Row row = cursor.row();
    visit({.account = row.string(0), .region = row.string(1)}, row.string(2), row.integer(3));
  }
}

void DefinitionTable::load(const std::function<void(std::shared_ptr<const model::TaskDefinition>)>& visit) {
  for (Cursor cursor = all_.query(); cursor.next();) {
    const Row row = cursor.row();
    auto definition = std::make_shared<model::TaskDefinition>();
    definition->scope = {.account = row.string(0), .region = row.string(1)};
    definition->arn = row.string(2);
    definition->family = row.string(3);
    definition->revision = row.integer(4);
    decode_row("task_definitions", definition->arn, [&] {
      definition->status = column_word(row.text(5), parse_status, "status");
      definition->registered_at = row.time(6);
      definition->deregistered_at = row.optional_time(7);
      definition->delete_requested_at = row.optional_time(8);
      definition->tags = tags_of(row.text(9));
      check_doc_version(row.integer(10), kDocumentVersion);
      definition->document = std::make_shared<const api::ecs::TaskDefinition>(
          protocol::from_json<api::ecs::TaskDefinition>(row.text(11)));
    });
    visit(std::move(definition));
  }
}

}  // namespace slipway::store
