// One interface, imported under three names, and exported under one of them, too.

#include "user.hpp"

#define CHECK(condition) \
  if (!(condition)) return #condition

#define CHECK_STORE(space, more)                                                             \
  namespace space {                                                                          \
  static std::string check() {                                                               \
    Bucket bucket(#space);                                                                   \
    auto before = count(bucket);                                                             \
    CHECK(!bucket.put({"key of " #space, 7}));                                               \
    CHECK(bucket.put({"second", 8}) == 7 + more);                                            \
    CHECK(std::get<0>(count(bucket)) == std::get<0>(before) + 2);                            \
    CHECK(std::get<1>(count(bucket)) == 2);                                                  \
    std::vector<Entry> all = bucket.all();                                                   \
    CHECK(all.size() == 2 && all[0].key == "key of " #space && all[1].value == 8 + more);    \
    CHECK(first(std::move(bucket)).error() == "empty");                                      \
    return "";                                                                               \
  }                                                                                          \
  }

CHECK_STORE(test::named::store, 0)
CHECK_STORE(user::backup, 100)
CHECK_STORE(user::spare_one, 1000)

std::string exports::test::named::checks::run() {
  std::string wrong = ::test::named::store::check();
  if (wrong.empty()) wrong = ::user::backup::check();
  if (wrong.empty()) wrong = ::user::spare_one::check();
  if (!wrong.empty()) return wrong;
  ::test::named::store::Bucket shared("shared");
  CHECK(::test::named::user_of_store::same(shared) == 0);
  return "";
}

// What this one exports by itself is the imported one, wrapped.
namespace exports::user::backup {

class Wrapped final : public Bucket {
 public:
  explicit Wrapped(const std::string& name) : inner(name) {}
  std::optional<uint32_t> put(Entry what) override { return inner.put({what.key, what.value}); }
  std::vector<Entry> all() override { return {}; }
  ::user::backup::Bucket inner;
};

wit::own<Bucket> Bucket::create(std::string name) { return std::make_unique<Wrapped>(name); }

std::tuple<uint32_t, uint32_t> count(Bucket& one) {
  return ::user::backup::count(static_cast<Wrapped&>(one).inner);
}

wit::expected<Entry, std::string> first(wit::own<Bucket>) {
  return wit::unexpected(std::string("wrapped"));
}

}  // namespace exports::user::backup
