#include "wast/script.h"

#include "engine/module.h"

namespace weir::wast {

ComponentForm read_component(std::string_view source, const Sexpr& form) {
  ComponentForm result;
  size_t at = 1;
  const std::vector<Sexpr>& items = form.items;
  if (at < items.size() && (items[at].is_atom("definition") || items[at].is_atom("instance"))) {
    result.definition = items[at].is_atom("definition");
    result.instance = !result.definition;
    ++at;
  }
  if (at < items.size() && items[at].is_id()) result.name = items[at].text;
  if (result.instance) {
    if (at + 1 < items.size()) result.of = items[at + 1].text;
    return result;
  }
  std::string text = "(component ";
  size_t content = at + (result.name.empty() ? 0 : 1);
  if (content < items.size() && items[content].is_atom("quote")) {
    for (size_t i = content + 1; i < items.size(); ++i) text += items[i].text + "\n";
    text += ")";
  } else if (at < items.size()) {
    text += source.substr(items[at].begin, form.end - items[at].begin);
  } else {
    text += ")";
  }
  result.wasm = engine::assemble(text);
  return result;
}

}  // namespace weir::wast
