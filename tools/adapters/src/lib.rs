//! Empty: the manifest beside it only names crates whose `wit/` folders are read.
