#include "cli/registration.h"

#include <cstdint>
#include <cstdio>

namespace slipway::cli {
namespace {

using nlohmann::json;

// FNV-1a of the document with its members in order: the same in every build.
std::string fingerprint(const json& document) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : document.dump()) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

Registration registration_of(const json& definition, bool made) {
  const auto arn = definition.at("taskDefinitionArn").get<std::string>();
  return {arn, arn.substr(arn.rfind('/') + 1), made};
}

}  // namespace

Registration register_once(const EcsClient& client, const StackFile& file) {
  const json tag{{"key", kSourceTag}, {"value", fingerprint(file.document)}};
  if (file.document.contains("family") && file.document["family"].is_string()) {
    try {
      const json known = client.call("DescribeTaskDefinition",
                                     {{"taskDefinition", file.document["family"]}, {"include", {"TAGS"}}});
      for (const json& own : known.value("tags", json::array())) {
        if (own == tag) return registration_of(known.at("taskDefinition"), false);
      }
    } catch (const EcsError&) {
      // None is registered yet, or the family is no name: registering says it better.
    }
  }
  json input = file.document;
  if (!input.contains("tags") || input["tags"].is_null()) input["tags"] = json::array();
  if (input["tags"].is_array()) input["tags"].push_back(tag);
  try {
    return registration_of(client.call("RegisterTaskDefinition", input).at("taskDefinition"), true);
  } catch (const EcsError& error) {
    throw CommandError(file.path + ": " + error.what());
  }
}

}  // namespace slipway::cli
