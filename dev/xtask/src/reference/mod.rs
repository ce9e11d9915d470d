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

use crate::made::Made;
use anyhow::{Context, Result};
use clap::Args;
use page::{Page, table};
use std::{collections::BTreeMap, path::Path, process::ExitCode};

/// Where the pages are.
const OUTPUT: Made = Made { folder: "docs/reference", chore: "reference", source: "the code" };

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
    if options.check {
        return Ok(OUTPUT.compare(root, &files));
    }
    OUTPUT.write(root, &files)?;
    println!("{} pages in {}", files.len(), OUTPUT.folder);
    Ok(ExitCode::SUCCESS)
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
