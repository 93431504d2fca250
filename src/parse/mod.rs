//! parse (being built)
