(component
  (import "a:b/log@2.0.0" (instance (export "write" (func (param "text" string)))))
  (core module $m (func (export "handle") (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func $handle (result u32) (canon lift (core func $i "handle")))
  (instance $h (export "handle" (func $handle)))
  (export "a:b/handler@0.9.0" (instance $h)))
