#include "wast/runner.h"

#include "wast/literal.h"

namespace weir::wast {
namespace {

bool speaks_of_a_gate(std::string_view message) {
  return message.find("is not enabled") != std::string_view::npos ||
         message.find("is not supported") != std::string_view::npos ||
         message.find("are not supported") != std::string_view::npos;
}

std::string text_at(const Sexpr& form, size_t index) {
  return index < form.items.size() ? form.items[index].text : std::string();
}

}  // namespace

Result<std::vector<Report>> Runner::run(std::string_view source) {
  std::vector<Sexpr> forms = WEIR_TRY(parse_sexprs(source));
  source_ = source;
  definitions_.clear();
  named_.clear();
  anonymous_.reset();
  current_ = nullptr;
  missing_ = {Verdict::failed, "there is no component"};
  std::vector<Report> reports;
  for (const Sexpr& form : forms) {
    Judged judged = directive(form);
    std::string head = form.items.empty() ? "?" : form.items[0].text;
    reports.push_back({form.line, std::move(head), judged.verdict, std::move(judged.detail)});
  }
  current_ = nullptr;
  named_.clear();
  anonymous_.reset();
  return reports;
}

Runner::Judged Runner::directive(const Sexpr& form) {
  if (form.is_list("component")) return component(form);
  if (form.is_list("assert_invalid") || form.is_list("assert_malformed")) return refusal(form);
  if (form.is_list("assert_trap")) return trap(form);
  if (form.is_list("assert_return")) return returned(form);
  if (form.is_list("invoke")) return plain_invoke(form);
  return {Verdict::gated, "directives of this kind are not run here"};
}

Result<Runner::ComponentPtr> Runner::compile(const ComponentForm& form) {
  if (!form.wasm.ok()) return Err(Error{form.wasm.error().message});
  return component::Component::compile(engine_, form.wasm->span(), {features_});
}

Runner::Judged Runner::instantiate(const std::string& name, ComponentPtr component,
                                   engine::Trap& trap) {
  current_ = nullptr;
  missing_ = {Verdict::failed, "the component before it could not be instantiated"};
  // Frees its slots of the pool first.
  if (name.empty()) {
    anonymous_.reset();
  } else {
    named_.erase(name);
  }
  auto made = Guest::make(engine_, std::move(component), linker_, seed_);
  if (!made.ok()) {
    bool gated = speaks_of_a_gate(made.error().message);
    missing_.verdict = gated ? Verdict::gated : Verdict::failed;
    return {missing_.verdict, made.error().message};
  }
  trap = (*made)->start();
  if (trap) return {Verdict::failed, "it traps: " + trap.message()};
  current_ = made->get();
  std::unique_ptr<Guest>& place = name.empty() ? anonymous_ : named_[name];
  place = std::move(*made);
  return {};
}

Runner::Judged Runner::component(const Sexpr& form) {
  ComponentForm read = read_component(source_, form);
  engine::Trap trap;
  if (read.instance) {
    auto found = definitions_.find(read.of);
    ComponentPtr of = read.of.empty()               ? last_definition_
                      : found == definitions_.end() ? nullptr
                                                    : found->second;
    if (!of) {
      current_ = nullptr;
      missing_.detail = "there is no such definition";
      return {missing_.verdict, missing_.detail};
    }
    return instantiate(read.name, std::move(of), trap);
  }
  auto compiled = compile(read);
  if (!compiled.ok()) {
    bool gated = speaks_of_a_gate(compiled.error().message);
    current_ = nullptr;
    last_definition_ = nullptr;
    definitions_.erase(read.name);
    missing_ = {gated ? Verdict::gated : Verdict::failed, "the component before it was refused"};
    return {missing_.verdict, compiled.error().message};
  }
  if (read.definition) {
    last_definition_ = *compiled;
    definitions_[read.name] = std::move(*compiled);
    return {};
  }
  return instantiate(read.name, std::move(*compiled), trap);
}

Runner::Judged Runner::refusal(const Sexpr& form) {
  std::string wanted = text_at(form, 2);
  if (form.items.size() < 2 || !form.items[1].is_list("component")) {
    return {Verdict::gated, "only components are run here"};
  }
  auto compiled = compile(read_component(source_, form.items[1]));
  if (compiled.ok()) return {Verdict::failed, "it is accepted; it should fail with: " + wanted};
  const std::string& message = compiled.error().message;
  if (message.find(wanted) != std::string::npos) return {};
  return {Verdict::other_text, "expected: " + wanted + "\n      found: " + message};
}

Runner::Judged Runner::trap(const Sexpr& form) {
  std::string wanted = text_at(form, 2);
  engine::Trap trap;
  if (form.items.size() >= 2 && form.items[1].is_list("component")) {
    ComponentForm read = read_component(source_, form.items[1]);
    auto compiled = compile(read);
    if (!compiled.ok()) {
      bool gated = speaks_of_a_gate(compiled.error().message);
      return {gated ? Verdict::gated : Verdict::failed, compiled.error().message};
    }
    Judged judged = instantiate(read.name, std::move(*compiled), trap);
    if (!trap && judged.verdict != Verdict::passed) return judged;
  } else {
    auto outcome = form.items.size() >= 2 ? invoke(form.items[1])
                                          : Err(Judged{Verdict::failed, "it has no action"});
    if (!outcome.ok()) return outcome.error();
    trap = std::move(outcome->trap);
  }
  if (!trap) return {Verdict::failed, "it does not trap; it should with: " + wanted};
  if (trap.message().find(wanted) != std::string::npos) return {};
  return {Verdict::other_text, "expected: " + wanted + "\n      found: " + trap.message()};
}

Result<Guest::Outcome, Runner::Judged> Runner::invoke(const Sexpr& action) {
  if (!action.is_list("invoke")) {
    return Err(Judged{Verdict::gated, "actions of this kind are not run here"});
  }
  size_t at = 1;
  Guest* guest = current_;
  if (at < action.items.size() && action.items[at].is_id()) {
    auto found = named_.find(action.items[at++].text);
    guest = found == named_.end() ? nullptr : found->second.get();
  }
  if (!guest) return Err(Judged(missing_));
  if (at >= action.items.size()) return Err(Judged{Verdict::failed, "it names no function"});
  auto outcome = guest->invoke(action.items[at].text, std::span(action.items).subspan(at + 1));
  if (!outcome.ok()) return Err(Judged{Verdict::failed, outcome.error().message});
  return std::move(*outcome);
}

Runner::Judged Runner::returned(const Sexpr& form) {
  if (form.items.size() < 2) return {Verdict::failed, "it has no action"};
  auto outcome = invoke(form.items[1]);
  if (!outcome.ok()) return outcome.error();
  if (outcome->trap) return {Verdict::failed, "it traps: " + outcome->trap.describe()};
  size_t wanted = form.items.size() - 2;
  if (wanted != (outcome->type ? 1u : 0u)) {
    // A script may leave the result out.
    if (wanted == 0) return {};
    return {Verdict::failed, "it has no result"};
  }
  if (wanted == 0) return {};
  const Sexpr& action = form.items[1];
  Guest* guest = action.items[1].is_id() ? named_.at(action.items[1].text).get() : current_;
  auto equal = matches(guest->types(), *outcome->type, form.items[2], outcome->value);
  if (!equal.ok()) return {Verdict::failed, equal.error().message};
  if (*equal) return {};
  return {Verdict::failed,
          "it returns " + to_string(guest->types(), *outcome->type, outcome->value) + ", not " +
              std::string(
                  source_.substr(form.items[2].begin, form.items[2].end - form.items[2].begin))};
}

Runner::Judged Runner::plain_invoke(const Sexpr& form) {
  auto outcome = invoke(form);
  if (!outcome.ok()) return outcome.error();
  if (outcome->trap) return {Verdict::failed, "it traps: " + outcome->trap.describe()};
  return {};
}

}  // namespace weir::wast
