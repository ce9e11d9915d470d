//! `credere bill export`: a bill's lines into a file, as they stream. The file is complete or not there.

use super::calls::{BillView, encode, with};
use super::http::Client;
use crate::exit::Failed;
use crate::progress::bar;
use crate::terminal::say;
use clap::Args;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct Export {
    uin: u64,
    /// Such as 2026-10.
    month: String,
    /// Where to, `.csv` or `.xlsx`; `-` is standard output, as CSV.
    file: PathBuf,
    #[command(flatten)]
    view: BillView,
}

/// Writes the bill and says how large it became.
pub(super) fn run(client: &Client, export: &Export) -> Result<(), Failed> {
    let format = format_of(&export.file)?;
    let path = format!("/v1/bills/{}/{}.{format}", export.uin, encode(&export.month));
    let path = with(path, export.view.clone().parameters());
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

/// What kind of file it is to be, by its ending.
fn format_of(file: &Path) -> Result<&'static str, Failed> {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        _ if file == Path::new("-") => Ok("csv"),
        Some("csv") => Ok("csv"),
        Some("xlsx") => Ok("xlsx"),
        _ => Err(Failed::Usage(format!("{}: a bill is written as `.csv` or `.xlsx`", file.display()))),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_that_is_not_known_is_refused() {
        let format = |file: &str| format_of(Path::new(file)).ok();
        for (file, expected) in
            [("a.csv", "csv"), ("A.CSV", "csv"), ("x/b.xlsx", "xlsx"), ("c.XlsX", "xlsx"), ("-", "csv")]
        {
            assert_eq!(format(file), Some(expected), "{file}");
        }
        for wrong in ["a", "a.pdf", "a.xls", "csv", ".csv", "a.csv.gz", "-.txt", ""] {
            assert_eq!(format(wrong), None, "{wrong}");
        }
    }
}
