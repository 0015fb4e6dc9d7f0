// The demo model's answers that are not text: embeddings and moderations. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "providers/error.hpp"
#include "providers/request.hpp"
#include "providers/usage.hpp"

namespace providers {

/// Whole reply bodies in OpenAI's form. Fails with what the caller did wrong.
Result<std::string> demo_embeddings(const ModelRequest& request, Usage& usage);
Result<std::string> demo_moderations(const ModelRequest& request, std::string_view id);

/// The demo model's tokens: four bytes of text each.
std::int64_t demo_tokens(std::string_view text);

}  // namespace providers
