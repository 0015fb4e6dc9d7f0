// The body that goes upstream, as a gather list over the client's own bytes (DESIGN D4, BEHAVIOUR 7).
// One pass over the members decides each one's fate; one small writer keeps the commas right.
#include <algorithm>

#include "providers/request.hpp"
#include "providers/vendor.hpp"

namespace providers {
namespace {

// Pieces of ours begin with the comma that parts them from what stands before.
constexpr std::string_view usage_member = R"(,"stream_options":{"include_usage":true})";
constexpr std::string_view usage_wanted = usage_member.substr(usage_member.find('{'));
constexpr std::string_view usage_option = R"("include_usage":true)";
constexpr std::string_view model_name = R"(,"model":)";

/// Appends members of the body and of our own, merging neighbouring bytes of the body into one piece.
class ObjectWriter {
 public:
  ObjectWriter(std::string_view body, SplicedBody& out) : body_(body), out_(out) {}

  /// The next member of the body, as far as `upto`: its name and colon, or all of it. Whatever lay between it and the member written
  /// before is kept when nothing was cut there.
  void keep(std::size_t index, std::size_t begin, std::size_t upto) {
    if (empty_ && index == 0) {
      body(0, begin);
    } else if (!empty_ && index == next_index_) {
      body(body_end_, begin);
    } else {
      text(empty_ ? "{" : ",");
    }
    body(begin, upto);
    empty_ = false;
  }

  /// The member of the body that keep() began is complete; it ends there in the body.
  void kept(std::size_t index, std::size_t end) {
    next_index_ = index + 1;
    body_end_ = end;
  }

  /// A member of ours; `piece` begins with its comma.
  void add(std::string_view piece) {
    if (empty_) {
      text("{");
      piece.remove_prefix(1);
    }
    text(piece);
    empty_ = false;
    next_index_ = none;
  }

  /// A member of another JSON text, under the name that it has there or another one.
  void add(std::string_view source, const Member& member, std::string_view name) {
    text(empty_ ? "{" : ",");
    empty_ = false;
    next_index_ = none;
    const auto end = static_cast<std::size_t>(member.value.data() - source.data()) + member.value.size();
    if (name == member.name) return text(source.substr(member.begin, end - member.begin));
    text("\"");
    text(name);
    text("\":");
    text(member.value);
  }

  void text(std::string_view piece) {
    if (piece.empty()) return;
    out_.pieces.push_back(piece);
    out_.length += piece.size();
    last_is_body_ = false;
  }

  void body(std::size_t begin, std::size_t end) {
    if (begin == end) return;
    const std::string_view piece = body_.substr(begin, end - begin);
    if (last_is_body_ && out_.pieces.back().data() + out_.pieces.back().size() == piece.data()) {
      out_.pieces.back() = std::string_view(out_.pieces.back().data(), out_.pieces.back().size() + piece.size());
      out_.length += piece.size();
      return;
    }
    text(piece);
    last_is_body_ = true;
  }

  /// The closing brace: the body's own where its last member was kept.
  void close(std::size_t count) {
    if (empty_) {
      text("{}");
    } else if (next_index_ == count) {
      body(body_end_, body_.size());
    } else {
      text("}");
    }
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::string_view body_;
  SplicedBody& out_;
  std::size_t next_index_ = none;  // the member that would follow in the body without a gap
  std::size_t body_end_ = 0;       // where the member before it ended
  bool empty_ = true;
  bool last_is_body_ = false;
};

bool is_output_cap(std::string_view name) { return name == "max_tokens" || name == "max_completion_tokens"; }

/// Everything about one splice that does not change from member to member.
class Splicer {
 public:
  Splicer(const ModelRequest& request, const Target& target, SplicedBody& out)
      : request_(request),
        target_(target),
        extra_(target.deployment->extra_body),
        defaults_(target.deployment->default_params),
        model_member_(out.storage),
        writer_(request.body, out),
        renames_cap_(request.operation == Operation::chat && !target.vendor->takes_max_completion_tokens),
        sends_newer_cap_(request.operation == Operation::chat && sent("max_completion_tokens") && !is_dropped("max_completion_tokens")),
        wants_usage_(generates() && request.stream && target.takes_include_usage) {}

  void run() {
    for (std::size_t index = 0; index < request_.members.size(); ++index) {
      if (!is_cut(request_.members[index])) splice_member(index, request_.members[index]);
    }
    if (!model_written_ && is_ours("model")) writer_.add(model_member_);
    if (wants_usage_ && !usage_written_ && is_ours("stream_options")) writer_.add(usage_member);
    append_defaults();
    append_extra();
    writer_.close(request_.members.size());
  }

 private:
  [[nodiscard]] bool generates() const { return request_.operation == Operation::chat || request_.operation == Operation::completions; }

  /// The client sent a value under that name; null counts as absent.
  [[nodiscard]] bool sent(std::string_view name) const {
    return std::any_of(request_.members.begin(), request_.members.end(),
                       [name](const Member& member) { return member.kind != JsonKind::null && is_named(member, name); });
  }

  /// The name under which this vendor reads the member.
  [[nodiscard]] std::string_view name_for_vendor(std::string_view name) const {
    return renames_cap_ && name == "max_completion_tokens" ? "max_tokens" : name;
  }

  [[nodiscard]] bool is_dropped(std::string_view name) const {
    const auto& dropped = target_.deployment->drop_params;
    const auto is = [&](std::string_view listed) { return std::find(dropped.begin(), dropped.end(), listed) != dropped.end(); };
    return !dropped.empty() && (is(name) || is(name_for_vendor(name)));
  }

