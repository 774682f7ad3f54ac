// The image of the containers that hold a task's network or process namespaces: one static program of ours,
// nothing is pulled (data-plane.md 5.1 has what ECS uses). Pure.
#pragma once

#include <optional>
#include <string>

namespace slipway::agent {

// A tar with the program as /pause; nullopt for an architecture (as the engine names it) that it was not
// written for.
std::optional<std::string> pause_image(const std::string& architecture);

// The program alone, an ELF executable.
std::optional<std::string> pause_program(const std::string& architecture);

}  // namespace slipway::agent
