;; Binary.md, "sort": core sorts need the prefix 0x00; the rest are 0x01 to 0x05.
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\06\04\01\06\00\00")
  "at byte 14 (0xe): unexpected end")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\06\05\01\00\05\00\00")
  "at byte 15 (0xf): unexpected end")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\06\04\01\03\03\00")
  "at byte 11 (0xb): invalid kind 3 of an alias")
