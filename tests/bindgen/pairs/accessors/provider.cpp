#include "provider.hpp"

namespace exports::test::accessors::properties {
namespace {

uint32_t limit = 10;
std::string title;

class Kept final : public Gauge {
 public:
  uint32_t get_level() override { return level_; }
  wit::expected<void, std::string> set_level(uint32_t to) override {
    if (to > limit) return wit::unexpected(std::string("too much"));
    level_ = to;
    return {};
  }

 private:
  uint32_t level_ = 0;
};

}  // namespace

wit::own<Gauge> Gauge::create() { return std::make_unique<Kept>(); }
uint32_t Gauge::get_limit() { return limit; }
void Gauge::set_limit(uint32_t to) { limit = to; }

std::string get_title() { return title; }
void set_title(std::string to) { title = std::move(to); }

}  // namespace exports::test::accessors::properties
