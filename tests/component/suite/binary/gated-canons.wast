;; Binary.md, "canon": opcodes that are not there; stream.forward and future.forward are refused by name.
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\08\02\01\2e")
  "at byte 11 (0xb): `stream.forward` is not supported yet")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\08\02\01\2f")
  "at byte 11 (0xb): `future.forward` is not supported yet")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\08\02\01\4f")
  "at byte 11 (0xb): invalid leading byte 79 for a canonical function")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\08\02\01\02")
  "at byte 12 (0xc): unexpected end")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\08\03\01\0c\01")
  "at byte 12 (0xc): `cancellable` is no longer valid: the byte must be 0")
