#include "http/admission.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace weir::http {
namespace {

class Flag final : public Waiter {
 public:
  using Waiter::Waiter;
  bool fired = false;

 private:
  void fire() override { fired = true; }
};

struct Queued {
  Queued(Admission& admission, io::Loop& loop, std::shared_ptr<Admission::Bell> bell)
      : flag(loop), ticket(admission, std::move(bell), flag) {}
  Flag flag;
  Admission::Ticket ticket;
};

TEST(Admission, LetsInAsManyAsItMay) {
  Admission admission(2, 10);
  Admission::Place first = admission.try_enter(), second = admission.try_enter();
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(admission.try_enter());
  first = {};
  EXPECT_EQ(admission.running(), 1u);
  // One that moves is given back once.
  Admission::Place moved = std::move(second);
  second = {};
  EXPECT_EQ(admission.running(), 1u);
  EXPECT_TRUE(admission.try_enter());
}

TEST(Admission, ServesTheQueueInOrderAndNobodyBeforeIt) {
  io::Loop loop;
  auto bell = std::make_shared<Admission::Bell>(loop);
  Admission admission(1, 10);
  Admission::Place place = admission.try_enter();
  ASSERT_TRUE(place);
  Queued first(admission, loop, bell), second(admission, loop, bell);
  EXPECT_TRUE(first.ticket.queued());
  EXPECT_FALSE(first.ticket.claim());
  EXPECT_EQ(admission.waiting(), 2u);
  place = {};
  EXPECT_FALSE(admission.try_enter());
  EXPECT_FALSE(second.ticket.claim());
  place = first.ticket.claim();
  EXPECT_TRUE(place);
  EXPECT_EQ(admission.waiting(), 1u);
  loop.run_once();
  loop.run_once();
  EXPECT_TRUE(first.flag.fired);
  EXPECT_FALSE(second.flag.fired);
  place = {};
  EXPECT_TRUE(second.ticket.claim());
  EXPECT_EQ(admission.running(), 0u);
}

TEST(Admission, RefusesWhoFindsTheQueueFull) {
  io::Loop loop;
  auto bell = std::make_shared<Admission::Bell>(loop);
  Admission admission(1, 1);
  Admission::Place place = admission.try_enter();
  ASSERT_TRUE(place);
  std::optional<Queued> first(std::in_place, admission, loop, bell);
  Queued second(admission, loop, bell);
  EXPECT_FALSE(second.ticket.queued());
  EXPECT_FALSE(second.ticket.claim());
  // Who gives up makes room.
  first.reset();
  EXPECT_EQ(admission.waiting(), 0u);
  Queued third(admission, loop, bell);
  EXPECT_TRUE(third.ticket.queued());
}

TEST(Admission, PassesOnAPlaceThatWasGrantedInVain) {
  io::Loop loop;
  auto bell = std::make_shared<Admission::Bell>(loop);
  Admission admission(1, 10);
  Admission::Place place = admission.try_enter();
  ASSERT_TRUE(place);
  std::optional<Queued> first(std::in_place, admission, loop, bell);
  Queued second(admission, loop, bell);
  place = {};
  first.reset();
  EXPECT_TRUE(second.ticket.claim());
  loop.run_once();
}

// What a thread keeps for its next requests is nobody's as long as there is none.
TEST(Admission, HasEveryPlaceForWhoeverAsks) {
  constexpr uint32_t kPlaces = 1000;
  Admission admission(kPlaces, 10);
  for (int i = 0; i < 20; ++i) {
    std::jthread([&] {
      std::vector<Admission::Place> places;
      for (int k = 0; k < 100; ++k) places.push_back(admission.try_enter());
    });
  }
  EXPECT_EQ(admission.running(), 0u);
  std::vector<Admission::Place> places;
  for (uint32_t i = 0; i < kPlaces; ++i) {
    places.push_back(admission.try_enter());
    ASSERT_TRUE(places.back()) << i;
  }
  EXPECT_FALSE(admission.try_enter());
  EXPECT_EQ(admission.running(), kPlaces);
  // Given back on another thread they are there again.
  std::jthread([&] { places.clear(); }).join();
  EXPECT_EQ(admission.running(), 0u);
  for (uint32_t i = 0; i < kPlaces; ++i) places.push_back(admission.try_enter());
  EXPECT_TRUE(places.back());
  EXPECT_FALSE(admission.try_enter());
}

TEST(Admission, WakesWhoWaitsWhenAnotherThreadLeaves) {
  io::Loop loop;
  auto bell = std::make_shared<Admission::Bell>(loop);
  Admission admission(500, 10);
  std::vector<Admission::Place> places;
  for (int i = 0; i < 500; ++i) places.push_back(admission.try_enter());
  Queued waiting(admission, loop, bell);
  EXPECT_FALSE(waiting.ticket.claim());
  std::jthread([&] { places.pop_back(); }).join();
  loop.run_once();
  EXPECT_TRUE(waiting.flag.fired);
  EXPECT_TRUE(waiting.ticket.claim());
}

// Threads, each with a loop of its own as in the server, that ask for `together` places at once and
// wait for those that they do not get.
void expect_that_nobody_is_lost(uint32_t places, int together) {
  constexpr int kThreads = 4, kRounds = 300;
  Admission admission(places, 1000);
  std::atomic<int> inside{0}, most{0}, entered{0};
  auto enter = [&] {
    int now = inside.fetch_add(1) + 1;
    for (int seen = most.load(); seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    entered.fetch_add(1);
  };
  auto leave = [&](Admission::Place& place) {
    inside.fetch_sub(1);
    place = {};
  };
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      io::Loop loop;
      auto bell = std::make_shared<Admission::Bell>(loop);
      for (int round = 0; round < kRounds; ++round) {
        std::vector<std::unique_ptr<Queued>> queued;
        std::vector<Admission::Place> held;
        for (int i = 0; i < together; ++i) {
          if (auto place = admission.try_enter()) {
            enter();
            held.push_back(std::move(place));
          } else {
            queued.push_back(std::make_unique<Queued>(admission, loop, bell));
          }
        }
        std::this_thread::yield();
        for (auto& place : held) leave(place);
        // One of them gives up now and then.
        if (round % 7 == 0 && !queued.empty()) {
          queued.pop_back();
          entered.fetch_add(1);
        }
        while (!queued.empty()) {
          loop.run_once();
          std::erase_if(queued, [&](auto& one) {
            auto place = one->ticket.claim();
            if (!place) return false;
            enter();
            leave(place);
            return true;
          });
          std::this_thread::yield();
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(entered.load(), kThreads * kRounds * together);
  EXPECT_LE(most.load(), static_cast<int>(places));
  EXPECT_EQ(admission.running(), 0u);
  EXPECT_EQ(admission.waiting(), 0u);
}

TEST(Admission, LosesNobodyBetweenThreads) { expect_that_nobody_is_lost(2, 3); }

// So many that threads take several at a time.
TEST(Admission, LosesNobodyWhoWaitsForWhatOthersKeep) { expect_that_nobody_is_lost(140, 60); }

}  // namespace
}  // namespace weir::http
