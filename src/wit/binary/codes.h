#pragma once

#include <cstdint>

// The bytes of the component binary format (Component Model, Binary.md) that types are made of.
namespace weir::wit::binary {

// Sections of a component.
inline constexpr uint8_t kCustomSection = 0;
inline constexpr uint8_t kTypeSection = 7;
inline constexpr uint8_t kExportSection = 11;

// Type definitions.
inline constexpr uint8_t kFunc = 0x40;
inline constexpr uint8_t kComponent = 0x41;
inline constexpr uint8_t kInstance = 0x42;
inline constexpr uint8_t kAsyncFunc = 0x43;
inline constexpr uint8_t kMap = 0x63;
inline constexpr uint8_t kFuture = 0x65;
inline constexpr uint8_t kStream = 0x66;
inline constexpr uint8_t kFixedList = 0x67;
inline constexpr uint8_t kBorrow = 0x68;
inline constexpr uint8_t kOwn = 0x69;
inline constexpr uint8_t kResult = 0x6a;
inline constexpr uint8_t kOption = 0x6b;
inline constexpr uint8_t kEnum = 0x6d;
inline constexpr uint8_t kFlags = 0x6e;
inline constexpr uint8_t kTuple = 0x6f;
inline constexpr uint8_t kList = 0x70;
inline constexpr uint8_t kVariant = 0x71;
inline constexpr uint8_t kRecord = 0x72;

// Declarations of component and instance types.
inline constexpr uint8_t kTypeDeclaration = 0x01;
inline constexpr uint8_t kAliasDeclaration = 0x02;
inline constexpr uint8_t kImportDeclaration = 0x03;
inline constexpr uint8_t kExportDeclaration = 0x04;

// Sorts, which are also what imports and exports are described with.
inline constexpr uint8_t kFuncSort = 0x01;
inline constexpr uint8_t kTypeSort = 0x03;
inline constexpr uint8_t kComponentSort = 0x04;
inline constexpr uint8_t kInstanceSort = 0x05;

// Bounds of a type import or export.
inline constexpr uint8_t kEqual = 0x00;
inline constexpr uint8_t kSubResource = 0x01;

// Targets of an alias.
inline constexpr uint8_t kInstanceExport = 0x00;
inline constexpr uint8_t kOuter = 0x02;

// Forms of the name of an import or export.
inline constexpr uint8_t kPlainName = 0x00;
inline constexpr uint8_t kNameWithAttributes = 0x02;
inline constexpr uint8_t kImplements = 0x00;
inline constexpr uint8_t kVersionSuffix = 0x01;
inline constexpr uint8_t kExternalId = 0x02;

inline constexpr uint8_t kComponentHeader[] = {0, 'a', 's', 'm', 0x0d, 0, 0x01, 0};

// The custom section of a binary WIT package that holds docs and gates, and its version.
inline constexpr char kPackageDocs[] = "package-docs";
inline constexpr uint8_t kPackageDocsVersion = 1;

// The custom section that says how strings are encoded, inside of the metadata of a world.
inline constexpr char kEncodingSection[] = "wit-component-encoding";
inline constexpr uint8_t kEncodingVersion = 4;

}  // namespace weir::wit::binary
