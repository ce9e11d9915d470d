//! The page of settings, printed by the binary itself from the table that it reads settings by.

use super::page::Page;
use anyhow::{Context, Result, bail, ensure};
use std::{path::Path, process::Command};

pub(super) fn page(root: &Path) -> Result<Page> {
    // Built as `./test` builds it, where there is nothing left to do then.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build = ["build", "--quiet", "--workspace", "--bins"];
    let built = Command::new(cargo).args(build).current_dir(root).status().context("cannot run cargo")?;
    ensure!(built.success(), "the server cannot be built");
    let credere = std::env::current_exe()?.with_file_name(format!("credere{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(credere);
    command.args(["config", "--reference"]);
    // What holds on this machine has no place on the page.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CREDERE_")) {
            command.env_remove(name);
        }
    }
    let output = command.current_dir(root).output().context("cannot run `credere config --reference`")?;
    if !output.status.success() {
        bail!("`credere config --reference` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let body = String::from_utf8(output.stdout).context("the page of settings is not UTF-8")?;
    ensure!(body.contains("| `listen` |"), "`credere config --reference` printed no settings");
    Ok(Page {
        name: "settings",
        title: "Settings",
        about: "Every setting: its name in the file and in the environment, its default, and what it does.",
        body,
    })
}
