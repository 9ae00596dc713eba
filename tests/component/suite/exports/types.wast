;; Explainer.md, "Import and Export Definitions": what a type of an import or export mentions is imported or exported
;; itself.
(component definition (type $t (record (field "a" u8))) (export $e "t" (type $t)) (import "f" (func (param "x" (list u8)))))
(assert_invalid
  (component (type $t (record (field "a" u8))) (import "f" (func (param "x" $t))))
  "at byte 26 (0x1a): function not valid to be used as import `f`: it mentions a type that was not imported befor")
(assert_invalid
  (component (type $t (enum "a")) (import "f" (func (result (option $t)))))
  "at byte 24 (0x18): function not valid to be used as import `f`: it mentions a type that was not imported befor")
(assert_invalid
  (component (type $r (resource (rep i32))) (import "f" (func (param "x" (own $r)))))
  "at byte 26 (0x1a): function not valid to be used as import `f`: it mentions a type that was not imported befor")
