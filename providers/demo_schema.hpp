// An instance of a JSON schema, for the demo model's structured answers and tool arguments. Pure; the same schema gives the same text.
#pragma once

#include <string>
#include <string_view>

namespace providers {

/// JSON text of a value that satisfies `schema` (JSON text): objects, arrays, strings, numbers, enum, const, anyOf, oneOf, allOf, $ref into
/// the schema itself. Bounded in depth and size; what it does not understand becomes null.
std::string instance_of_schema(std::string_view schema);

}  // namespace providers
