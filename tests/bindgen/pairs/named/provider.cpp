// One interface, exported under three names: each has types and resources of its own.

#include "provider.hpp"

// `more` is added to all that is put in, so that the three differ.
#define STORE(space, more)                                                                       \
  namespace space {                                                                              \
  static uint32_t count_of_all = 0;                                                              \
  class Kept final : public Bucket {                                                             \
   public:                                                                                       \
    std::optional<uint32_t> put(Entry what) override {                                           \
      std::optional<uint32_t> last;                                                              \
      if (!entries.empty()) last = entries.back().value;                                         \
      entries.push_back({what.key, what.value + more});                                          \
      ++count_of_all;                                                                            \
      return last;                                                                               \
    }                                                                                            \
    std::vector<Entry> all() override { return std::move(entries); }                             \
    std::vector<Entry> entries;                                                                  \
  };                                                                                             \
  wit::own<Bucket> Bucket::create(std::string) { return std::make_unique<Kept>(); }              \
  static std::vector<Entry>& entries_of(Bucket& one) { return static_cast<Kept&>(one).entries; } \
  std::tuple<uint32_t, uint32_t> count(Bucket& one) {                                            \
    return {count_of_all, static_cast<uint32_t>(entries_of(one).size())};                        \
  }                                                                                              \
  wit::expected<Entry, std::string> first(wit::own<Bucket> one) {                                \
    if (entries_of(*one).empty()) return wit::unexpected(std::string("empty"));                  \
    return entries_of(*one).front();                                                             \
  }                                                                                              \
  }

STORE(exports::test::named::store, 0)
STORE(exports::provider::backup, 100)
STORE(exports::provider::spare_one, 1000)

uint32_t exports::test::named::user_of_store::same(store::Bucket& one) {
  return static_cast<uint32_t>(store::entries_of(one).size());
}
