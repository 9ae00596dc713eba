//! Empty: the manifest beside it only names a crate whose C source is compiled.
