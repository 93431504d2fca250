//! issue (being built)
