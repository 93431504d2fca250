//! fetch (being built)
