//! schedule (being built)
