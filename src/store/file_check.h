// Looks at state.db before SQLite does, reading only: a newer schema, a file that is not ours and a truncated
// one are refused without a byte changed. Costs a few reads, also with a write-ahead log beside it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace slipway::store {

// "SLPW", kept in the header's application id.
inline constexpr std::int64_t kApplicationId = 0x534C5057;

// Throws OpenError when `file` (with its -wal) was written by a schema newer than `newest`, is not a Slipway
// database, or is shorter than its header says. A missing or empty file is fine.
void check_database_file(const std::filesystem::path& file, std::int64_t newest);

// The text for a damaged file: what it is, and what to do.
std::string damaged_text(const std::filesystem::path& file, const std::string& detail);

}  // namespace slipway::store
