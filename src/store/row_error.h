// A row that cannot be understood: another program, a newer Slipway or a damaged disk wrote it. At start it
// ends the opening (OpenError), later it fails the one request that reads the row.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "slipway/base/error.h"
#include "store/json_reader.h"

namespace slipway::store {

class RowError final : public std::runtime_error {
 public:
  RowError(std::string_view table, std::string_view row, std::string_view detail)
      : std::runtime_error("table " + std::string(table) + ", row " + std::string(row) + ": " +
                           std::string(detail)) {}
};

// Runs `decode`, naming the row in what it throws for bad content.
template <class Decode>
auto decode_row(std::string_view table, std::string_view row, const Decode& decode) {
  try {
    return decode();
  } catch (const JsonError& error) {
    throw RowError(table, row, error.what());
  } catch (const AwsError& error) {
    throw RowError(table, row, error.what());
  }
}

// The value that `parse` finds for a column's word.
template <class Parse>
auto column_word(std::string_view text, Parse parse, std::string_view column) {
  const auto value = parse(text);
  if (!value) throw JsonError("unknown " + std::string(column) + " '" + std::string(text) + "'");
  return *value;
}

// Documents of a shape that this Slipway does not know are refused, never half read.
inline void check_doc_version(std::int64_t version, std::int64_t newest) {
  if (version < 1 || version > newest) throw JsonError("unknown doc_version " + std::to_string(version));
}

}  // namespace slipway::store
