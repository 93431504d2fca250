//! demo (being built)
