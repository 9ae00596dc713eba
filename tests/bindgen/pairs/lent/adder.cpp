// What is lent is dropped when the function returns, wherever it stands in the parameters.

#include "adder.hpp"

uint32_t exports::test::lent::adding::add(const Thing& a, std::optional<wit::borrow<Thing>> b,
                                          Either c) {
  uint32_t sum = a.n();
  if (b) sum += (*b)->n();
  if (const Either::One* one = c.get_if<Either::One>()) sum += one->value->n();
  return sum;
}
