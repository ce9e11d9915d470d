//! `credere bill export`: a bill's lines into a file, as they stream. The file is complete or not there.

use super::calls::encode;
use super::http::Client;
use super::show::say;
use crate::exit::Failed;
use crate::progress::bar;
use clap::Args;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct Export {
    uin: u64,
    /// Such as 2026-10.
    month: String,
    /// Where to; `-` is standard output, as CSV.
    file: PathBuf,
}

/// Writes the bill and says how large it became.
pub(super) fn run(client: &Client, export: &Export) -> Result<(), Failed> {
    let as_sheet = export.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    let format = if as_sheet { "xlsx" } else { "csv" };
    let path = format!("/v1/bills/{}/{}.{format}", export.uin, encode(&export.month));
    let mut body = client.stream(&path)?;
    if export.file == Path::new("-") {
        return copy(&mut body, &mut std::io::stdout().lock(), Path::new("-")).map(drop);
    }
    // Beside it first, so that a file by this name is never half a bill.
    let mut beside = export.file.clone().into_os_string();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let failed = |path: &Path, error: std::io::Error| Failed::Refused(format!("{}: {error}", path.display()));
    let written = File::create(&beside).map_err(|error| failed(&beside, error)).and_then(|file| {
        let mut file = BufWriter::new(file);
        let bytes = copy(&mut body, &mut file, &beside)?;
        file.flush().map_err(|error| failed(&beside, error))?;
        std::fs::rename(&beside, &export.file).map_err(|error| failed(&export.file, error))?;
        Ok(bytes)
    });
    if written.is_err() {
        // What is left of it is of no use; that it was never there is no fault.
        let _ = std::fs::remove_file(&beside);
    }
    say(format_args!("{}: {} bytes", export.file.display(), written?));
    Ok(())
}

fn copy(from: &mut impl Read, to: &mut impl Write, name: &Path) -> Result<u64, Failed> {
    let bar = bar("writing the bill", 0);
    let (mut buffer, mut bytes) = (vec![0; 1 << 16], 0);
    loop {
        let broken = |error: std::io::Error| Failed::Unreachable(format!("the bill broke off: {error}"));
        let count = from.read(&mut buffer).map_err(broken)?;
        if count == 0 {
            bar.finish_and_clear();
            return Ok(bytes);
        }
        let failed = |error: std::io::Error| Failed::Refused(format!("{}: {error}", name.display()));
        to.write_all(&buffer[..count]).map_err(failed)?;
        bytes += count as u64;
        bar.set_position(bytes);
    }
}
