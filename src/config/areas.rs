//! stub
use super::Problems;
use crate::model::Area;
use std::path::Path;
pub fn load(_p: &Path) -> (Vec<Area>, Problems) {
    (Vec::new(), Vec::new())
}
