//! A bill's lines as a workbook. Its format cannot be written front to back, so rows go through temporary files: nothing
//! grows in memory with the number of lines.

use super::columns::{COLUMNS, Cell, cells, may_run};
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use credere_app::bills::{Bill, LineView};
use credere_app::shares::Share;
use credere_app::{App, Failure};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Rows of one sheet: what the format has, without the row of names.
const LINES_OF_SHEET: u32 = 1_048_575;
/// Characters of one cell: what the format has.
const CELL_MAX: usize = 32_767;
/// Pixels of a column: wide enough for a time.
const COLUMN_WIDTH: u32 = 130;
/// How much of the finished file is sent at once.
const CHUNK: usize = 256 * 1024;

/// Why no file came about.
#[derive(Debug, thiserror::Error)]
enum MakeError {
    #[error(transparent)]
    Lines(#[from] Failure),
    #[error(transparent)]
    Format(#[from] XlsxError),
    #[error(transparent)]
    File(#[from] io::Error),
}

/// The file, and its length.
///
/// # Errors
/// When it cannot be written.
pub(super) async fn body(
    app: Arc<App>,
    bill: Bill,
    lines: mpsc::Receiver<Result<LineView, Failure>>,
    place: Share,
) -> Result<(u64, Body), Problem> {
    let made = tokio::task::spawn_blocking(move || make(bill, lines, LINES_OF_SHEET, |row| cells(&app, row))).await;
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a bill's workbook cannot be written");
        Problem::internal()
    };
    let made = made.map_err(|panicked| failed(&panicked))?;
    let (length, file) = made.map_err(|error| match error {
        MakeError::Lines(failure) => Problem::from(failure),
        MakeError::Format(_) | MakeError::File(_) => failed(&error),
    })?;
    let chunks = futures_util::stream::try_unfold((file, place), |(file, place)| async move {
        let read = tokio::task::spawn_blocking(move || chunk_of(file)).await.map_err(io::Error::other)?;
        Ok::<_, io::Error>(read?.map(|(chunk, file)| (chunk, (file, place))))
    });
    Ok((length, Body::from_stream(chunks)))
}

fn chunk_of(mut file: File) -> io::Result<Option<(Bytes, File)>> {
    let mut chunk = Vec::with_capacity(CHUNK);
    Read::by_ref(&mut file).take(CHUNK as u64).read_to_end(&mut chunk)?;
    Ok((!chunk.is_empty()).then(|| (chunk.into(), file)))
}

/// Writes all lines, so many on each sheet.
fn make(
    bill: Bill,
    mut lines: mpsc::Receiver<Result<LineView, Failure>>,
    lines_of_sheet: u32,
    cells: impl Fn(LineView) -> [Cell; COLUMNS.len()],
) -> Result<(u64, File), MakeError> {
    let mut workbook = Workbook::new();
    // A cell of a text is not taken for a formula when it is read, and so marked not when somebody goes into it either.
    let quoted = Format::new().set_quote_prefix();
    let mut next = lines.blocking_recv().transpose()?;
    let mut sheet_number = 0;
    loop {
        sheet_number += 1;
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        let name = match sheet_number {
            1 => format!("{} {}", bill.account, bill.month),
            more => format!("{} {} ({more})", bill.account, bill.month),
        };
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (column, name) in (0..).zip(COLUMNS) {
            sheet.set_column_width_pixels(column, COLUMN_WIDTH)?;
            sheet.write_string_with_format(0, column, name, &Format::new().set_bold())?;
        }
        let mut row = 0;
        while row < lines_of_sheet
            && let Some(line) = next
        {
            row += 1;
            for (column, cell) in (0..).zip(cells(line)) {
                match cell {
                    Cell::Given(text) if may_run(&text) => {
                        sheet.write_string_with_format(row, column, cut(&text), &quoted)?;
                    }
                    Cell::Own(text) | Cell::Given(text) if !text.is_empty() => {
                        sheet.write_string(row, column, cut(&text))?;
                    }
                    Cell::Own(_) | Cell::Given(_) => {}
                }
            }
            next = lines.blocking_recv().transpose()?;
        }
        if next.is_none() {
            break;
        }
    }
    let mut file = tempfile::tempfile()?;
    workbook.save_to_writer(&mut file)?;
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    Ok((length, file))
}

/// As much of a text as a cell takes, which is all of it unless it has tags without end.
fn cut(text: &str) -> &str {
    text.char_indices().nth(CELL_MAX).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::channel::{ActionType, Details, LineId, Uin};
    use credere_core::ledger::{Moment, Month};
    use credere_core::money::{Amount, Rate};
    use zip::ZipArchive;

    const MONTH: Month = Month::from_number(25_200);

    fn line(account: Uin, seq: u64) -> LineView {
        LineView {
            id: LineId(seq),
            account,
            month: MONTH,
            managing: None,
            binding_seq: 0,
            owner: account,
            partner: None,
            product: "cvm".to_owned(),
            action: ActionType::PostpayDeductH,
            region: String::new(),
            project: String::new(),
            resource: String::new(),
            order: None,
            period_start: Moment::default(),
            period_end: Moment::default(),
            list_amount: Amount::ZERO,
            discount_rate: Rate::ONE,
            voucher_amount: Amount::ZERO,
            amount: Amount::ZERO,
            partner_amount: Amount::ZERO,
            posted_at: Moment::default(),
            details: Details::default(),
            confirmed: false,
        }
    }

    /// The rows of each sheet, without the row of names, for so many lines with two on a sheet.
    fn rows_of_sheets(count: u64) -> Vec<usize> {
        let account = Uin::new(7).unwrap();
        let (send, lines) = mpsc::channel(16);
        (1..=count).for_each(|seq| send.try_send(Ok(line(account, seq))).unwrap());
        drop(send);
        let only_id = |row: LineView| {
            std::array::from_fn(|at| Cell::Own(if at == 0 { row.id.0.to_string() } else { String::new() }))
        };
        let (length, file) = make(Bill::paid(account, MONTH), lines, 2, only_id).unwrap();
        assert_eq!(file.metadata().unwrap().len(), length);
        let mut archive = ZipArchive::new(file).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        let mut sheets: Vec<_> = names.into_iter().filter(|name| name.starts_with("xl/worksheets/sheet")).collect();
        sheets.sort_unstable();
        let mut rows = |name: &String| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text.matches("<row ").count() - 1
        };
        sheets.iter().map(&mut rows).collect()
    }

    #[test]
    fn lines_beyond_a_sheet_go_to_the_next_one() {
        assert_eq!(rows_of_sheets(0), [0]);
        assert_eq!(rows_of_sheets(2), [2]);
        assert_eq!(rows_of_sheets(5), [2, 2, 1]);
    }

    #[test]
    fn what_was_told_and_could_run_is_marked_as_a_text() {
        let account = Uin::new(7).unwrap();
        let (send, lines) = mpsc::channel(1);
        send.try_send(Ok(line(account, 1))).unwrap();
        drop(send);
        let texts = ["-1.50", "=1+1", "＝1+1", "＠SUM(A1)", "－1", "x=1"];
        let told = |_: LineView| {
            std::array::from_fn(|at| match texts.get(at) {
                Some(own) if at == 0 => Cell::Own((*own).to_owned()),
                Some(given) => Cell::Given((*given).to_owned()),
                None => Cell::Own(String::new()),
            })
        };
        let (_, file) = make(Bill::paid(account, MONTH), lines, 2, told).unwrap();
        let mut archive = ZipArchive::new(file).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let (sheet, styles) = (read("xl/worksheets/sheet1.xml"), read("xl/styles.xml"));
        let formats = styles.split_once("<cellXfs").unwrap().1.split("<xf ").skip(1);
        let formats: Vec<bool> = formats.map(|format| format.contains("quotePrefix=\"1\"")).collect();
        let row = sheet.split_once("<row r=\"2\"").unwrap().1;
        let marked: Vec<bool> = row
            .split("<c ")
            .skip(1)
            .map(|cell| {
                let style = cell.split_once(" s=\"").and_then(|(_, rest)| rest.split_once('"'));
                style.is_some_and(|(number, _)| formats[number.parse::<usize>().unwrap()])
            })
            .collect();
        assert_eq!(marked, [false, true, true, true, true, false]);
        assert!(!sheet.contains("<f>"));
    }

    #[test]
    fn a_bill_that_breaks_off_makes_no_file() {
        let account = Uin::new(7).unwrap();
        let (send, lines) = mpsc::channel(2);
        send.try_send(Ok(line(account, 1))).unwrap();
        send.try_send(Err(Failure::NotReady)).unwrap();
        let made = make(Bill::paid(account, MONTH), lines, 2, |_| std::array::from_fn(|_| Cell::Own(String::new())));
        assert!(matches!(made, Err(MakeError::Lines(Failure::NotReady))));
    }

    #[test]
    fn a_text_is_cut_where_a_cell_ends() {
        assert_eq!(cut("short"), "short");
        let long = "é".repeat(CELL_MAX + 1);
        assert_eq!(cut(&long).chars().count(), CELL_MAX);
    }
}
