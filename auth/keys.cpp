#include "auth/keys.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <bitset>
#include <stdexcept>

namespace auth {

namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t strong_characters = 22;  // 128 bits in base64url
constexpr std::size_t strong_variety = 8;      // different characters

std::string base64url(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned int bits = 0;
  int held = 0;
  for (std::size_t i = 0; i < count; ++i) {
    bits = (bits << 8) | bytes[i];
    for (held += 8; held >= 6; held -= 6) out += alphabet[(bits >> (held - 6)) & 63];
  }
  if (held > 0) out += alphabet[(bits << (6 - held)) & 63];
  return out;
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

struct Sha256::Objects {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  ~Objects() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

Sha256::Sha256() : objects_(std::make_unique<Objects>()) {
  if (!objects_->algorithm || !objects_->context) throw std::runtime_error("OpenSSL offers no SHA-256");
}

Sha256::~Sha256() = default;

Digest Sha256::operator()(std::string_view bytes) {
  Digest digest;
  if (EVP_DigestInit_ex(objects_->context, objects_->algorithm, nullptr) != 1 ||
      EVP_DigestUpdate(objects_->context, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(objects_->context, digest.data(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
  return digest;
}

std::string to_hex(const Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(digest.size() * 2);
  for (const unsigned char byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::optional<Digest> from_hex(std::string_view token) {
  Digest digest;
  if (token.size() != digest.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = hex_value(token[2 * i]);
    const int low = hex_value(token[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<unsigned char>(high << 4 | low);
  }
  return digest;
}

std::string make_secret() {
  std::array<unsigned char, secret_bytes> random;
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) throw std::runtime_error("OpenSSL has no randomness for a new key");
  std::string secret = std::string(secret_prefix) + base64url(random.data(), random.size());
  OPENSSL_cleanse(random.data(), random.size());
  return secret;
}

std::string hash_secret(std::string_view secret) { return to_hex(Sha256()(secret)); }

std::string token_of(std::string_view secret_or_token) {
  return has_secret_prefix(secret_or_token) ? hash_secret(secret_or_token) : std::string(secret_or_token);
}

std::string key_name(std::string_view secret) {
  constexpr std::size_t shown = 4;
  if (secret.size() <= secret_prefix.size() + 2 * shown) return "sk-...";
  return "sk-..." + std::string(secret.substr(secret.size() - shown));
}

bool same(const Digest& left, const Digest& right) { return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0; }

bool has_secret_prefix(std::string_view secret) { return secret.starts_with(secret_prefix); }

std::optional<std::string> weakness(std::string_view secret) {
  const std::string_view chosen = has_secret_prefix(secret) ? secret.substr(secret_prefix.size()) : secret;
  if (chosen.size() < strong_characters) return "it has fewer than " + std::to_string(strong_characters) + " characters behind 'sk-'";
  std::bitset<256> seen;
  for (const char character : chosen) seen.set(static_cast<unsigned char>(character));
  if (seen.count() < strong_variety) return "it is made of fewer than " + std::to_string(strong_variety) + " different characters";
  return std::nullopt;
}

}  // namespace auth
