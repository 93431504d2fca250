//! stub
use super::Problems;
use crate::model::{Look, Theme};
use std::path::Path;
pub fn load(_p: &Path) -> (Look, Problems) {
    (
        Look {
            theme: Theme {
                values: Default::default(),
            },
            style_css: String::new(),
            mail_css: String::new(),
            labels: Default::default(),
            partials: Default::default(),
        },
        Vec::new(),
    )
}
