// The part of a task that no query looks at, as compact JSON. What the tasks table keeps in columns (ARN,
// cluster, statuses, version, …; see task_table.cpp) is not repeated here.
#pragma once

#include <string>
#include <string_view>

#include "slipway/model/task.h"

namespace slipway::store {

inline constexpr std::int64_t kTaskDocumentVersion = 1;

std::string write_task_document(const model::Task& task);
// Fills the members of `task` that the text has; the others keep their defaults, unknown ones are ignored.
// Throws JsonError for malformed text and for words that are not of their enumeration, AwsError for bad
// overrides.
void read_task_document(std::string_view json, model::Task& task);

}  // namespace slipway::store
