// Virtual keys as text: making them, hashing them, comparing them, judging those that people choose. Pure but for make_secret().
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

inline constexpr std::string_view secret_prefix = "sk-";

/// SHA-256 of a secret: the key's identity everywhere. Its hex form is KeyRecord::token.
using Digest = std::array<unsigned char, 32>;

/// SHA-256 with its OpenSSL objects fetched once: the one-shot call of OpenSSL 3 looks the algorithm up, and allocates, every time.
/// Worker-owned.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Digest operator()(std::string_view bytes);

 private:
  struct Objects;
  std::unique_ptr<Objects> objects_;
};

std::string to_hex(const Digest& digest);
std::optional<Digest> from_hex(std::string_view token);  // nothing unless it is 64 lower-case hex digits

/// `sk-` and 32 bytes of OpenSSL's generator in base64url. Throws std::runtime_error when there is no randomness.
std::string make_secret();

std::string hash_secret(std::string_view secret);  // KeyRecord::token of a secret; for callers without a Sha256 at hand

/// The token meant by what an admin passed: a secret is hashed, anything else is taken as a hash.
std::string token_of(std::string_view secret_or_token);

/// "sk-...abcd": what may be shown of a secret. The last four characters only when more than that stays hidden.
std::string key_name(std::string_view secret);

/// Takes the same time wherever the first difference is.
bool same(const Digest& left, const Digest& right);

bool has_secret_prefix(std::string_view secret);

/// Why a secret chosen by a person could be guessed, as a phrase for a warning; nothing when it is fine.
std::optional<std::string> weakness(std::string_view secret);

}  // namespace auth
