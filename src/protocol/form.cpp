#include "protocol/form.h"

#include <charconv>

#include "slipway/protocol/codec.h"

namespace slipway::protocol {

std::optional<std::string> form_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      unsigned char byte = 0;
      const std::string_view digits = text.substr(i + 1, 2);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
      if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2) return std::nullopt;
      out += static_cast<char>(byte);
      i += 2;
    }
  }
  return out;
}

std::optional<FormField> take_form_field(std::string_view& form) {
  while (!form.empty()) {
    const std::size_t end = form.find('&');
    const std::string_view field = form.substr(0, end);
    form.remove_prefix(end == std::string_view::npos ? form.size() : end + 1);
    if (field.empty()) continue;
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) return FormField{field, {}};
    return FormField{field.substr(0, equals), field.substr(equals + 1)};
  }
  return std::nullopt;
}

std::string form_value(std::string_view form, std::string_view name) {
  while (const auto field = take_form_field(form)) {
    // Names are compared decoded: some clients encode the dots of `A.member.1`.
    if (field->name != name && form_decode(field->name) != name) continue;
    return form_decode(field->value).value_or("");
  }
  return {};
}

}  // namespace slipway::protocol
