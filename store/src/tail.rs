//! What shows that a folder's files do not go together: a journal that has lost its end or was exchanged, or a directory
//! that is older than its journal. Whoever opens such a folder would give out again what was given out before, and let in
//! whose access was taken back; so it is refused until somebody has decided what is to hold.

use crate::contract::StoreError;
use std::fmt;

/// A file that does not go with the journal beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The file's name.
    pub file: &'static str,
    /// What it tells.
    pub tells: Evidence,
}

/// What a file tells about the journal beside it. Numbers are journal positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The journal once reached this record, and does not now.
    Reached(u64),
    /// The journal had another frame at this record.
    AnotherJournal(u64),
    /// The file stands at this record; the journal's newest change of it is at `newest`.
    Behind {
        /// Where it stands.
        at: u64,
        /// Where it should stand.
        newest: u64,
    },
    /// The process that had the file open did not end in order, and the file's log is gone.
    LogGone,
    /// The file is not there.
    Missing,
}

/// Files of one folder do not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailLost {
    /// Where the journal ends.
    pub ends: u64,
    /// What shows that something is missing; never empty.
    pub witnesses: Vec<Witness>,
    /// Whether the folder is of the older format that is upgraded, which `credere recover` does not read.
    pub older: bool,
}

impl TailLost {
    /// How many records are known to be missing from the journal's end: at least so many are.
    pub fn missing(&self) -> u64 {
        let reached = self.witnesses.iter().map(|witness| match witness.tells {
            Evidence::Reached(seq) => seq,
            Evidence::AnotherJournal(_) | Evidence::Behind { .. } | Evidence::LogGone | Evidence::Missing => self.ends,
        });
        reached.max().unwrap_or(self.ends).saturating_sub(self.ends)
    }

    /// What somebody can do about it.
    pub(crate) const fn ways_out(&self) -> &'static str {
        if self.older {
            "put the missing files back, or `credere upgrade` a copy of a backup instead; `credere recover` does not read \
             a folder of this format"
        } else {
            "put the missing files back, or `credere restore` a backup into another folder, or go on without what is \
             missing with `credere recover --accept-loss`"
        }
    }
}

/// A loss that was accepted: which records the journal goes on without. It is a fact in the journal from before the
/// first file is changed, so that a recovery that is stopped at any step has its loss recorded all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedLoss {
    /// The first record that is missing, and in whose place the journal goes on.
    pub from_seq: u64,
    /// The last one that is known of; before `from_seq` where none is.
    pub upto_seq: u64,
}

impl AcceptedLoss {
    /// The name of the fact that holds the loss with this number: they count from 1, and none is left out.
    pub fn fact(number: u64) -> String {
        format!("accepted_loss_{number}")
    }

    /// The name of the fact that says that a record tells of the loss with this number.
    pub fn recorded_fact(number: u64) -> String {
        format!("accepted_loss_{number}_recorded")
    }

    /// Reads what such a fact holds.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for anything else.
    pub fn parse(text: &str) -> Result<AcceptedLoss, StoreError> {
        let numbers = text.split_once(' ').and_then(|(from, upto)| Some((from.parse().ok()?, upto.parse().ok()?)));
        let (from_seq, upto_seq) =
            numbers.ok_or_else(|| StoreError::corrupt(format!("`{text}` is no accepted loss")))?;
        Ok(AcceptedLoss { from_seq, upto_seq })
    }
}

impl From<&TailLost> for AcceptedLoss {
    fn from(lost: &TailLost) -> AcceptedLoss {
        AcceptedLoss { from_seq: lost.ends + 1, upto_seq: lost.ends + lost.missing() }
    }
}

impl fmt::Display for AcceptedLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.from_seq, self.upto_seq)
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file;
        match self.tells {
            Evidence::Reached(seq) => write!(f, "{file} knows of record {seq}"),
            Evidence::AnotherJournal(seq) => write!(f, "{file} belongs to a journal with another record {seq}"),
            Evidence::Behind { at, newest } => {
                write!(f, "{file} is older: it stands at record {at} and should stand at record {newest}")
            }
            Evidence::LogGone => write!(f, "{file}-wal is gone though the server did not end in order"),
            Evidence::Missing => write!(f, "{file} is missing, and with it every name and secret"),
        }
    }
}

impl fmt::Display for TailLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the journal ends at record {}", self.ends)?;
        self.witnesses.iter().try_for_each(|witness| write!(f, "; {witness}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_counted_from_the_furthest_witness() {
        let witness = |tells| Witness { file: "history.db", tells };
        let lost = TailLost {
            ends: 100,
            witnesses: vec![
                witness(Evidence::Reached(103)),
                witness(Evidence::Reached(120)),
                witness(Evidence::LogGone),
            ],
            older: false,
        };
        assert_eq!(lost.missing(), 20);
        let text = lost.to_string();
        assert!(text.starts_with("the journal ends at record 100; history.db knows of record 103; "), "{text}");
        let accepted = AcceptedLoss::from(&lost);
        assert_eq!((accepted.from_seq, accepted.upto_seq), (101, 120));
        assert_eq!(AcceptedLoss::parse(&accepted.to_string()).unwrap(), accepted);
        for wrong in ["", "101", "101 120 ", "101 -1"] {
            assert!(matches!(AcceptedLoss::parse(wrong), Err(StoreError::Corrupt(_))), "{wrong}");
        }
        let behind = Evidence::Behind { at: 3, newest: 9 };
        let witnesses = vec![witness(behind), witness(Evidence::LogGone)];
        assert_eq!(TailLost { witnesses, ..lost }.missing(), 0);
    }
}
