//! edition (being built)
