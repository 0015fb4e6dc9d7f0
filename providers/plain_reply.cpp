#include "providers/plain_reply.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "providers/chunk_scan.hpp"
#include "providers/embedding_vectors.hpp"
#include "providers/json_members.hpp"
#include "providers/reply_error.hpp"
#include "providers/usage_reader.hpp"

namespace providers {
namespace {

/// A part of the body and what stands for it. The text is kept as a place in the storage, which may still move.
struct Edit {
  std::string_view old;
  std::size_t begin = 0;
  std::size_t length = 0;
};

void add_edit(std::vector<Edit>& edits, std::string_view old, std::size_t begin, const std::string& storage) {
  edits.push_back({.old = old, .begin = begin, .length = storage.size() - begin});
}

/// Vectors that are arrays become base64. What is no flat vector (one per token, in some servers) stays as it came.
void convert_embeddings(std::string_view body, std::vector<Edit>& edits, std::string& storage) {
  const auto data = find_member(body, "data");
  if (!data || data->kind != JsonKind::array) return;
  ElementWalk walk{data->value};
  while (const auto item = walk.next()) {
    const auto vector = item->kind == JsonKind::object ? find_member(item->value, "embedding") : std::nullopt;
    const std::size_t begin = storage.size();
    if (vector && vector->kind == JsonKind::array && append_base64_vector(storage, vector->value)) {
      add_edit(edits, vector->value, begin, storage);
    }
  }
}

void splice(std::string_view body, std::vector<Edit>& edits, SplicedBody& out) {
  std::sort(edits.begin(), edits.end(), [](const Edit& one, const Edit& other) { return one.old.data() < other.old.data(); });
  const char* at = body.data();
  const auto add = [&out](std::string_view piece) {
    if (piece.empty()) return;
    out.pieces.push_back(piece);
    out.length += piece.size();
  };
  for (const Edit& edit : edits) {
    add({at, static_cast<std::size_t>(edit.old.data() - at)});
    add(std::string_view(out.storage).substr(edit.begin, edit.length));
    at = edit.old.data() + edit.old.size();
  }
  add({at, static_cast<std::size_t>(body.data() + body.size() - at)});
}

std::string_view first_finish_reason(std::string_view body, const Chunk& chunk) {
  if (chunk.choices.count() < 2) return chunk.finish_reason;
  const auto choices = find_member(body, "choices");
  ElementWalk walk{choices->value};
  const auto first = walk.next();
  const auto reason = first && first->kind == JsonKind::object ? find_member(first->value, "finish_reason") : std::nullopt;
  return reason && reason->kind == JsonKind::string ? reason->value.substr(1, reason->value.size() - 2) : std::string_view{};
}

/// The extent of the object that `text` begins with, strings skipped; empty when it does not end within.
std::string_view leading_object(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char byte = text[at];
    if (quoted) {
      if (byte == '\\') ++at;
      if (byte == '"') quoted = false;
    } else if (byte == '"') {
      quoted = true;
    } else if (byte == '{') {
      ++depth;
    } else if (byte == '}' && --depth == 0) {
      return text.substr(0, at + 1);
    }
  }
  return {};
}

}  // namespace

Result<void> read_plain_reply(const ModelRequest& request, std::string_view client_model, std::string_view body, PlainReply& out) {
  out.body.pieces.clear();
  out.body.storage.clear();
  out.body.length = 0;
  out.usage = {};
  out.finish_reason.clear();

  Chunk chunk;
  if (!scan_chunk(body, chunk)) return unreadable_reply(body);
  if (!chunk.error.empty()) return embedded_error(chunk.error);
  if (!chunk.usage.empty()) out.usage = read_usage(chunk.usage);
  out.finish_reason = first_finish_reason(body, chunk);

  std::vector<Edit> edits;
  std::string& storage = out.body.storage;
  if (!client_model.empty()) {
    append_quoted(storage, client_model);
    for (const std::string_view model : chunk.models) add_edit(edits, model, 0, storage);
  }
  if (request.operation == Operation::embeddings && request.wants_base64) convert_embeddings(body, edits, storage);
  splice(body, edits, out.body);
  return {};
}

Usage usage_from_tail(std::string_view tail) {
  constexpr std::string_view name = "\"usage\"";
  for (std::size_t at = tail.rfind(name); at != std::string_view::npos; at = at == 0 ? std::string_view::npos : tail.rfind(name, at - 1)) {
    if (at > 0 && tail[at - 1] == '\\') continue;  // quoted inside of a text
    std::string_view rest = tail.substr(at + name.size());
    const std::size_t object = rest.find_first_not_of(" \t\r\n:");
    if (object == std::string_view::npos || rest[object] != '{') continue;
    const Usage usage = read_usage(leading_object(rest.substr(object)));
    if (usage.seen) return usage;
  }
  return {};
}

}  // namespace providers
