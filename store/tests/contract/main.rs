//! The suite that every store passes. Each test is generic over a [`Subject`] and is run for each store by the lists at
//! the end; what can only be asked of SQLite files is in `sqlite_only`.
#![expect(clippy::unwrap_used, reason = "generic test functions do not bear the attribute that permits it")]

mod bills;
mod chains;
mod damage;
mod directory;
mod folders;
mod history;
mod invitations;
mod journal;
mod keys;
mod outbox;
mod recovery;
mod resources;
mod search;
mod signatures;
mod snapshots;
mod sqlite_only;
mod sums;
mod turned;
mod vouchers;

use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_store::contract::{
    DeploymentStore, DirectoryWrite, HistoryFold, Journal, KeyRow, ProfilePatch, ShardStore, Store, StoreError,
};
use credere_store::frame::Frame;
use credere_store::memory::MemoryStore;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A store under test. It is cut small, so that few rows reach across many borders.
trait Subject: Sized {
    /// Both kinds of handles are asked at the store itself, which has one shard.
    type Under: Store + ShardStore + DeploymentStore + 'static;

    fn fresh() -> Self;

    fn shared(&self) -> Arc<Self::Under>;

    fn store(&self) -> &Self::Under;

    /// Closes the store and opens it again, as a new process would.
    fn restart(&mut self);

    /// Appends a frame so that its directory changes are written and the frame itself is not, and starts again.
    fn append_and_lose(&mut self, frame: &Frame, writes: &[DirectoryWrite]);
}

struct Memory(Arc<MemoryStore>);

impl Subject for Memory {
    type Under = MemoryStore;

    fn fresh() -> Memory {
        Memory(Arc::default())
    }

    fn shared(&self) -> Arc<MemoryStore> {
        self.0.clone()
    }

    fn store(&self) -> &MemoryStore {
        &self.0
    }

    fn restart(&mut self) {
        self.0.reopen().unwrap();
    }

    fn append_and_lose(&mut self, frame: &Frame, writes: &[DirectoryWrite]) {
        self.0.fail_next_append(StoreError::io("on request"));
        assert!(matches!(self.0.append(frame, writes), Err(StoreError::Io(_))));
        self.restart();
    }
}

struct Sqlite {
    folder: TempDir,
    store: Option<Arc<SqliteStore>>,
}

/// Eight positions a history segment, 64 keys a filter, two or three names a sheet, and no patience.
fn small() -> OpenOptions {
    OpenOptions {
        create: true,
        segment_bits: 3,
        keys_per_group: 64,
        small_run: 8,
        loose_max: 3,
        sheet_bytes: 24,
        patience: Duration::ZERO,
        ..OpenOptions::default()
    }
}

fn opened(folder: &Path, options: &OpenOptions) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(folder, options.clone()).unwrap())
}

impl Subject for Sqlite {
    type Under = SqliteStore;

    fn fresh() -> Sqlite {
        let folder = tempfile::tempdir().unwrap();
        let store = Some(opened(folder.path(), &small()));
        Sqlite { folder, store }
    }

    fn shared(&self) -> Arc<SqliteStore> {
        self.store.clone().unwrap()
    }

    fn store(&self) -> &SqliteStore {
        self.store.as_ref().unwrap()
    }

    fn restart(&mut self) {
        self.store = None;
        self.store = Some(opened(self.folder.path(), &OpenOptions { create: false, ..small() }));
    }

    fn append_and_lose(&mut self, frame: &Frame, writes: &[DirectoryWrite]) {
        // The journal without the frame is the one from before, and a crash leaves everything else as it is.
        let path = self.folder.path().join("journal.db");
        self.store = None;
        let before = std::fs::read(&path).unwrap();
        self.store = Some(opened(self.folder.path(), &OpenOptions { create: false, ..small() }));
        self.store().append(frame, writes).unwrap();
        self.store = None;
        std::fs::write(&path, before).unwrap();
        self.restart();
    }
}

/// The same with 4,096 positions a history segment, which a folder keeps.
struct Wide(Sqlite);

