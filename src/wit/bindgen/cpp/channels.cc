#include "wit/bindgen/cpp/generator.h"

namespace weir::wit {

// The streams and futures of the world, one for each type of elements.
std::vector<CppGenerator::Channel> CppGenerator::channels() {
  std::vector<Channel> found;
  std::set<std::pair<bool, std::string>> seen;
  here_ = "";
  through_aliases_ = true;
  for (const Mention& mention : mentions_) {
    const Shape& shape = resolve_[mention.type].shape;
    const auto* stream = std::get_if<Stream>(&shape);
    std::optional<Type> element = stream ? stream->element : std::get<Future>(shape).value;
    std::string text = element ? value({*element, mention.space->exported}) : "std::monostate";
    if (!seen.emplace(stream != nullptr, text).second) continue;
    found.push_back({&mention, stream != nullptr, text});
  }
  through_aliases_ = false;
  return found;
}

void CppGenerator::declare_channels(Writer& out) {
  std::vector<Channel> all = channels();
  if (all.empty()) return;
  out.gap();
  out.line("namespace wit::detail {");
  for (const Channel& channel : all) {
    out.gap();
    out.line("template <>");
    out.line("const channel<", channel.element, "> ", channel.stream ? "stream" : "future", "_of<",
             channel.element, ">::functions;");
  }
  out.gap();
  out.line("}  // namespace wit::detail");
}

void CppGenerator::define_channels(Writer& out) {
  std::vector<Channel> all = channels();
  if (all.empty()) return;
  out.gap();
  out.line("namespace wit::detail {");
  for (const Channel& channel : all) {
    const Mention& mention = *channel.mention;
    std::string kind = channel.stream ? "stream" : "future";
    std::string module = (mention.space->exported ? "[export]" : "") + mention.space->module;
    auto intrinsic = [&](const std::string& prefix, const std::string& verb,
                         const std::string& result, const std::string& params) {
      std::string place = kind + "-" + verb + "-" + std::to_string(mention.index);
      std::string name = symbol("import", *mention.space, place + "-" + mention.function->name);
      declare_import(module, prefix + "[" + place + "]" + mention.function->name,
                     result + " " + name + "(" + params + ")");
      return name;
    };
    std::string transfer = channel.stream ? "int32_t, void*, int32_t" : "int32_t, void*";
    std::string make = intrinsic("", "new", "int64_t", "");
    std::string read = intrinsic("[async-lower]", "read", "int32_t", transfer);
    std::string write = intrinsic("[async-lower]", "write", "int32_t", transfer);
    std::string cancel_read = intrinsic("", "cancel-read", "int32_t", "int32_t");
    std::string cancel_write = intrinsic("", "cancel-write", "int32_t", "int32_t");
    std::string drop_reader = intrinsic("", "drop-readable", "void", "int32_t");
    std::string drop_writer = intrinsic("", "drop-writable", "void", "int32_t");
    out.gap();
    out.line("template <>");
    out.open("constinit const channel<", channel.element, "> ", kind, "_of<", channel.element,
             ">::functions = {");
    out.line("[] { return static_cast<uint64_t>(", make, "()); },");
    out.line("read_channel<", channel.element, ", &", read, ", &", cancel_read, ">,");
    out.line("write_channel<", channel.element, ", &", write, ", &", cancel_write, ">,");
    out.line("drop_channel<&", drop_reader, ">,");
    out.line("drop_channel<&", drop_writer, ">,");
    out.close("};");
  }
  out.gap();
  out.line("}  // namespace wit::detail");
}

}  // namespace weir::wit
