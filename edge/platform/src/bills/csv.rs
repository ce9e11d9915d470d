//! A bill's lines as CSV, written in chunks as fast as they are read.

use super::columns::{COLUMNS, Cell, cells, may_run};
use axum::body::{Body, Bytes};
use credere_app::bills::LineView;
use credere_app::shares::Share;
use credere_app::{App, Failure};
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Lines that are written at once.
const LINES_AT_ONCE: usize = 256;

/// A file in the making.
struct Making {
    app: Arc<App>,
    lines: mpsc::Receiver<Result<LineView, Failure>>,
    begun: bool,
    /// Held until the file is done or its reader has gone.
    _place: Share,
}

/// The file.
pub(super) fn body(app: Arc<App>, lines: mpsc::Receiver<Result<LineView, Failure>>, place: Share) -> Body {
    let making = Making { app, lines, begun: false, _place: place };
    Body::from_stream(futures_util::stream::try_unfold(making, |mut making| async move {
        let chunk = making.chunk().await.inspect_err(|error| tracing::error!(%error, "a bill's file breaks off"))?;
        Ok::<_, io::Error>(chunk.map(|chunk| (chunk, making)))
    }))
}

impl Making {
    /// The next part of the file; `None` at its end.
    async fn chunk(&mut self) -> io::Result<Option<Bytes>> {
        let mut writer = csv::Writer::from_writer(Vec::with_capacity(LINES_AT_ONCE * 256));
        let begins = !std::mem::replace(&mut self.begun, true);
        if begins {
            writer.write_record(COLUMNS)?;
        }
        for _ in 0..LINES_AT_ONCE {
            let Some(line) = self.lines.recv().await else { break };
            let line = line.map_err(io::Error::other)?;
            writer.write_record(cells(&self.app, line).map(text_of))?;
        }
        let chunk = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        Ok((!chunk.is_empty()).then(|| chunk.into()))
    }
}

fn text_of(cell: Cell) -> String {
    match cell {
        Cell::Own(text) => text,
        Cell::Given(text) => harmless(text),
    }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: String) -> String {
    if may_run(&text) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_told_is_kept_from_being_a_formula() {
        let wide = ["＝1+1", "＋1", "－1", "＠SUM(A1)"];
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"].into_iter().chain(wide) {
            assert_eq!(text_of(Cell::Given(formula.to_owned())), format!("'{formula}"));
        }
        assert_eq!(text_of(Cell::Given("ins-1=x".to_owned())), "ins-1=x");
        assert_eq!(text_of(Cell::Own("-1.50".to_owned())), "-1.50");
    }
}