impl Subject for Wide {
    type Under = SqliteStore;

    fn fresh() -> Wide {
        let folder = tempfile::tempdir().unwrap();
        let store = Some(opened(folder.path(), &OpenOptions { segment_bits: 12, ..small() }));
        Wide(Sqlite { folder, store })
    }

    fn shared(&self) -> Arc<SqliteStore> {
        self.0.shared()
    }

    fn store(&self) -> &SqliteStore {
        self.0.store()
    }

    fn restart(&mut self) {
        self.0.restart();
    }

    fn append_and_lose(&mut self, frame: &Frame, writes: &[DirectoryWrite]) {
        self.0.append_and_lose(frame, writes);
    }
}

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

fn at(micros: i64) -> Moment {
    Moment::from_micros(micros)
}

/// The frame that comes next in this store, with this payload.
fn next(store: &impl Journal, events: u64, payload: &[u8]) -> Frame {
    let last = store.last().unwrap();
    Frame::seal(&last, events, at(last.seq as i64 * 1_000), payload.to_vec())
}

/// Appends a frame of one event with these directory changes.
fn commit(store: &impl Journal, writes: &[DirectoryWrite]) -> Frame {
    let frame = next(store, 1, b"event");
    store.append(&frame, writes).unwrap();
    frame
}

fn named(number: u64, name: &str) -> DirectoryWrite {
    let patch = ProfilePatch { name: Some(Some(name.to_owned())), ..ProfilePatch::default() };
    DirectoryWrite::Profile { uin: uin(number), patch }
}

/// What an organization's admin calls a member, and notes of it.
fn noted_by_its_admin(number: u64, name: &str, remark: &str) -> DirectoryWrite {
    let [member_name, member_remark] = [name, remark].map(|text| Some(Some(text.to_owned())));
    DirectoryWrite::Profile {
        uin: uin(number),
        patch: ProfilePatch { member_name, member_remark, ..ProfilePatch::default() },
    }
}

/// Makes the journal end with event `upto` at least, with a frame's end there.
fn reach(store: &impl Journal, upto: u64) {
    let last = store.last().unwrap().seq;
    if upto > last {
        let frame = next(store, upto - last, b"events");
        store.append(&frame, &[]).unwrap();
    }
}

/// What is written behind the journal, with the journal that it is written behind.
trait Behind: ShardStore {
    fn fold_on(&self, fold: HistoryFold) -> Result<(), StoreError>;

    fn seal_on(&self, upto_seq: u64, rows: Vec<KeyRow>) -> Result<(), StoreError>;
}

impl<S: ShardStore> Behind for S {
    fn fold_on(&self, fold: HistoryFold) -> Result<(), StoreError> {
        reach(self, fold.upto_seq);
        self.fold(fold)
    }

    fn seal_on(&self, upto_seq: u64, rows: Vec<KeyRow>) -> Result<(), StoreError> {
        reach(self, upto_seq);
        self.seal_keys(self.sealed_keys_seq()?, upto_seq, rows)
    }
}

fn frames(store: &impl Journal, after_seq: u64) -> Result<Vec<Frame>, StoreError> {
    let mut found = Vec::new();
    store.frames(after_seq, u64::MAX, &mut |frame| {
        found.push(frame);
        Ok(())
    })?;
    Ok(found)
}

