;; Binary.md, "valtype": negative codes are primitive types, others indices of types.
(assert_invalid
  (component binary "\00asm" "\0d\00\01\00" "\07\03\01\70\00")
  "at byte 12 (0xc): unknown type 0: type index out of bounds")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\07\03\01\70\63")
  "at byte 12 (0xc): invalid leading byte (0x63) for a type")
