//! `cargo xtask reference`: the pages of `docs/reference`, from the code that they describe. Each page is one file here
//! and gives its text as a value; this file writes them, or with `--check` compares them with what is committed. What a
//! page says that the code does not say by itself stands beside the page's own list and is checked against the code.

mod error_codes;
mod limits;
mod matrix;
mod page;
mod problems;
mod rejections;
mod settings;

use anyhow::{Context, Result};
use clap::Args;
use page::{Page, table};
use std::{collections::BTreeMap, fs, path::Path, process::ExitCode};

/// Where the pages are, below the root.
const OUTPUT: &str = "docs/reference";

/// The platform API's own document, as the server shows it.
const OPENAPI: &str = "openapi.json";

/// What to do with the pages.
#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing; fail when the committed pages differ from what would be written.
    #[arg(long)]
    check: bool,
}

/// Writes the pages, or with `--check` compares them.
///
/// # Errors
/// When the code that a page describes cannot be read, or is not as the page's list says.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode> {
    let pages = [
        rejections::page(),
        problems::page(),
        error_codes::page(),
        matrix::page(),
        limits::page(root)?,
        settings::page(root)?,
    ];
    let mut files: BTreeMap<String, String> =
        pages.iter().map(|page| (format!("{}.md", page.name), page.text())).collect();
    files.insert("README.md".to_owned(), index(&pages));
    files.insert(OPENAPI.to_owned(), credere_platform::openapi_json().context("the OpenAPI document")?);
    if options.check { Ok(compare(root, &files)) } else { write(root, &files) }
}

fn index(pages: &[Page]) -> String {
    let mut rows: Vec<Vec<String>> =
        pages.iter().map(|page| vec![format!("[{}]({}.md)", page.title, page.name), page.about.to_owned()]).collect();
    rows.push(vec![
        format!("[The platform API]({OPENAPI})"),
        "Every route of `/v1` with its fields and answers: the OpenAPI document that the server shows.".to_owned(),
    ]);
    let body = table(&["Page", "What is in it"], &rows);
    let about = "Made from the code by `cargo xtask reference`, so that it says what the code does.";
    Page { name: "README", title: "Reference", about, body }.text()
}

fn compare(root: &Path, files: &BTreeMap<String, String>) -> ExitCode {
    let mut same = true;
    for (name, text) in files {
        if fs::read_to_string(root.join(OUTPUT).join(name)).ok().as_ref() != Some(text) {
            println!("{OUTPUT}/{name} differs from the code");
            same = false;
        }
    }
    for stray in strays(root, files) {
        println!("{OUTPUT}/{stray} is no page of the reference");
        same = false;
    }
    if same {
        println!("{} pages agree with the code", files.len());
        return ExitCode::SUCCESS;
    }
    println!("mend: run `cargo xtask reference` and commit what it writes");
    ExitCode::from(1)
}

fn write(root: &Path, files: &BTreeMap<String, String>) -> Result<ExitCode> {
    let folder = root.join(OUTPUT);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create `{OUTPUT}`"))?;
    for (name, text) in files {
        fs::write(folder.join(name), text).with_context(|| format!("cannot write `{OUTPUT}/{name}`"))?;
    }
    for stray in strays(root, files) {
        fs::remove_file(folder.join(&stray)).with_context(|| format!("cannot remove `{OUTPUT}/{stray}`"))?;
    }
    println!("{} pages in {OUTPUT}", files.len());
    Ok(ExitCode::SUCCESS)
}

/// Files in the folder that no page is written to.
fn strays(root: &Path, files: &BTreeMap<String, String>) -> Vec<String> {
    let entries = fs::read_dir(root.join(OUTPUT)).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut strays: Vec<String> = names.filter(|name| !files.contains_key(name)).collect();
    strays.sort();
    strays
}
