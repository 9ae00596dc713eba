(component
  (import "a:b/things" (instance
    (export "thing" (type $thing (sub resource)))
    (type $p (record (field "x" u32) (field "y" s32)))
    (export "point" (type $point (eq $p)))
    (export "[constructor]thing" (func (param "name" string) (param "size" u64) (result (own $thing))))
    (export "[method]thing.size" (func (param "self" (borrow $thing)) (result u32)))
    (export "[static]thing.join" (func (param "a" (own $thing)) (param "b" (own $thing)) (result (own $thing))))
    (export "draw" (func (param "at" $point)))
    (export "later" (func async (param "x" u32) (result u32)))))
  (core module $m (func (export "run") (param i64)))
  (core instance $i (instantiate $m))
  (func (export "run") (param "x" u64) (canon lift (core func $i "run"))))
