;; Binary.md, "Component Definitions": magic, version and layer.
(component definition binary "\00asm" "\0d\00\01\00" )
(assert_malformed
  (component binary "\00asn" "\0d\00\01\00")
  "at byte 0 (0x0): magic header not detected: this is no WebAssembly")
(assert_malformed
  (component binary "\00asm" "\0c\00\01\00")
  "at byte 4 (0x4): unknown binary version and encoding: not a component of version 13")
(assert_malformed
  (component binary "\00asm" "\0d\00\02\00")
  "at byte 4 (0x4): unknown binary version and encoding: not a component of version 13")
(assert_malformed
  (component binary "\00as")
  "at byte 0 (0x0): unexpected end: 8 bytes are announced, 3 are left")
