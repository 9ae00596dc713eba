#pragma once

#include <ctime>
#include <string_view>

namespace weir::server {

// The current date as a field value (RFC 9110 section 5.6.7), made once a second.
class Date {
 public:
  std::string_view text() {
    std::time_t now = std::time(nullptr);
    if (now != at_) {
      at_ = now;
      std::tm parts;
      ::gmtime_r(&now, &parts);
      size_ = std::strftime(text_, sizeof text_, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    }
    return {text_, size_};
  }

 private:
  std::time_t at_ = 0;
  size_t size_ = 0;
  char text_[40] = {};
};

}  // namespace weir::server
