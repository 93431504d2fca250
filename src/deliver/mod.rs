//! deliver (being built)
