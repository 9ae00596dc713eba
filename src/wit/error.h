#pragma once

#include <cstdint>
#include <string>

#include "util/result.h"
#include "wit/span.h"

namespace weir::wit {

// Everything that can be wrong with WIT. `render.h` has the words; in the comments, `name` and
// `other` are the fields of `WitError` that take part.
enum class ErrorKind : uint8_t {
  // The folder or file `name` cannot be read: `other` says why.
  unreadable,
  // A file is WebAssembly where WIT text is needed.
  binary_file,
  // There is no WIT in the folder `name`.
  nothing_found,
  // More input than is handled: `name` says of what.
  too_large,

  // Characters.
  invalid_utf8,
  // `name` is U+XXXX.
  forbidden_character,
  unexpected_character,
  unterminated_comment,
  unterminated_string,
  bad_escape,
  // `name` is the identifier.
  bad_identifier,
  bad_version,
  bad_number,

  // Syntax: `name` was expected, `other` was found.
  expected,
  // An attribute `name` that does not exist.
  unknown_attribute,
  // Attributes where none are allowed: `name` says on what.
  misplaced_attribute,
  // `name` is an attribute that is there twice.
  repeated_attribute,
  since_and_unstable,
  deprecated_alone,
  type_too_deep,
  nested_package,

  // Packages.
  missing_package_name,
  // The file says `name`, an earlier one `other`.
  package_name_mismatch,
  repeated_package_docs,
  // `name` is defined at the span and at the second one.
  duplicate_package,
  package_not_found,
  package_cycle,

  // Names. `name` is the one at fault; `other` says what it is or was (interface, world, func...).
  duplicate_name,
  // The name differs from `other` in case or hyphens alone.
  name_differs_in_case,
  unknown_item,
  // An interface or world `name` that the package `other` does not have.
  not_in_package,
  not_an_interface,
  not_a_world,
  item_cycle,
  unknown_type,
  type_not_in_interface,
  not_a_type,
  type_cycle,
  // `name` is excluded: the gate of the feature `other` is closed.
  gated,
  // A type in an interface that is gated, without a gate of its own.
  ungated_in_gated,
  // `@since(version = name)` in the package `other`, which is older.
  future_since,
  // `@since` in a package `name` that has no version.
  since_without_version,

  // Types.
  not_a_resource,
  // A record, variant, enum or the like (`name`) with nothing in it.
  empty_type,
  too_many_flags,
  bad_map_key,
  handle_in_map,
  zero_length,
  returns_borrow,
  borrow_in_stream,
  repeated_constructor,
  constructor_result,
  constructor_ok,
  getter_params,
  getter_result,
  setter_params,
  setter_result,
  // A setter of `name` without a getter.
  lone_setter,

  // Worlds. `other` is `import` or `export`.
  repeated_interface,
  // An include brings `name` a second time.
  include_conflict,
  // `with` renames `name`, which the included world does not have as a plain name.
  include_rename,
  // Two includes gate the interface `name` differently.
  include_gates_differ,
  // The export `name` needs an interface both as an import and as an export.
  export_needs_both,
};

// What is wrong, and where. Spans belong to the `SourceMap` that was loaded into.
struct WitError {
  ErrorKind kind = ErrorKind::unreadable;
  Span span;
  std::string name;
  std::string other;
  // Where the other party to a conflict is, if there is one.
  Span related;
  // A close name that exists, or another way out; often empty.
  std::string hint;
};

template <class T>
using WitResult = Result<T, WitError>;

}  // namespace weir::wit