  /// extra_body has a word of its own. The operator may override everything but what decides how we read the answer.
  [[nodiscard]] bool is_overridden(std::string_view name) const {
    return !extra_.empty() && name != "stream" && find_member(extra_, name_for_vendor(name)).has_value();
  }

  /// Neither taken away nor decided by the operator: for us to write.
  [[nodiscard]] bool is_ours(std::string_view name) const { return !is_dropped(name) && !is_overridden(name); }

  /// Defaults of the deployment fill what the client left open; these are decided elsewhere.
  [[nodiscard]] static bool may_default(std::string_view name) {
    return name != "model" && name != "stream" && name != "stream_options" && !is_gateway_member(name);
  }

  /// A default of the deployment will stand for this parameter: both names of the output cap are one parameter.
  [[nodiscard]] bool has_default(std::string_view name) const {
    if (defaults_.empty() || !may_default(name)) return false;
    if (is_output_cap(name)) return find_member(defaults_, "max_tokens") || find_member(defaults_, "max_completion_tokens");
    return find_member(defaults_, name).has_value();
  }

  [[nodiscard]] bool is_cut(const Member& member) const {
    std::string buffer;
    const std::string_view name = plain_name(member, buffer);
    if (is_gateway_member(name)) return true;
    if (name == "metadata" && !(request_.operation == Operation::chat && request_.store && request_.plain_metadata)) return true;
    if (name == "stream_options" && generates() && (!request_.stream || !target_.takes_include_usage)) return true;
    if (name == "max_tokens" && sends_newer_cap_) return true;                              // never both
    if (name == "max_completion_tokens" && renames_cap_ && !sends_newer_cap_) return true;  // a null under a name that is not known there
    return is_cut_by_operator(name, member.kind);
  }

  [[nodiscard]] bool is_cut_by_operator(std::string_view name, JsonKind kind) const {
    return is_dropped(name) || is_overridden(name) || (kind == JsonKind::null && has_default(name));
  }

  void splice_member(std::size_t index, const Member& member) {
    const auto end = offset(member.value) + member.value.size();
    if (member.name == "model") {
      replace_value(index, member, model_member_.substr(model_name.size()));
      model_written_ = true;
    } else if (member.name == "stream_options" && wants_usage_) {
      ask_for_usage(index, member);
      usage_written_ = true;
    } else if (const std::string_view name = name_for_vendor(member.name); name != member.name) {
      writer_.keep(index, member.begin, member.begin + 1);
      writer_.text(name);
      writer_.body(member.begin + 1 + member.name.size(), end);
      writer_.kept(index, end);
    } else {
      writer_.keep(index, member.begin, end);
      writer_.kept(index, end);
    }
  }

  [[nodiscard]] std::size_t offset(std::string_view part) const { return static_cast<std::size_t>(part.data() - request_.body.data()); }

  void replace_value(std::size_t index, const Member& member, std::string_view value) {
    const auto begin = offset(member.value);
    writer_.keep(index, member.begin, begin);
    writer_.text(value);
    writer_.kept(index, begin + member.value.size());
  }

  /// The client's stream_options with include_usage true in it.
  void ask_for_usage(std::size_t index, const Member& member) {
    if (member.kind != JsonKind::object) return replace_value(index, member, usage_wanted);  // null
    if (request_.include_usage) {
      writer_.keep(index, member.begin, offset(member.value) + member.value.size());
    } else if (const auto option = find_member(member.value, "include_usage")) {
      writer_.keep(index, member.begin, offset(option->value));
      writer_.text("true");
      writer_.body(offset(option->value) + option->value.size(), offset(member.value) + member.value.size());
    } else {
      const auto inside = offset(member.value) + 1;
      writer_.keep(index, member.begin, inside);
      writer_.text(usage_option);
      MemberWalk walk{member.value};
      if (walk.next()) writer_.text(",");
      writer_.body(inside, inside - 1 + member.value.size());
    }
    writer_.kept(index, offset(member.value) + member.value.size());
  }

  void append_defaults() {
    if (defaults_.empty()) return;
    const bool newer_cap = find_member(defaults_, "max_completion_tokens").has_value();
    MemberWalk walk{defaults_};
    while (const auto member = walk.next()) {
      const std::string_view name = member->name;
      if (!may_default(name) || !is_ours(name) || sent(name)) continue;
      if (is_output_cap(name) && (sent("max_tokens") || sent("max_completion_tokens"))) continue;
      if (name == "max_tokens" && newer_cap) continue;
      writer_.add(defaults_, *member, name_for_vendor(name));
    }
  }

  void append_extra() {
    if (extra_.empty()) return;
    MemberWalk walk{extra_};
    while (const auto member = walk.next()) {
      if (member->name != "stream") writer_.add(extra_, *member, member->name);
    }
  }

  const ModelRequest& request_;
  const Target& target_;
  std::string_view extra_, defaults_;
  std::string_view model_member_;  // ,"model":"..."
  ObjectWriter writer_;
  bool renames_cap_;
  bool sends_newer_cap_;  // the client's cap is max_completion_tokens
  bool wants_usage_;
  bool model_written_ = false;
  bool usage_written_ = false;
};

}  // namespace

void splice_body(const ModelRequest& request, const Target& target, std::string_view upstream_model, SplicedBody& out) {
  out.pieces.clear();
  out.length = 0;
  out.storage = model_name;
  append_quoted(out.storage, upstream_model);
  Splicer(request, target, out).run();
}

void splice_body(const ModelRequest& request, const Target& target, SplicedBody& out) {
  if (target.upstream_model.find('*') == std::string::npos) return splice_body(request, target, target.upstream_model, out);
  splice_body(request, target, with_wildcard(target, request.model), out);
}

}  // namespace providers
