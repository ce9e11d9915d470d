//! A folder that a chore makes: its files are written, or compared with what is committed.

use anyhow::{Context, Result};
use std::{collections::BTreeMap, fs, path::Path, process::ExitCode};

/// A folder in which every file is made, and nothing else lies.
pub(crate) struct Made {
    /// Where it is, below the root.
    pub(crate) folder: &'static str,
    /// The chore that makes it.
    pub(crate) chore: &'static str,
    /// What its files say.
    pub(crate) source: &'static str,
}

impl Made {
    /// Says what differs, and how to mend it.
    pub(crate) fn compare(&self, root: &Path, files: &BTreeMap<String, String>) -> ExitCode {
        let Made { folder, chore, source } = self;
        let mut same = true;
        for (name, text) in files {
            if fs::read_to_string(root.join(folder).join(name)).ok().as_ref() != Some(text) {
                println!("{folder}/{name} differs from {source}");
                same = false;
            }
        }
        for stray in self.strays(root, files) {
            println!("{folder}/{stray} is not made from {source}");
            same = false;
        }
        if same {
            println!("{} files agree with {source}", files.len());
            return ExitCode::SUCCESS;
        }
        println!("mend: run `cargo xtask {chore}` and commit what it writes");
        ExitCode::from(1)
    }

    /// Writes what has changed, and removes what is not made any more.
    ///
    /// # Errors
    /// When the folder cannot be changed.
    pub(crate) fn write(&self, root: &Path, files: &BTreeMap<String, String>) -> Result<()> {
        let folder = root.join(self.folder);
        fs::create_dir_all(&folder).with_context(|| format!("cannot create `{}`", self.folder))?;
        for (name, text) in files {
            let path = folder.join(name);
            // An untouched file keeps its time, so that nothing is built again without need.
            if fs::read_to_string(&path).ok().as_ref() != Some(text) {
                fs::write(&path, text).with_context(|| format!("cannot write `{}/{name}`", self.folder))?;
            }
        }
        for stray in self.strays(root, files) {
            fs::remove_file(folder.join(&stray)).with_context(|| format!("cannot remove `{}/{stray}`", self.folder))?;
        }
        Ok(())
    }

    /// Files in the folder that would not be written now.
    fn strays(&self, root: &Path, files: &BTreeMap<String, String>) -> Vec<String> {
        let entries = fs::read_dir(root.join(self.folder)).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut strays: Vec<String> = names.filter(|name| !files.contains_key(name)).collect();
        strays.sort();
        strays
    }
}
