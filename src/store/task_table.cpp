#include "store/task_table.h"

#include <algorithm>

#include "slipway/model/service.h"
#include "store/row_error.h"
#include "store/task_document.h"

namespace slipway::store {
namespace {

// Rows as read() expects them.
std::string select(std::string_view tail) {
  return "SELECT id, account, region, arn, cluster, definition_arn, engine_id, instance_arn, task_group, "
         "started_by,"
         " launch_type, last_status, desired_status, version, cleaned, awaited, doc_version, document FROM "
         "tasks "
         "WHERE " +
         std::string(tail);
}

constexpr const char* kUpdate =
    "UPDATE tasks SET definition_arn=?, family=?, engine_id=?, instance_arn=?, task_group=?, started_by=?, "
    "launch_type=?,"
    " last_status=?, desired_status=?, version=?, ended_at=?, cleaned=?, awaited=?, doc_version=?, "
    "document=? WHERE "
    "id=?";

constexpr const char* kInsert =
    "INSERT INTO tasks (definition_arn, family, engine_id, instance_arn, task_group, started_by, launch_type,"
    " last_status, desired_status, version, ended_at, cleaned, awaited, doc_version, document, account, "
    "region, arn, "
    "cluster)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
    " ON CONFLICT (arn) DO UPDATE SET definition_arn=excluded.definition_arn, family=excluded.family,"
    " engine_id=excluded.engine_id, instance_arn=excluded.instance_arn, task_group=excluded.task_group,"
    " started_by=excluded.started_by, launch_type=excluded.launch_type, last_status=excluded.last_status,"
    " desired_status=excluded.desired_status, version=excluded.version, ended_at=excluded.ended_at,"
    " cleaned=excluded.cleaned, awaited=excluded.awaited, doc_version=excluded.doc_version, "
    "document=excluded.document RETURNING id";

// Empty strings do not filter. A cluster is the range of ARNs that begin with its prefix.
constexpr const char* kFinished =
    "last_status = 'STOPPED' AND cleaned = 1 AND awaited = 0 AND arn > ?1 AND (?2 = '' OR arn < ?2)"
    " AND desired_status = ?3 AND (?4 = '' OR family = ?4) AND (?5 = '' OR started_by = ?5)"
    " AND (?6 = '' OR task_group = ?6) AND (?7 = '' OR instance_arn = ?7) AND (?8 = '' OR launch_type = ?8)"
    " ORDER BY arn LIMIT ?9";

struct Range {
  std::string after, before;
};

Range range_of(const TaskQuery& query) {
  Range range{.after = query.after_arn, .before = {}};
  const auto cluster = model::Arn::parse(query.cluster_arn);
  if (!cluster) return range;
  const model::Scope scope{.account = cluster->account, .region = cluster->region};
  const std::string prefix = model::task_arn(scope, cluster->rest(), "");
  range.before = prefix;
  ++range.before.back();  // '0' follows '/'
  range.after = std::max(range.after, prefix);
  return range;
}

}  // namespace

TimePoint ended_at(const model::Task& task) { return task.stopped_at.value_or(task.updated_at); }

bool is_of_service(const model::Task& task) {
  return !model::service_of_group(task.group).empty() && !model::deployment_of(task.started_by).empty();
}

TaskTable::TaskTable(Connection& connection)
    : update_(connection, kUpdate),
      insert_(connection, kInsert),
      remove_(connection, "DELETE FROM tasks WHERE arn = ?"),
      purge_(
          connection,
          "DELETE FROM tasks WHERE last_status = 'STOPPED' AND cleaned = 1 AND awaited = 0 AND ended_at < ?"),
      find_(connection, select("arn = ?").c_str()),
      finished_(connection, select(kFinished).c_str()),
      unfinished_(connection,
                  select("NOT (last_status = 'STOPPED' AND cleaned = 1 AND awaited = 0)").c_str()),
      young_(connection, select("last_status = 'STOPPED' AND cleaned = 1 AND awaited = 0 ORDER BY ended_at "
                                "DESC, arn DESC LIMIT ?")
                             .c_str()),
      count_(connection,
             "SELECT count(*) FROM tasks WHERE last_status = 'STOPPED' AND cleaned = 1 AND awaited = 0") {}

std::int64_t TaskTable::put(const model::Task& task, std::int64_t row_id) {
  const std::string document = write_task_document(task);
  const bool stopped = task.last_status == model::TaskStatus::Stopped;
  const auto ended = stopped ? std::optional(ended_at(task)) : std::nullopt;
  const auto family = model::family_of(task.definition_arn);
  const auto launch_type = to_string(task.launch_type);
  const auto last = to_string(task.last_status);
  const auto desired = to_string(task.desired_status);
  const std::int64_t cleaned = task.cleaned ? 1 : 0;
  const std::int64_t awaited = is_awaited(task) ? 1 : 0;
  if (row_id != 0) {
    update_.run(task.definition_arn, family, task.engine_id, task.instance_arn, task.group, task.started_by,
                launch_type, last, desired, task.version, ended, cleaned, awaited, kTaskDocumentVersion,
                document, row_id);
    return row_id;
  }
  Cursor cursor = insert_.query(task.definition_arn, family, task.engine_id, task.instance_arn, task.group,
                                task.started_by, launch_type, last, desired, task.version, ended, cleaned,
                                awaited, kTaskDocumentVersion, document, task.scope.account,
                                task.scope.region, task.arn, task.cluster);
  cursor.next();
  const std::int64_t id = cursor.row().integer(0);
  while (cursor.next()) {
  }
  return id;
}

void TaskTable::remove(std::string_view arn) { remove_.run(arn); }

void TaskTable::remove_finished_before(TimePoint time) { purge_.run(time); }

model::TaskPtr TaskTable::read(const Row& row) {
  auto task = std::make_shared<model::Task>();
  task->arn = row.string(3);
  decode_row("tasks", task->arn, [&] {
    task->scope = {.account = row.string(1), .region = row.string(2)};
    task->cluster = row.string(4);
    task->id = task->arn.substr(task->arn.rfind('/') + 1);
    task->definition_arn = row.string(5);
    task->engine_id = row.string(6);
    task->instance_arn = row.string(7);
    task->group = row.string(8);
    task->started_by = row.string(9);
    task->launch_type = column_word(row.text(10), model::parse_launch_type, "launch_type");
    task->last_status = column_word(row.text(11), model::parse_task_status, "last_status");
    task->desired_status = column_word(row.text(12), model::parse_desired_status, "desired_status");
    task->version = row.integer(13);
    task->cleaned = row.integer(14) != 0;
    check_doc_version(row.integer(16), kTaskDocumentVersion);
    read_task_document(row.text(17), *task);
    // Ended before there were services: no service of that name will look at it.
    const bool stopped = task->last_status == model::TaskStatus::Stopped;
    if (stopped && row.integer(15) == 0 && is_of_service(*task)) task->noted = true;
  });
  return task;
}

model::TaskPtr TaskTable::find(std::string_view arn) {
  Cursor cursor = find_.query(arn);
  return cursor.next() ? read(cursor.row()) : nullptr;
}

std::vector<model::TaskPtr> TaskTable::finished(const TaskQuery& query) {
  const Range range = range_of(query);
  const auto launch_type = query.launch_type ? to_string(*query.launch_type) : std::string_view();
  std::vector<model::TaskPtr> tasks;
  Cursor cursor =
      finished_.query(range.after, range.before, to_string(query.desired), query.family, query.started_by,
                      query.group, query.instance_arn, launch_type, static_cast<std::int64_t>(query.limit));
  while (cursor.next()) tasks.push_back(read(cursor.row()));
  return tasks;
}

std::int64_t TaskTable::load(std::size_t young, const Visit& visit) {
  for (Cursor cursor = unfinished_.query(); cursor.next();)
    visit(read(cursor.row()), cursor.row().integer(0));
  for (Cursor cursor = young_.query(static_cast<std::int64_t>(young)); cursor.next();) {
    visit(read(cursor.row()), cursor.row().integer(0));
  }
  Cursor cursor = count_.query();
  return cursor.next() ? cursor.row().integer(0) : 0;
}

}  // namespace slipway::store
