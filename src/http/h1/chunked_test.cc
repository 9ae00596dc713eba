#include "http/h1/chunked.h"

#include <gtest/gtest.h>

namespace weir::http::h1 {
namespace {

using Step = ChunkedDecoder::Step;

// What comes of `text` fed in pieces of `piece` bytes: the content, or "bad", or "more".
std::string decode(std::string_view text, size_t piece, Fields* trailers = nullptr) {
  ChunkedDecoder decoder;
  std::string content;
  while (true) {
    std::string_view input = text.substr(0, piece);
    while (true) {
      std::string_view before = input, data;
      Step step = decoder.next(input, data, 3);
      text.remove_prefix(before.size() - input.size());
      if (step == Step::data)
        content += data;
      else if (step == Step::end) {
        if (trailers) *trailers = std::move(decoder.trailers());
        return content + "|" + std::string(text);
      } else if (step == Step::bad)
        return "bad";
      else
        break;
    }
    if (text.empty()) return "more";
  }
}

TEST(ChunkedDecoder, GivesTheSameContentHoweverTheBytesArrive) {
  for (size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
    Fields trailers;
    EXPECT_EQ(decode("5\r\nhello\r\n6;a=b;c=\"d\\\"e\"\r\n world\r\n0\r\nX: y\r\n\r\nGET", piece,
                     &trailers),
              "hello world|GET");
    EXPECT_EQ(trailers.first("x"), "y");
  }
}

TEST(ChunkedDecoder, RefusesWhatIsNotWellFormed) {
  for (std::string_view text :
       {"\r\n", "g\r\n", "-1\r\n", "0x1\r\n", "1 \nx", "5\nhello\r\n", "1\r\nab\r\n", "1\r\na\n",
        "ffffffffffffffffff\r\n", "1;\r\na", "1;a=\"b\r\n", "1 2\r\n", "0\r\nbad line\r\n\r\n",
        "0\r\n: x\r\n\r\n", "0\r\nA : x\r\n\r\n", "0\r\nA: \x01\r\n\r\n"})
    for (size_t piece : {1u, 1000u}) EXPECT_EQ(decode(text, piece), "bad") << text;
}

TEST(ChunkedDecoder, BoundsLinesAndTrailers) {
  EXPECT_EQ(decode("1;" + std::string(300, 'a') + "\r\n", 1000), "bad");
  std::string many = "0\r\n";
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  EXPECT_EQ(decode(many + "\r\n", 100000), "bad");
  EXPECT_EQ(decode("0\r\nA: " + std::string(9000, 'b') + "\r\n\r\n", 100000), "bad");
}

TEST(ChunkedDecoder, WaitsForTheRest) { EXPECT_EQ(decode("5\r\nhel", 2), "more"); }

}  // namespace
}  // namespace weir::http::h1
