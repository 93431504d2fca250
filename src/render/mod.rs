//! render (being built)
