#include "store/file_check.h"

#include <array>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/store/store.h"

namespace slipway::store {
namespace {

// Offsets of the database header. Source: https://www.sqlite.org/fileformat2.html, "The Database Header".
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kPageSizeAt = 16, kChangeCounterAt = 24, kPageCountAt = 28, kUserVersionAt = 60,
                      kApplicationIdAt = 68, kVersionValidForAt = 92;
constexpr std::string_view kMagic{"SQLite format 3\0", 16};

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::uint32_t little_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

// The write-ahead log, frame by frame. Source: same page, "The WAL File Format".
class WalReader {
 public:
  explicit WalReader(const std::filesystem::path& path) : in_(path, std::ios::binary) {
    std::array<char, 32> header{};
    if (!in_.read(header.data(), header.size())) return;
    const auto magic = big_endian(header.data());
    if (magic != 0x377f0682 && magic != 0x377f0683) return;
    big_ = magic == 0x377f0683;
    page_.resize(big_endian(header.data() + 8));
    std::memcpy(salt_.data(), header.data() + 16, salt_.size());
    sum({header.data(), 24});
    usable_ = !page_.empty() && page_.size() <= 65536 && sum_is(header.data() + 24);
  }

  // The user_version of the last committed copy of page 1, nullopt when the log has none.
  std::optional<std::uint32_t> user_version() {
    std::optional<std::uint32_t> committed, pending;
    std::array<char, 24> frame{};
    while (usable_ && in_.read(frame.data(), frame.size()) &&
           in_.read(page_.data(), static_cast<std::streamsize>(page_.size()))) {
      if (std::memcmp(frame.data() + 8, salt_.data(), salt_.size()) != 0) break;
      sum({frame.data(), 8});
      sum({page_.data(), page_.size()});
      if (!sum_is(frame.data() + 16)) break;
      if (big_endian(frame.data()) == 1) pending = big_endian(page_.data() + kUserVersionAt);
      const bool commit = big_endian(frame.data() + 4) != 0;
      if (commit && pending) committed = pending;
    }
    return committed;
  }

 private:
  void sum(std::string_view bytes) {
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
      const char* at = bytes.data() + i;
      sum_[0] += (big_ ? big_endian(at) : little_endian(at)) + sum_[1];
      sum_[1] += (big_ ? big_endian(at + 4) : little_endian(at + 4)) + sum_[0];
    }
  }
  bool sum_is(const char* stored) const {
    return big_endian(stored) == sum_[0] && big_endian(stored + 4) == sum_[1];
  }

  std::ifstream in_;
  std::vector<char> page_;
  std::array<char, 8> salt_{};
  std::array<std::uint32_t, 2> sum_{};
  bool big_ = false;
  bool usable_ = false;
};

[[noreturn]] void refuse_newer(const std::filesystem::path& file, std::uint32_t version,
                               std::int64_t newest) {
  throw OpenError("The state in " + file.string() + " was written by a newer Slipway (schema " +
                  std::to_string(version) + ", this one knows " + std::to_string(newest) +
                  "). Use that newer Slipway, or give this one another --data-dir. Nothing was changed.");
}

bool holds_bytes(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return !error && size > 0;
}

// With no log beside it a file must be as long as its header says; while a log exists a checkpoint may be
// unfinished.
bool truncated(const std::array<char, kHeaderSize>& header, std::uintmax_t size) {
  const auto page = (std::uint32_t{static_cast<unsigned char>(header[kPageSizeAt])} << 8) |
                    static_cast<unsigned char>(header[kPageSizeAt + 1]);
  const std::uintmax_t page_size = page == 1 ? 65536 : page;
  if (page_size < 512) return true;
  const bool count_valid =
      big_endian(header.data() + kChangeCounterAt) == big_endian(header.data() + kVersionValidForAt);
  return count_valid && size < page_size * big_endian(header.data() + kPageCountAt);
}

}  // namespace

std::string damaged_text(const std::filesystem::path& file, const std::string& detail) {
  return "The state in " + file.string() + " is damaged (" + detail +
         "). Put a backup of it there, or move it away to begin with an empty state: mv " + file.string() +
         " " + file.string() + ".damaged. Nothing was changed.";
}

void check_database_file(const std::filesystem::path& file, std::int64_t newest) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error || size == 0) return;
  std::array<char, kHeaderSize> header{};
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw OpenError("Cannot read " + file.string() + ". Make it readable, or give another --data-dir.");
  if (!in.read(header.data(), header.size())) throw OpenError(damaged_text(file, "shorter than a header"));
  if (std::string_view(header.data(), kMagic.size()) != kMagic) {
    throw OpenError(damaged_text(file, "not an SQLite database"));
  }
  const auto wal = std::filesystem::path(file.string() + "-wal");
  const bool logged = holds_bytes(wal);
  std::uint32_t version = big_endian(header.data() + kUserVersionAt);
  if (version > newest) refuse_newer(file, version, newest);
  if (logged) {
    if (const auto later = WalReader(wal).user_version()) version = *later;
    if (version > newest) refuse_newer(file, version, newest);
  }
  const std::int64_t application = big_endian(header.data() + kApplicationIdAt);
  if (application != kApplicationId && (application != 0 || version != 0)) {
    throw OpenError(file.string() +
                    " is a database of another program. Give another --data-dir. Nothing was changed.");
  }
  if (!logged && truncated(header, size)) throw OpenError(damaged_text(file, "shorter than its header says"));
}

}  // namespace slipway::store
