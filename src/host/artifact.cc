#include "host/artifact.h"

#include <cstring>
#include <string_view>

#include "host/checksum.h"

namespace weir::host {
namespace {

constexpr std::string_view kMagic = "WEIR\r\n\x1a\n";
constexpr uint32_t kVersion = 1;
constexpr uint32_t kComponent = 0;
constexpr uint32_t kModule = 1;
constexpr size_t kSectionHeader = 32;

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

size_t aligned(size_t offset) { return (offset + 15) & ~size_t{15}; }

// Reads integers in order; `ok` turns false at the end of the data and stays so.
struct Reader {
  std::string_view rest;
  bool ok = true;

  std::string_view take(size_t size) {
    if (size > rest.size()) {
      ok = false;
      return {};
    }
    std::string_view part = rest.substr(0, size);
    rest.remove_prefix(size);
    return part;
  }
  template <class T>
  T get() {
    T value = 0;
    std::string_view part = take(sizeof(T));
    if (ok) std::memcpy(&value, part.data(), sizeof(T));
    return value;
  }
};

}  // namespace

bool is_artifact(std::span<const uint8_t> content) { return as_text(content).starts_with(kMagic); }

Bytes encode_artifact(const Artifact& artifact) {
  std::vector<Bytes> sections{artifact.component};
  sections.insert(sections.end(), artifact.modules.begin(), artifact.modules.end());
  std::string head(kMagic);
  put(head, kVersion);
  put(head, static_cast<uint32_t>(sections.size()));
  put(head, static_cast<uint32_t>(artifact.engine_identity.size()));
  head += artifact.engine_identity;
  size_t offset = aligned(head.size() + sections.size() * kSectionHeader + sizeof(uint64_t));
  for (size_t i = 0; i < sections.size(); ++i) {
    put(head, i == 0 ? kComponent : kModule);
    put(head, uint32_t{0});
    put(head, static_cast<uint64_t>(offset));
    put(head, static_cast<uint64_t>(sections[i].size()));
    put(head, checksum(sections[i].span()));
    offset = aligned(offset + sections[i].size());
  }
  put(head, checksum(as_bytes(head)));
  return Bytes::make(offset, [&](uint8_t* out) {
    std::memset(out, 0, offset);
    std::memcpy(out, head.data(), head.size());
    size_t at = aligned(head.size());
    for (const Bytes& section : sections) {
      if (!section.empty()) std::memcpy(out + at, section.data(), section.size());
      at = aligned(at + section.size());
    }
  });
}

Result<Artifact> decode_artifact(const Bytes& content) {
  Reader reader{content.view()};
  if (reader.take(kMagic.size()) != kMagic) return Err("it is not a compiled component");
  uint32_t version = reader.get<uint32_t>();
  if (version != kVersion)
    return Err("it was written by another version of Weir; compile the component again");
  uint32_t count = reader.get<uint32_t>();
  std::string_view identity = reader.take(reader.get<uint32_t>());
  std::string_view table = reader.take(static_cast<size_t>(count) * kSectionHeader);
  size_t head = content.size() - reader.rest.size();
  uint64_t sum = reader.get<uint64_t>();
  if (!reader.ok || count == 0 || checksum(content.slice(0, head).span()) != sum)
    return Err("its head is damaged; compile the component again");
  Artifact artifact;
  artifact.engine_identity = identity;
  Reader entries{table};
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t kind = entries.get<uint32_t>();
    entries.get<uint32_t>();
    uint64_t offset = entries.get<uint64_t>();
    uint64_t size = entries.get<uint64_t>();
    uint64_t expected = entries.get<uint64_t>();
    if (kind != (i == 0 ? kComponent : kModule) || offset > content.size() ||
        size > content.size() - offset)
      return Err("its sections are out of place; compile the component again");
    Bytes section = content.slice(offset, size);
    if (checksum(section.span()) != expected)
      return Err(
          Error{"section " + std::to_string(i) + " is damaged; compile the component again"});
    if (i == 0)
      artifact.component = section;
    else
      artifact.modules.push_back(section);
  }
  return artifact;
}

}  // namespace weir::host
