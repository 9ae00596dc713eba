// Resources that a component exports: objects of a class that derives from the generated one.

#include "provider.hpp"

namespace exports::test::things::things {
namespace {

uint32_t alive_now = 0;

class Named final : public Thing {
 public:
  Named(uint32_t n, std::string name) : n_(n), name_(std::move(name)) { ++alive_now; }
  ~Named() override { --alive_now; }

  std::string name() override { return name_; }
  void rename(std::string name) override { name_ = std::move(name); }
  uint32_t n() const { return n_; }

 private:
  uint32_t n_;
  std::string name_;
};

const Named& named(Thing& thing) { return static_cast<const Named&>(thing); }

}  // namespace

wit::own<Thing> Thing::create(uint32_t n, std::string name) {
  return std::make_unique<Named>(n, std::move(name));
}

wit::expected<wit::own<Thing>, std::string> Thing::merge(wit::own<Thing> a, wit::own<Thing> b) {
  if (a->name() == b->name()) return wit::unexpected("both are named " + a->name());
  return std::make_unique<Named>(named(*a).n() + named(*b).n(), a->name() + b->name());
}

uint32_t Thing::sum(std::vector<Thing*> all) {
  uint32_t sum = 0;
  for (Thing* thing : all) sum += named(*thing).n();
  return sum;
}

Pair swap(Pair p) { return {std::move(p.right), std::move(p.left)}; }

std::string longer(Thing& a, std::optional<Thing*> b) {
  return b && (*b)->name().size() > a.name().size() ? (*b)->name() : a.name();
}

std::optional<wit::own<Thing>> keep(std::vector<wit::own<Thing>> all) {
  if (all.empty()) return std::nullopt;
  return std::move(all.back());
}

uint32_t alive() { return alive_now; }

}  // namespace exports::test::things::things
