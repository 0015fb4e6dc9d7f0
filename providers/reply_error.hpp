// What is wrong with a reply whose status was 200. Pure.
#pragma once

#include <string_view>

#include "providers/error.hpp"

namespace providers {

/// `error` is the JSON object of an event or a reply in which an upstream tells of a failure, one error value out of it, or plain text.
Error embedded_error(std::string_view error);

/// The upstream sent something that cannot be understood: `what` ends the sentence.
Error bad_reply(std::string_view what);

/// Why a plain reply is no JSON object: says what it seems to be instead.
Error unreadable_reply(std::string_view body);

/// The upstream's stream ended before its finish.
Error incomplete_stream();

}  // namespace providers
