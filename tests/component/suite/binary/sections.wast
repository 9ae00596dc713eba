;; Binary.md, sections: known ids, sizes within the file, contents used up; custom sections anywhere.
(component definition binary "\00asm" "\0d\00\01\00" "\00\03\01xx" "\00\02\01y")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\0d\00")
  "at byte 10 (0xa): malformed section id 13")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\07\05\00")
  "at byte 10 (0xa): unexpected end: 5 bytes are announced, 1 are left")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\07\02\00\00")
  "at byte 11 (0xb): section size mismatch: section 7 is longer than what it holds")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\07\ff\ff\ff\ff\ff\0f")
  "at byte 9 (0x9): a number is too large")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\00\00")
  "at byte 10 (0xa): unexpected end")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\00\02\05x")
  "at byte 11 (0xb): unexpected end: 5 bytes are announced, 1 are left")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\07\06\81\80\80\80\80\00")
  "at byte 10 (0xa): the encoding of a number is too long")
