//! The workspace as plain values: text files with their paths, and folders. Whatever git ignores is left out, and so
//! is what is not text. Checks take a [`Tree`], so that a test can hand them an invented one.

use anyhow::{Context, Result};
use ignore::WalkBuilder;
use std::{fs, path::Path};

/// One text file.
pub(crate) struct File {
    /// The path below the workspace root, with `/` between its parts.
    pub(crate) path: String,
    /// All of its text.
    pub(crate) text: String,
}

/// What the checks look at.
pub(crate) struct Tree {
    /// All text files, in the order of their paths.
    pub(crate) files: Vec<File>,
    /// All other files, by path: known to exist, not read.
    pub(crate) binaries: Vec<String>,
    /// All folders, by path, without the root.
    pub(crate) folders: Vec<String>,
}

impl Tree {
    /// Reads the workspace below `root`.
    ///
    /// # Errors
    /// When a folder or file cannot be read.
    pub(crate) fn read(root: &Path) -> Result<Tree> {
        let mut tree = Tree { files: Vec::new(), binaries: Vec::new(), folders: Vec::new() };
        let walk = WalkBuilder::new(root)
            .hidden(false)
            .parents(false)
            .git_global(false)
            .require_git(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .sort_by_file_path(Path::cmp)
            .build();
        for entry in walk {
            let entry = entry?;
            let below = entry.path().strip_prefix(root)?;
            let path = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
            let Some(kind) = entry.file_type().filter(|_| !path.is_empty()) else {
                continue;
            };
            if kind.is_dir() {
                tree.folders.push(path);
            } else if kind.is_file() {
                let bytes = fs::read(entry.path()).with_context(|| format!("cannot read `{path}`"))?;
                match String::from_utf8(bytes) {
                    Ok(text) => tree.files.push(File { path, text }),
                    Err(_) => tree.binaries.push(path),
                }
            }
        }
        Ok(tree)
    }

    /// Every Rust file.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }

    /// Whether a file or folder of this path exists.
    pub(crate) fn has(&self, path: &str) -> bool {
        path.is_empty()
            || self.files.iter().any(|file| file.path == path)
            || self.binaries.iter().chain(&self.folders).any(|known| known == path)
    }
}

#[cfg(test)]
impl Tree {
    /// An invented tree with these files, and the folders that they imply.
    pub(crate) fn of(files: &[(&str, &str)]) -> Tree {
        let mut folders: Vec<String> = Vec::new();
        for (path, _) in files {
            for (at, _) in path.match_indices('/') {
                folders.push(path[..at].to_owned());
            }
        }
        folders.sort();
        folders.dedup();
        let files = files.iter().map(|&(path, text)| File { path: path.to_owned(), text: text.to_owned() }).collect();
        Tree { files, binaries: Vec::new(), folders }
    }
}
