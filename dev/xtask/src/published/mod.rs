//! `cargo xtask published`: Rust types for the Cloud API's actions, from the machine-readable definitions that the
//! vendor's command line package carries. What goes in are names, types, requiredness and limits; no sentence is taken
//! over. Types are made for the actions that this server implements, names for all of them, so that the server can
//! tell an action that it does not offer yet from one that does not exist.
//!
//! An action counts as implemented when its file exists, in the folder of a subject:
//! `edge/cloud/src/actions/<service>_<version>/<subject>/<action_in_snake_case>.rs`.

mod definitions;
mod emit;
mod limits;
mod names;

use crate::made::Made;
use anyhow::{Context, Result, bail};
use clap::Args;
use definitions::{Definitions, Service};
use heck::ToSnakeCase;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The services and versions that the server speaks, the newest version of a service first.
const SERVICES: [Service; 4] = [
    Service { name: "billing", version: "2018-07-09", newest: true },
    Service { name: "intlpartnersmgt", version: "2022-09-28", newest: true },
    Service { name: "organization", version: "2021-03-31", newest: true },
    Service { name: "organization", version: "2018-12-25", newest: false },
];

/// Where the output goes.
const OUTPUT: Made =
    Made { folder: "edge/cloud/src/published", chore: "published", source: "the published definitions" };
/// Where the implemented actions are, below the root.
const ACTIONS: &str = "edge/cloud/src/actions";

/// Where the definitions are, and what to do with them.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder with the definitions: `tccli/services` of the PyPI package tccli-intl-en. Without it, the copy in
    /// `dev/.venv` is read.
    #[arg(long)]
    definitions: Option<PathBuf>,
    /// Also make types for these actions, implemented or not; an action of an older version is named with it, as in
    /// `organization_v20181225/QuitOrganization`.
    #[arg(long, value_delimiter = ',')]
    actions: Vec<String>,
    /// Write nothing; fail when the committed files differ from what would be written.
    #[arg(long)]
    check: bool,
}

/// Writes the generated files, or with `--check` compares them.
///
/// # Errors
/// When the definitions are missing or of an unknown shape, or an asked for action is not published.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode> {
    let folder = definitions_folder(root, options.definitions.as_deref())?;
    let mut published = Vec::new();
    for service in SERVICES {
        let path = folder.join(service.name).join(service.folder()).join("api.json");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let definitions =
            Definitions::read(&text, &service).with_context(|| format!("cannot use `{}`", path.display()))?;
        published.push((service, definitions));
    }
    let wanted = wanted_actions(root, &published, &options.actions)?;
    let files = emit::files(&published, &wanted)?;
    let formatted = files
        .into_iter()
        .map(|(name, text)| Ok((name, emit::format(root, &text)?)))
        .collect::<Result<BTreeMap<String, String>>>()?;
    let count: usize = wanted.values().map(BTreeSet::len).sum();
    if options.check {
        return Ok(OUTPUT.compare(root, &formatted));
    }
    OUTPUT.write(root, &formatted)?;
    println!("{count} actions in {} files below {}", formatted.len(), OUTPUT.folder);
    Ok(ExitCode::SUCCESS)
}

fn definitions_folder(root: &Path, given: Option<&Path>) -> Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    let libraries = root.join("dev/.venv/lib");
    let versions = fs::read_dir(&libraries).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> =
        versions.map(|python| python.join("site-packages/tccli/services")).filter(|folder| folder.is_dir()).collect();
    found.sort();
    match found.pop() {
        Some(folder) => Ok(folder),
        None => bail!(
            "the published definitions are not installed: `python3 -m venv dev/.venv` and \
             `dev/.venv/bin/pip install tccli-intl-en` bring them, or name their folder with --definitions"
        ),
    }
}

/// For each service, by its module name, the actions to make types for.
fn wanted_actions(
    root: &Path,
    published: &[(Service, Definitions)],
    asked: &[String],
) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (service, definitions) in published {
        let room = root.join(ACTIONS).join(service.module());
        let files = action_files(&room)?;
        let known: BTreeMap<String, &String> =
            definitions.actions.keys().map(|action| (action.to_snake_case(), action)).collect();
        for file in &files {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            let action = known.get(&*name);
            let action =
                action.with_context(|| format!("`{}` bears the name of no published action", file.display()))?;
            wanted.entry(service.module()).or_default().insert((*action).clone());
        }
    }
    for asked in asked {
        let (module, action) = match asked.split_once('/') {
            Some((module, action)) => (Some(module), action),
            None => (None, asked.as_str()),
        };
        let owner = published.iter().find(|(service, definitions)| {
            definitions.actions.contains_key(action)
                && module.map_or(service.newest, |module| module == service.module())
        });
        let Some((service, _)) = owner else { bail!("the action `{asked}` is not published") };
        wanted.entry(service.module()).or_default().insert(action.to_owned());
    }
    Ok(wanted)
}

/// The files of the actions in a service's room: those that describe one by a definition that is published. What a subject's
/// actions share lies beside them, and so do actions whose definition is written by hand.
fn action_files(room: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for subject in fs::read_dir(room).into_iter().flatten() {
        for entry in fs::read_dir(subject?.path()).into_iter().flatten() {
            let path = entry?.path();
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            if (text.contains("offered! {") || text.contains("const ACTION: Offered"))
                && text.contains("use crate::published::")
            {
                files.push(path);
            }
        }
    }
    Ok(files)
}
