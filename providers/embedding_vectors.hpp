// Vectors in the form that OpenAI's clients ask for by default: little-endian 32-bit floats in base64. Pure.
#pragma once

#include <string>
#include <string_view>

namespace providers {

/// Appends the JSON array of numbers as a base64 string, quotes included. False, and nothing appended, when it is not a flat array of
/// numbers in a float's range.
bool append_base64_vector(std::string& out, std::string_view array);

/// Base64 with padding (RFC 4648, section 4).
void append_base64(std::string& out, std::string_view bytes);

/// Appends the bytes; false, and nothing appended, when the text is not base64. Padding may be missing.
bool decode_base64(std::string& out, std::string_view text);

}  // namespace providers