/// Runs every listed test for every store.
macro_rules! run_for_every_store {
    ($($module:ident: $($test:ident),+;)+) => {
        mod on_memory {
            $($(#[test] fn $test() { crate::$module::$test::<crate::Memory>(); })+)+
        }
        mod on_sqlite {
            $($(#[test] fn $test() { crate::$module::$test::<crate::Sqlite>(); })+)+
        }
    };
}

run_for_every_store! {
    journal:
        frames_come_back_as_they_were, a_frame_that_does_not_follow_is_refused, the_end_is_found_after_a_restart,
        a_walk_starts_at_a_frames_end_only, what_follows_the_journal_ends_where_a_frame_does, a_visitor_ends_the_walk_and_may_ask_the_store,
        a_long_journal_is_walked_to_its_end, facts_are_fixed_once, a_store_hands_out_its_shard_and_the_deployment,
        the_chain_is_verified,
        reopening_changes_nothing_that_is_durable;
    directory:
        a_patch_changes_what_it_names, a_lost_frame_leaves_nothing_in_the_directory,
        two_changes_in_one_frame_are_taken_back_together, only_the_newest_version_is_seen,
        credentials_come_and_go, platform_keys_come_and_go, what_is_the_deployments_is_no_shards, a_second_credential_of_one_name_is_refused,
        exact_terms_match_whole_fields, contained_terms_match_in_any_case_and_literally,
        an_erased_profile_is_gone_in_every_version, kept_answers_come_and_go;
    search:
        customers_are_found_in_the_order_of_their_bindings, what_changes_is_found_as_it_is_now,
        a_lost_frame_leaves_nothing_that_is_found, nobody_finds_anothers_customers, an_erased_name_is_found_no_more,
        what_is_found_is_what_looking_at_everybody_finds, customers_are_made_searchable_anew;
    history:
        allocations_are_paged_across_segments, a_fold_moves_the_position, an_order_is_replaced_by_its_newer_row,
        orders_are_found_by_who_pays,
        orders_are_filtered_and_paged, a_closed_authorization_is_found, audit_entries_are_filtered,
        an_audit_entry_is_found_by_its_request, cleared_history_starts_again;
    bills:
        lines_are_filtered_and_paged, lines_are_visited_and_found_by_number, a_long_bill_is_visited_to_its_end,
        a_bills_sums_are_those_of_its_lines, a_fold_that_is_written_again_adds_to_no_sum,
        sums_beyond_an_amount_are_told_as_such_and_stop_nothing,
        the_months_of_an_accounts_bills_are_found, receipts_come_back_in_order, cleared_bills_start_again;
    sums:
        a_bill_is_summed_by_resource_in_pages, a_bill_is_summed_by_the_values_of_a_tag_in_pages, a_bill_is_summed_by_day,
        whatever_is_asked_of_a_bill_is_what_its_lines_say, a_bill_that_grows_is_told_as_of_one_moment;
    vouchers:
        vouchers_are_filtered_and_paged, a_voucher_is_replaced_by_its_newer_row,
        a_vouchers_payments_are_paged_and_counted_by_month;
    resources:
        the_newest_resource_of_a_name_is_found, resources_are_filtered_and_paged, notices_are_filtered_and_paged;
    invitations:
        an_invitation_is_replaced_by_its_newer_row, every_end_of_an_invitation_comes_back,
        invitations_are_paged_and_counted, an_invitation_beyond_its_fold_is_refused, cleared_invitations_start_again;
    keys:
        used_keys_are_found_and_strangers_are_not, many_small_runs_are_all_found, a_key_used_again_later_counts_later,
        keys_are_forgotten_when_their_run_is_old, lasting_keys_are_forgotten_by_a_moment_of_their_own, cleared_keys_start_again;
    outbox:
        deliveries_are_queued_once_with_their_position, two_deliveries_of_one_name_are_refused,
        a_lane_gives_what_is_due_the_longest_due_first,
        a_settled_delivery_waits_no_more_and_remembers_its_attempts, only_the_newest_attempts_are_kept,
        deliveries_are_listed_by_lane_and_by_occurrence, a_lane_is_ended_and_switched_off,
        only_old_settled_deliveries_are_forgotten, telling_history_anew_sends_nothing_again,
        webhooks_come_change_and_go, a_lost_frame_leaves_no_webhook;
    signatures:
        signatures_come_back_after_a_restart, replaced_signatures_are_gone, rows_of_every_kind_come_back;
    snapshots:
        the_newest_image_not_after_a_position_is_visited, two_images_are_kept, a_visitor_may_fail_and_ask_the_store,
        an_image_of_changes_is_read_with_all_that_it_builds_on, two_whole_images_are_kept_with_what_builds_on_them,
        changes_outweigh_the_whole_image_or_not, changes_need_an_image_that_is_not_before_them,
        images_after_a_position_are_forgotten;
}
