// A bounded map from a key's digest to what the registry said of it, and when. Worker-owned.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "auth/key_record.hpp"
#include "auth/keys.hpp"

namespace auth {

/// Evicts by the clock algorithm: an entry that was found since the hand last passed stays for another round.
class KeyCache {
 public:
  struct Entry {
    Digest digest{};
    std::shared_ptr<const KeyRecord> record;  // null: the registry does not know the key
    TimePoint taken;
    bool found_lately = false;
  };

  explicit KeyCache(std::size_t capacity);

  /// Valid until the next call that is not const.
  Entry* find(const Digest& digest);
  void put(const Digest& digest, std::shared_ptr<const KeyRecord> record, TimePoint now);
  void erase(const Digest& digest);
  void clear();

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  /// Seeded: anyone can hash texts until their digests share a bucket of an unseeded table.
  struct SeededHash {
    std::uint64_t seed[2];
    std::size_t operator()(const Digest& digest) const noexcept;
  };
  static SeededHash random_hash();

  std::uint32_t free_place();

  std::size_t capacity_;
  std::vector<Entry> entries_;       // grows up to capacity_, then places are reused
  std::vector<std::uint32_t> free_;  // places emptied by erase()
  std::size_t hand_ = 0;
  std::unordered_map<Digest, std::uint32_t, SeededHash> places_;
};

}  // namespace auth
