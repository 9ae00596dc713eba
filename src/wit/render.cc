#include "wit/render.h"

#include <algorithm>
#include <string_view>

namespace weir::wit {
namespace {

// Longer lines are cut in reports, around the place.
constexpr size_t kMaxLine = 160;

std::string quoted(const std::string& name) { return "`" + name + "`"; }

std::string article(const std::string& noun) {
  bool vowel = !noun.empty() && std::string_view("aeiou").find(noun[0]) != std::string_view::npos;
  return (vowel ? "an " : "a ") + noun;
}

// The part of a line around `column` (from 1), and where that column is in it.
std::string_view window(std::string_view line, uint32_t& column) {
  if (line.size() <= kMaxLine) return line;
  size_t begin = column > kMaxLine / 2 ? column - kMaxLine / 2 : 0;
  if (begin >= line.size()) begin = line.size() - 1;
  while (begin > 0 && (line[begin] & 0xc0) == 0x80) --begin;
  column -= static_cast<uint32_t>(begin);
  std::string_view part = line.substr(begin, kMaxLine);
  while (!part.empty() && begin + part.size() < line.size() &&
         (line[begin + part.size()] & 0xc0) == 0x80) {
    part.remove_suffix(1);
  }
  return part;
}

void append_place(std::string& text, const Location& at, bool with_line) {
  text += "  --> " + std::string(at.path) + ":" + std::to_string(at.line) + ":" +
          std::to_string(at.column) + "\n";
  if (!with_line) return;
  std::string number = std::to_string(at.line);
  std::string margin(number.size(), ' ');
  uint32_t column = at.column;
  std::string_view line = window(at.text, column);
  text += " " + margin + " |\n";
  text += " " + number + " | " + std::string(line) + "\n";
  text += " " + margin + " | ";
  // Tabs stay tabs, so that the mark stands under its place.
  uint32_t seen = 1;
  for (char c : line) {
    if ((c & 0xc0) == 0x80) continue;
    if (seen++ >= column) break;
    text += c == '\t' ? '\t' : ' ';
  }
  size_t room = line.size() >= column ? line.size() - column + 1 : 1;
  text += std::string(std::min<size_t>(at.width, room), '^') + "\n";
}

}  // namespace

std::string message(const WitError& e) {
  switch (e.kind) {
    case ErrorKind::unreadable:
      return quoted(e.name) + " cannot be read: " + e.other;
    case ErrorKind::binary_file:
      return quoted(e.name) + " is WebAssembly, not WIT text";
    case ErrorKind::nothing_found:
      return "there are no WIT files in " + quoted(e.name);
    case ErrorKind::too_large:
      return "too large: " + e.name;
    case ErrorKind::invalid_utf8:
      return "the file is not valid UTF-8";
    case ErrorKind::forbidden_character:
      return "the character " + e.name + " is not allowed in WIT";
    case ErrorKind::unexpected_character:
      return "a character that means nothing here";
    case ErrorKind::unterminated_comment:
      return "a comment without its end";
    case ErrorKind::unterminated_string:
      return "a string without its end";
    case ErrorKind::bad_escape:
      return "a bad escape in a string";
    case ErrorKind::bad_identifier:
      return quoted(e.name) + " is not an identifier in kebab-case";
    case ErrorKind::bad_version:
      return quoted(e.name) + " is not a semantic version";
    case ErrorKind::bad_number:
      return quoted(e.name) + " is too large";
    case ErrorKind::expected:
      return "expected " + e.name + ", found " + e.other;
    case ErrorKind::unknown_attribute:
      return "there is no attribute `@" + e.name + "`";
    case ErrorKind::misplaced_attribute:
      return (e.other.empty() ? "attributes" : "`@" + e.other + "`") + " cannot stand on " + e.name;
    case ErrorKind::repeated_attribute:
      return "`@" + e.name + "` is given twice";
    case ErrorKind::since_and_unstable:
      return "an item cannot be both `@since` and `@unstable`";
    case ErrorKind::deprecated_alone:
      return "`@deprecated` needs `@since` or `@unstable` beside it";
    case ErrorKind::type_too_deep:
      return "types are nested too deep here";
    case ErrorKind::nested_package:
      return "a package cannot be nested in another nested package";
    case ErrorKind::missing_package_name:
      return "no file of this package says what it is called";
    case ErrorKind::package_name_mismatch:
      return "this file says the package is " + quoted(e.name) + ", another one says " +
             quoted(e.other);
    case ErrorKind::repeated_package_docs:
      return "the package is documented in more than one file";
    case ErrorKind::duplicate_package:
      return "the package " + quoted(e.name) + " is defined twice";
    case ErrorKind::package_not_found:
      return "there is no package " + quoted(e.name);
    case ErrorKind::package_cycle:
      return "the package " + quoted(e.name) + " depends on itself";
    case ErrorKind::duplicate_name:
      return "the name " + quoted(e.name) + " is taken" +
             (e.other.empty() ? "" : ": it names " + article(e.other) + " already");
    case ErrorKind::name_differs_in_case:
      return "the name " + quoted(e.name) + " differs from " + quoted(e.other) +
             " in nothing but case or hyphens";
    case ErrorKind::unknown_item:
      return "there is no interface or world " + quoted(e.name) + " in this package";
    case ErrorKind::not_in_package:
      return "there is no " + quoted(e.name) + " in the package " + quoted(e.other);
    case ErrorKind::not_an_interface:
      return quoted(e.name) + " is a world; an interface is needed here";
    case ErrorKind::not_a_world:
      return quoted(e.name) + " is an interface; a world is needed here";
    case ErrorKind::item_cycle:
      return "the " + e.other + " " + quoted(e.name) + " depends on itself";
    case ErrorKind::unknown_type:
      return "there is no type " + quoted(e.name) + " here";
    case ErrorKind::type_not_in_interface:
      return "there is no type " + quoted(e.name) + " in " + quoted(e.other);
    case ErrorKind::not_a_type:
      return quoted(e.name) + " is " + article(e.other) + ", not a type";
    case ErrorKind::type_cycle:
      return "the type " + quoted(e.name) + " contains itself";
    case ErrorKind::gated:
      return quoted(e.name) + " is part of the feature " + quoted(e.other) +
             ", which is not enabled";
    case ErrorKind::ungated_in_gated:
      return "this " + e.name + " has no gate, but what it is in belongs to the feature " +
             quoted(e.other) + ", which is not enabled";
    case ErrorKind::future_since:
      return "`@since` names the version " + e.name + ", which comes after " + quoted(e.other) +
             " itself";
    case ErrorKind::since_without_version:
      return "`@since` needs a version of the package " + quoted(e.name) + ", which has none";
    case ErrorKind::not_a_resource:
      return quoted(e.name) + " is not a resource";
    case ErrorKind::empty_type:
      return article(e.name) + " needs at least one " + (e.name == "tuple" ? "type" : "case");
    case ErrorKind::too_many_flags:
      return "there cannot be more than 32 flags";
    case ErrorKind::bad_map_key:
      return "the key of a map has to be a bool, an integer, a char or a string";
    case ErrorKind::handle_in_map:
      return "the values of a map cannot hold handles";
    case ErrorKind::zero_length:
      return "the length of a list cannot be 0";
    case ErrorKind::returns_borrow:
      return "the result of " + quoted(e.name) + " holds a `borrow`, which a caller cannot keep";
    case ErrorKind::borrow_in_stream:
      return "the elements of a " + e.name + " cannot hold a `borrow`";
    case ErrorKind::repeated_constructor:
      return "the resource " + quoted(e.name) + " has a constructor already";
    case ErrorKind::constructor_result:
      return "a constructor can only return a `result`";
    case ErrorKind::constructor_ok:
      return "the result of this constructor has to hold " + quoted(e.name);
    case ErrorKind::getter_params:
      return "a getter takes no parameters";
    case ErrorKind::getter_result:
      return "a getter has to return a value";
    case ErrorKind::setter_params:
      return "a setter takes exactly one parameter";
    case ErrorKind::setter_result:
      return "a setter can only return a `result` without a value, as `result<_, error>`";
    case ErrorKind::lone_setter:
      return "there is a setter of " + quoted(e.name) + ", but no getter";
    case ErrorKind::repeated_interface:
      return quoted(e.name) + " is " + e.other + "ed twice";
    case ErrorKind::include_conflict:
      return "this include brings the " + e.other + " " + quoted(e.name) +
             ", which the world has already";
    case ErrorKind::include_rename:
      return quoted(e.other) + " has no import or export with the plain name " + quoted(e.name);
    case ErrorKind::include_gates_differ:
      return "two includes gate " + quoted(e.name) + " differently";
    case ErrorKind::export_needs_both:
      return "the export " + quoted(e.name) +
             " needs an interface both as an import and as an export";
  }
  return "unknown error";
}

std::string hint(const WitError& e) {
  switch (e.kind) {
    case ErrorKind::expected:
      return e.hint.empty() ? "" : "a keyword can be a name if it is written " + quoted(e.hint);
    case ErrorKind::bad_identifier:
      return "use words of letters and digits separated by `-`, each all lower-case or all "
             "upper-case";
    case ErrorKind::missing_package_name:
      return "begin one of its files with `package namespace:name;`";
    case ErrorKind::package_not_found:
      return e.hint.empty()
                 ? "put it into the folder `deps`"
                 : "there is " + quoted(e.hint) + "; put other packages into the folder `deps`";
    case ErrorKind::gated:
    case ErrorKind::ungated_in_gated:
      return "enable it with `--features " + e.other + "`, or put `@unstable(feature = " + e.other +
             ")` before this item";
    case ErrorKind::include_conflict:
      return "rename it: `include ... with { " + e.name + " as other-name }`";
    case ErrorKind::include_rename:
      return "interfaces cannot be renamed, only what has a plain name";
    case ErrorKind::export_needs_both:
      return "export the interfaces that it uses as well";
    case ErrorKind::nested_package:
      return "put it beside the other one";
    default:
      return e.hint.empty() ? "" : "did you mean " + quoted(e.hint) + "?";
  }
}

std::string render(const WitError& error, const SourceMap& sources) {
  std::string text = "error: " + message(error) + "\n";
  if (auto at = sources.locate(error.span)) append_place(text, *at, true);
  if (auto at = sources.locate(error.related)) {
    text += "  the other one is here:\n";
    append_place(text, *at, true);
  }
  std::string help = hint(error);
  if (!help.empty()) text += "  hint: " + help + "\n";
  return text;
}

}  // namespace weir::wit
