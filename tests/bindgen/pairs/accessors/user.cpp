#include "user.hpp"

namespace properties = test::accessors::properties;

std::string exports::test::accessors::checks::run() {
  properties::Gauge gauge;
  properties::Gauge::set_limit(20);
  if (properties::Gauge::get_limit() != 20) return "limit";
  if (!gauge.set_level(15)) return "15 is too much";
  if (gauge.set_level(25)) return "25 is fine";
  if (gauge.get_level() != 15) return "level";
  properties::set_title("a title");
  return properties::get_title() == "a title" ? "" : "title";
}
