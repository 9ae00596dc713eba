#pragma once

#include <list>
#include <string>
#include <unordered_map>

#include "tls/handles.h"
#include "tls/session_cache.h"

namespace weir::tls {

struct SessionCache::Impl {
  struct Entry {
    std::string key;
    SessionPtr session;
  };

  // A session of TLS 1.3 is offered once, so that connections cannot be told to be of one client.
  SessionPtr take(const std::string& key) {
    auto found = by_key.find(key);
    if (found == by_key.end()) return nullptr;
    auto entry = found->second;
    if (!SSL_SESSION_should_be_single_use(entry->session.get())) {
      SSL_SESSION_up_ref(entry->session.get());
      return SessionPtr(entry->session.get());
    }
    SessionPtr session = std::move(entry->session);
    by_key.erase(found);
    entries.erase(entry);
    return session;
  }

  // The newest of a key stands for it.
  void put(const std::string& key, SessionPtr session) {
    if (auto found = by_key.find(key); found != by_key.end()) {
      entries.erase(found->second);
      by_key.erase(found);
    }
    entries.push_back({key, std::move(session)});
    by_key.emplace(key, std::prev(entries.end()));
    if (entries.size() > limit) {
      by_key.erase(entries.front().key);
      entries.pop_front();
    }
  }

  size_t limit = 0;
  std::list<Entry> entries;  // oldest first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key;
};

}  // namespace weir::tls
