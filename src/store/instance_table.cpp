#include "store/instance_table.h"

#include "store/document_parts.h"
#include "store/row_error.h"

namespace slipway::store {
namespace {

constexpr std::int64_t kDocumentVersion = 1;
constexpr std::string_view kStatus[] = {"ACTIVE", "DRAINING", "INACTIVE"};

std::optional<model::InstanceStatus> parse_status(std::string_view text) {
  for (std::size_t i = 0; i < std::size(kStatus); ++i) {
    if (kStatus[i] == text) return static_cast<model::InstanceStatus>(i);
  }
  return std::nullopt;
}

std::string write_document(const model::ContainerInstance& instance) {
  JsonWriter out;
  out.begin_object();
  out.text("ec2InstanceId", instance.ec2_instance_id);
  out.text("availabilityZone", instance.availability_zone);
  out.flag("localStandIn", instance.local_stand_in);
  out.flag("agentDisconnected", !instance.agent_connected);
  out.number("cpu", instance.cpu);
  out.number("memory", instance.memory);
  write_strings(out, "attributes", instance.attributes);
  out.text("engineVersion", instance.engine_version);
  out.number("version", instance.version);
  out.key("tags");
  write_tags(out, instance.tags);
  out.end_object();
  return out.take();
}

void read_document(std::string_view json, model::ContainerInstance& instance) {
  JsonReader in(json);
  instance.local_stand_in = false;
  in.object([&](std::string_view key) {
    if (key == "ec2InstanceId") return void(instance.ec2_instance_id = in.string());
    if (key == "availabilityZone") return void(instance.availability_zone = in.string());
    if (key == "localStandIn") return void(instance.local_stand_in = in.boolean());
    if (key == "agentDisconnected") return void(instance.agent_connected = !in.boolean());
    if (key == "cpu") return void(instance.cpu = in.integer());
    if (key == "memory") return void(instance.memory = in.integer());
    if (key == "attributes") return void(instance.attributes = read_strings(in));
    if (key == "engineVersion") return void(instance.engine_version = in.string());
    if (key == "version") return void(instance.version = in.integer());
    if (key == "tags") return void(instance.tags = read_tags(in));
    in.skip();
  });
  in.end();
}

}  // namespace

InstanceTable::InstanceTable(Connection& connection)
    : put_(connection,
           "INSERT INTO container_instances (account, region, arn, cluster, engine_id, status, registered_at,"
           " doc_version, document) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (arn) DO UPDATE SET"
           " engine_id=excluded.engine_id, status=excluded.status, registered_at=excluded.registered_at,"
           " doc_version=excluded.doc_version, document=excluded.document"),
      remove_(connection, "DELETE FROM container_instances WHERE arn = ?"),
      all_(connection,
           "SELECT account, region, arn, cluster, engine_id, status, registered_at, doc_version, document"
           " FROM container_instances") {}

void InstanceTable::put(const model::ContainerInstance& instance) {
  put_.run(instance.scope.account, instance.scope.region, instance.arn, instance.cluster, instance.engine_id,
           kStatus[static_cast<std::size_t>(instance.status)], instance.registered_at, kDocumentVersion,
           write_document(instance));
}

void InstanceTable::remove(std::string_view arn) { remove_.run(arn); }

void InstanceTable::load(const std::function<void(std::shared_ptr<const model::ContainerInstance>)>& visit) {
  for (Cursor cursor = all_.query(); cursor.next();) {
    const Row row = cursor.row();
    auto instance = std::make_shared<model::ContainerInstance>();
    instance->scope = {.account = row.string(0), .region = row.string(1)};
    instance->arn = row.string(2);
    instance->cluster = row.string(3);
    instance->id = instance->arn.substr(instance->arn.rfind('/') + 1);
    instance->engine_id = row.string(4);
    decode_row("container_instances", instance->arn, [&] {
      instance->status = column_word(row.text(5), parse_status, "status");
      instance->registered_at = row.time(6);
      check_doc_version(row.integer(7), kDocumentVersion);
      read_document(row.text(8), *instance);
    });
    visit(std::move(instance));
  }
}

}  // namespace slipway::store
