//! Empty: the manifest beside it only names a crate whose `aws-lc/` folder is built.
