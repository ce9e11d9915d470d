//! One run of the benchmarks: what several of them need is made once and kept here.

use crate::options::Options;
use crate::place;
use crate::report::Quantity;
use crate::reporter::Reporter;
use crate::world::World;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// One run of the benchmarks and what they share.
pub(super) struct Run<'a> {
    pub(super) options: &'a Options,
    pub(super) reporter: &'a dyn Reporter,
    pub(super) runtime: Runtime,
    pub(super) folder: TempDir,
    /// Raw appends a second, in operations, by batch size.
    pub(super) raw: BTreeMap<u64, Quantity>,
    /// The same of usage records, a thousand a write.
    pub(super) raw_usage: Option<Quantity>,
    /// Our own rate in process.
    pub(super) ours: Option<Quantity>,
    /// A closed data folder with many customers, to be copied.
    pub(super) many: Option<PathBuf>,
}

impl<'a> Run<'a> {
    pub(super) fn new(options: &'a Options, reporter: &'a dyn Reporter) -> anyhow::Result<Run<'a>> {
        Ok(Run {
            options,
            reporter,
            runtime: Runtime::new()?,
            folder: place::folder(options.data.as_deref())?,
            raw: BTreeMap::new(),
            raw_usage: None,
            ours: None,
            many: None,
        })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The world of many customers: a million, or as many as are asked for, or few when run small.
    pub(super) fn many(&self) -> World {
        World { customers: self.options.size(2_000, self.options.customers.unwrap_or(1_000_000)) }
    }

    /// A fresh copy of a data folder with that world, which nobody has worked on yet.
    pub(super) fn copy_of_many(&mut self, name: &str) -> anyhow::Result<PathBuf> {
        let origin = match &self.many {
            Some(origin) => origin.clone(),
            None => {
                let origin = self.path("many");
                self.build(&origin, self.many())?;
                self.many.insert(origin).clone()
            }
        };
        let copy = self.path(name);
        place::copy(&origin, &copy)?;
        Ok(copy)
    }

    /// Makes a data folder with this world and closes it.
    pub(super) fn build(&self, folder: &Path, world: World) -> anyhow::Result<()> {
        let app = place::open_app(folder)?;
        let built = self.runtime.block_on(world.build(&app, self.reporter));
        app.close();
        built
    }
}
