#include "services/ecs/task_definition/size.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace slipway::services::ecs {
namespace {

constexpr double kGreatest = 1e9;  // more than any machine; keeps the arithmetic in range

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, lower);
}

// Whole numbers are taken as they are, decimals only before `unit`, which stands for 1024.
std::optional<std::int64_t> parse_amount(std::string_view text, std::string_view unit) {
  const auto digits_end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = text.substr(0, digits_end);
  auto rest = text.substr(digits_end);
  const auto unit_start = std::min(rest.find_first_not_of(' '), rest.size());
  const bool spaced = unit_start > 0;
  rest.remove_prefix(unit_start);
  if (rest.empty()) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    const bool whole = error == std::errc() && end == number.data() + number.size();
    return whole && !spaced && static_cast<double>(value) <= kGreatest ? std::optional(value) : std::nullopt;
  }
  double value = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
  const bool read = error == std::errc() && end == number.data() + number.size();
  if (!read || value * 1024 > kGreatest || !equals_ignoring_case(rest, unit)) return std::nullopt;
  return std::llround(value * 1024);
}

struct FargateSize {
  std::int64_t cpu, least, most, step;
};
constexpr std::array kFargateSizes{
    FargateSize{512, 1024, 4096, 1024},    FargateSize{1024, 2048, 8192, 1024},
    FargateSize{2048, 4096, 16384, 1024},  FargateSize{4096, 8192, 30720, 1024},
    FargateSize{8192, 16384, 61440, 4096}, FargateSize{16384, 32768, 122880, 8192}};

}  // namespace

std::optional<std::int64_t> parse_task_cpu(std::string_view text) { return parse_amount(text, "vcpu"); }

std::optional<std::int64_t> parse_task_memory(std::string_view text) { return parse_amount(text, "gb"); }

bool is_task_cpu(std::int64_t cpu) { return cpu >= 128 && cpu <= 196608; }

bool is_task_memory(std::int64_t memory) { return memory >= 4; }

bool is_fargate_size(std::int64_t cpu, std::int64_t memory) {
  if (cpu == 256) return memory == 512 || memory == 1024 || memory == 2048;
  return std::ranges::any_of(kFargateSizes, [cpu, memory](const FargateSize& size) {
    return size.cpu == cpu && memory >= size.least && memory <= size.most && memory % size.step == 0;
  });
}

std::string no_fargate_size_text(std::int64_t cpu, std::int64_t memory) {
  return "No Fargate configuration exists for given values: " + std::to_string(cpu) + " CPU, " +
         std::to_string(memory) + " memory. See the Amazon ECS documentation for the valid values.";
}

}  // namespace slipway::services::ecs
