(component
  (type $get (func (param "key" string) (result (option string))))
  (import "primary" (implements "a:b/store") (instance (export "get" (func (type $get)))))
  (import "backup" (implements "a:b/store") (instance (export "put" (func (param "key" u32)))))
  (import "third" (implements "a:b/store") (instance (export "get" (func (type $get)))))
  (import "a:b/store" (instance (export "get" (func (type $get))))))
