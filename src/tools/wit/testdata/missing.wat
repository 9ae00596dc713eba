(component
  (import "a:b/log" (instance (export "flush" (func)) (export "close" (func))))
  (import "a:b/store" (instance (export "get" (func)))))
