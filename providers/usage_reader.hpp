// Reads the `usage` object of a reply or of a stream's event, in every form that OpenAI-speaking servers send. Pure.
#pragma once

#include <string_view>

#include "providers/usage.hpp"

namespace providers {

/// `seen` stays false when the object counts nothing, or when a count is negative, a fraction, or absurd: such a report is not to be
/// charged by. Parts larger than their whole are cut to it.
Usage read_usage(std::string_view object);

}  // namespace providers
