#include "auth/key_cache.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

namespace auth {

std::size_t KeyCache::SeededHash::operator()(const Digest& digest) const noexcept {
  std::uint64_t words[2];
  std::memcpy(words, digest.data(), sizeof words);
  const unsigned __int128 product = static_cast<unsigned __int128>(words[0] ^ seed[0]) * ((words[1] ^ seed[1]) | 1U);
  return static_cast<std::size_t>(static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product));
}

KeyCache::SeededHash KeyCache::random_hash() {
  SeededHash hash{};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(hash.seed), sizeof hash.seed) != 1) {
    throw std::runtime_error("OpenSSL has no randomness for the key cache");
  }
  return hash;
}

KeyCache::KeyCache(std::size_t capacity)
    : capacity_(std::clamp<std::size_t>(capacity, 1, std::numeric_limits<std::uint32_t>::max())), places_(0, random_hash()) {}

KeyCache::Entry* KeyCache::find(const Digest& digest) {
  const auto place = places_.find(digest);
  if (place == places_.end()) return nullptr;
  Entry& entry = entries_[place->second];
  entry.found_lately = true;
  return &entry;
}

void KeyCache::put(const Digest& digest, std::shared_ptr<const KeyRecord> record, TimePoint now) {
  if (Entry* known = find(digest)) {
    known->record = std::move(record);
    known->taken = now;
    return;
  }
  const std::uint32_t place = free_place();
  entries_[place] = Entry{.digest = digest, .record = std::move(record), .taken = now};
  places_.emplace(digest, place);
}

void KeyCache::erase(const Digest& digest) {
  const auto place = places_.find(digest);
  if (place == places_.end()) return;
  entries_[place->second] = Entry{};
  free_.push_back(place->second);
  places_.erase(place);
}

void KeyCache::clear() {
  entries_.clear();
  free_.clear();
  places_.clear();
  hand_ = 0;
}

std::uint32_t KeyCache::free_place() {
  if (!free_.empty()) {
    const std::uint32_t place = free_.back();
    free_.pop_back();
    return place;
  }
  if (entries_.size() < capacity_) {
    entries_.emplace_back();
    return static_cast<std::uint32_t>(entries_.size() - 1);
  }
  while (std::exchange(entries_[hand_].found_lately, false)) hand_ = (hand_ + 1) % entries_.size();  // ends after one round at most
  const auto place = static_cast<std::uint32_t>(hand_);
  hand_ = (hand_ + 1) % entries_.size();
  places_.erase(entries_[place].digest);
  return place;
}

}  // namespace auth
