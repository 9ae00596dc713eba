;; CanonicalABI.md, "canon lift", borrows: who was lent a handle drops it before the call ends; then the lender may
;; drop its own.
(component definition $D
  (component $owner
    (core module $t (table (export "t") 1 funcref))
    (core instance $t (instantiate $t))
    (type $r' (resource (rep i32)))
    (export $r "r" (type $r'))
    (core func $new (canon resource.new $r))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 7))))
    (core instance $m (instantiate $m (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $r)) (canon lift (core func $m "make"))))
  (instance $owner (instantiate $owner))
  (component $borrower
    (import "o" (instance $o (export "r" (type $r (sub resource)))))
    (alias export $o "r" (type $r))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "" "drop" (func $drop (param i32)))
      (func (export "drops") (param i32) (call $drop (local.get 0)))
      (func (export "keeps") (param i32)))
    (core instance $m (instantiate $m (with "" (instance (export "drop" (func $drop))))))
    (func (export "drops") (param "x" (borrow $r)) (canon lift (core func $m "drops")))
    (func (export "keeps") (param "x" (borrow $r)) (canon lift (core func $m "keeps"))))
  (instance $borrower (instantiate $borrower (with "o" (instance $owner))))
  (component $user
    (import "o" (instance $o (export "r" (type $r (sub resource))) (export "make" (func (result (own $r))))))
    (alias export $o "r" (type $r))
    (import "b" (instance $b
      (export "drops" (func (param "x" (borrow $r)))) (export "keeps" (func (param "x" (borrow $r))))))
    (core func $make (canon lower (func $o "make")))
    (core func $drops (canon lower (func $b "drops")))
    (core func $keeps (canon lower (func $b "keeps")))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "" "make" (func $make (result i32)))
      (import "" "drops" (func $drops (param i32)))
      (import "" "keeps" (func $keeps (param i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "again") (local $h i32)
        (local.set $h (call $make)) (call $drops (local.get $h)) (call $drops (local.get $h)) (call $drop (local.get $h)))
      (func (export "kept") (call $keeps (call $make))))
    (core instance $m (instantiate $m (with "" (instance (export "make" (func $make)) (export "drops" (func $drops))
      (export "keeps" (func $keeps)) (export "drop" (func $drop))))))
    (func (export "again") (canon lift (core func $m "again")))
    (func (export "kept") (canon lift (core func $m "kept"))))
  (instance $user (instantiate $user (with "o" (instance $owner)) (with "b" (instance $borrower))))
  (export "again" (func $user "again")) (export "kept" (func $user "kept")))
(component instance $a $D)
(assert_return (invoke $a "again"))
(assert_trap (invoke $a "kept") "borrow handles still remain at the end of the call")
