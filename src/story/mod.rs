//! story (being built)
