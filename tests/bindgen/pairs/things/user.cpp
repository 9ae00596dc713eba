// Resources that a component imports: moved, lent, returned, and gone at the end of their scope.

#include "user.hpp"

using test::things::things::Pair;
using test::things::things::Thing;
namespace things = test::things::things;

static_assert(!std::is_copy_constructible_v<Thing> && std::is_nothrow_move_constructible_v<Thing>);

#define CHECK(condition) \
  if (!(condition)) return #condition

namespace {

std::string go() {
  Thing one(1, "one");
  Thing three(3, "three");
  CHECK(one.name() == "one");
  one.rename("uno");
  CHECK(one.name() == "uno");
  CHECK(things::alive() == 2);

  wit::borrow<Thing> lent[] = {one, three};
  CHECK(Thing::sum(lent) == 4);
  CHECK(things::longer(one, three) == "three");
  CHECK(things::longer(one, std::nullopt) == "uno");

  Pair swapped = things::swap({std::move(one), std::move(three)});
  CHECK(!one && !three);
  CHECK(swapped.left.name() == "three" && swapped.right.name() == "uno");

  wit::expected<Thing, std::string> same = Thing::merge(Thing(1, "x"), Thing(2, "x"));
  CHECK(!same && same.error() == "both are named x");
  CHECK(things::alive() == 2);
  wit::expected<Thing, std::string> both =
      Thing::merge(std::move(swapped.right), std::move(swapped.left));
  CHECK(both && both->name() == "unothree");
  CHECK(things::alive() == 1);

  std::vector<Thing> all;
  for (uint32_t i = 0; i < 100; ++i) all.emplace_back(i, "thing " + std::to_string(i));
  CHECK(things::alive() == 101);
  std::optional<Thing> kept = things::keep(std::move(all));
  CHECK(kept && kept->name() == "thing 99");
  CHECK(things::alive() == 2);
  CHECK(!things::keep({}));
  *both = std::move(*kept);
  CHECK(things::alive() == 1);
  wit::drop(std::move(*both));
  CHECK(things::alive() == 0);
  return "";
}

}  // namespace

std::string exports::test::things::checks::run() {
  std::string wrong = go();
  return wrong.empty() && ::things::alive() != 0 ? "a thing is left" : wrong;
}
