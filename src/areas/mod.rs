//! areas (being built)
