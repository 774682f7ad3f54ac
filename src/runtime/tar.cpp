#include "slipway/runtime/tar.h"

#include <cstddef>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace slipway::runtime {
namespace {

constexpr std::size_t kBlock = 512;

// POSIX.1-1988 ustar header: fields at fixed offsets, numbers as octal text.
struct Header {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6],
      version[2], user[32], group[32], device_major[8], device_minor[8], prefix[155], padding[12];
};
static_assert(sizeof(Header) == kBlock);

template <std::size_t N>
void put_octal(char (&field)[N], std::uint64_t value) {
  std::snprintf(field, N, "%0*llo", static_cast<int>(N) - 1, static_cast<unsigned long long>(value));
}

template <std::size_t N>
void put_text(char (&field)[N], const std::string& text) {
  if (text.size() > N) throw std::length_error("does not fit into a tar header: " + text);
  std::memcpy(field, text.data(), text.size());
}

// A path longer than the name field is split at a slash: the part before goes into the prefix field.
void put_path(Header& header, const std::string& path) {
  if (path.size() <= sizeof header.name) return put_text(header.name, path);
  const auto slash = path.find('/', path.size() - sizeof header.name - 1);
  if (slash == std::string::npos || slash + 1 == path.size())
    throw std::length_error("path too long for tar: " + path);
  put_text(header.prefix, path.substr(0, slash));
  put_text(header.name, path.substr(slash + 1));
}

std::string header_of(const TarEntry& entry) {
  Header header{};
  const bool directory = entry.kind == TarEntry::Kind::Directory;
  put_path(header, directory && !entry.path.ends_with('/') ? entry.path + "/" : entry.path);
  put_octal(header.mode, entry.mode);
  put_octal(header.uid, 0);
  put_octal(header.gid, 0);
  put_octal(header.size, entry.kind == TarEntry::Kind::File ? entry.contents.size() : 0);
  put_octal(header.mtime, 0);
  header.type = entry.kind == TarEntry::Kind::File ? '0' : directory ? '5' : '2';
  if (entry.kind == TarEntry::Kind::Symlink) put_text(header.link, entry.contents);
  put_text(header.magic, "ustar");
  put_text(header.version, "00");
  std::memset(header.checksum, ' ', sizeof header.checksum);
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  unsigned int sum = 0;
  for (const char c : bytes) sum += static_cast<unsigned char>(c);
  char checksum[8];
  std::snprintf(checksum, sizeof checksum, "%06o", sum);
  std::memcpy(bytes.data() + offsetof(Header, checksum), checksum, sizeof checksum);
  return bytes;
}

}  // namespace

std::string make_tar(const std::vector<TarEntry>& entries) {
  std::string out;
  for (const TarEntry& entry : entries) {
    out += header_of(entry);
    if (entry.kind != TarEntry::Kind::File) continue;
    out += entry.contents;
    out.append((kBlock - entry.contents.size() % kBlock) % kBlock, '\0');
  }
  out.append(2 * kBlock, '\0');
  return out;
}

}  // namespace slipway::runtime
