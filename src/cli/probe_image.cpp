#include "cli/probe_image.h"

#include <link.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "cli/options.h"
#include "slipway/runtime/tar.h"

namespace slipway::cli {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string contents{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (contents.empty()) throw CommandError("cannot read " + path + " for the probe's image");
  return contents;
}

// The paths of what the loader mapped, itself included; the program and the kernel's page have none.
int note_library(dl_phdr_info* info, std::size_t, void* list) {
  if (info->dlpi_name != nullptr && info->dlpi_name[0] == '/') {
    static_cast<std::vector<std::string>*>(list)->emplace_back(info->dlpi_name);
  }
  return 0;
}

runtime::TarEntry entry(const std::string& path, std::string contents, std::uint32_t mode) {
  runtime::TarEntry made;
  made.path = path.substr(path.find_first_not_of('/'));
  made.contents = std::move(contents);
  made.mode = mode;
  return made;
}

}  // namespace

std::string probe_root() {
  std::vector<std::string> libraries;
  dl_iterate_phdr(note_library, &libraries);
  std::vector<runtime::TarEntry> entries;
  entries.reserve(libraries.size() + 2);
  entries.push_back(entry("/slipway", read_file("/proc/self/exe"), 0755));
  for (const std::string& library : libraries) entries.push_back(entry(library, read_file(library), 0755));
  entries.push_back(entry("/etc/nsswitch.conf", "hosts: files dns\n", 0644));
  return runtime::make_tar(entries);
}

}  // namespace slipway::cli
