#include "wit/binary/declarations.h"

#include "wit/binary/codes.h"

namespace weir::wit::binary {

void write(wasm::Writer& out, const ExternName& name) {
  bool attributes = !name.implements.empty() || name.external_id;
  out.byte(attributes ? kNameWithAttributes : kPlainName);
  out.name(name.name);
  if (!attributes) return;
  out.u32((name.implements.empty() ? 0 : 1) + (name.external_id ? 1 : 0));
  if (!name.implements.empty()) {
    out.byte(kImplements);
    out.name(name.implements);
  }
  if (name.external_id) {
    out.byte(kExternalId);
    out.name(*name.external_id);
  }
}

uint8_t code_of(Prim prim) {
  // `bool` to `string` are in the order of the enumeration; `error-context` stands apart.
  return prim == Prim::error_context ? 0x64 : static_cast<uint8_t>(0x7f - static_cast<int>(prim));
}

void write(wasm::Writer& out, TypeRef type) {
  if (type.is_prim()) {
    out.byte(code_of(type.prim()));
  } else {
    out.s33(type.index());
  }
}

void write(wasm::Writer& out, std::optional<TypeRef> type) {
  out.byte(type ? 1 : 0);
  if (type) write(out, *type);
}

uint32_t Declarations::type(const wasm::Writer& definition) {
  ++count_;
  out_.byte(kTypeDeclaration);
  out_.bytes(definition.data());
  return types_++;
}

uint32_t Declarations::alias_export(uint32_t instance, std::string_view name) {
  ++count_;
  out_.byte(kAliasDeclaration);
  out_.byte(kTypeSort);
  out_.byte(kInstanceExport);
  out_.u32(instance);
  out_.name(name);
  return types_++;
}

uint32_t Declarations::alias_outer(uint32_t count, uint32_t index) {
  ++count_;
  out_.byte(kAliasDeclaration);
  out_.byte(kTypeSort);
  out_.byte(kOuter);
  out_.u32(count);
  out_.u32(index);
  return types_++;
}

void Declarations::extern_name(bool import, const ExternName& name) {
  ++count_;
  out_.byte(import ? kImportDeclaration : kExportDeclaration);
  write(out_, name);
}

uint32_t Declarations::named_type(bool import, const ExternName& name, uint32_t index) {
  extern_name(import, name);
  out_.byte(kTypeSort);
  out_.byte(kEqual);
  out_.u32(index);
  return types_++;
}

uint32_t Declarations::resource(bool import, const ExternName& name) {
  extern_name(import, name);
  out_.byte(kTypeSort);
  out_.byte(kSubResource);
  return types_++;
}

void Declarations::func(bool import, const ExternName& name, uint32_t type) {
  extern_name(import, name);
  out_.byte(kFuncSort);
  out_.u32(type);
}

uint32_t Declarations::instance(bool import, const ExternName& name, uint32_t type) {
  extern_name(import, name);
  out_.byte(kInstanceSort);
  out_.u32(type);
  return instances_++;
}

void Declarations::component(const ExternName& name, uint32_t type) {
  extern_name(false, name);
  out_.byte(kComponentSort);
  out_.u32(type);
}

wasm::Writer Declarations::definition(uint8_t code) const {
  wasm::Writer out;
  out.byte(code);
  out.u32(count_);
  out.bytes(out_.data());
  return out;
}

}  // namespace weir::wit::binary
