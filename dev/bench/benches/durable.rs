//! Durable authorizations in process at several batch sizes, one request waiting, beside raw append and fdatasync of the
//! same bytes.

use credere_bench::fixture::payload;
use credere_bench::{Load, Silent, World, authorize, open_app, raw_append};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::cell::Cell;
use std::time::Duration;

const BATCHES: [u64; 4] = [1, 100, 1_000, 5_000];

fn durable(criterion: &mut Criterion) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder beside the build");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = open_app(&folder.path().join("data")).expect("a store");
    let world = World { customers: 10_000 };
    runtime.block_on(world.build(&app, &Silent)).expect("a world");
    let salt = Cell::new(0);
    let mut group = criterion.benchmark_group("durable authorize");
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    for batch in BATCHES {
        group.throughput(Throughput::Elements(batch));
        group.bench_function(format!("in process, {batch} a request"), |bencher| {
            bencher.iter_custom(|times| {
                salt.set(salt.get() + 1);
                let load = Load { operations: times * batch, batch, waiting: 1, salt: salt.get() };
                runtime.block_on(authorize(&app, world, load, &Silent)).expect("ample credit").time
            });
        });
        let payload = payload(batch).expect("authorizations encode");
        group.bench_function(format!("raw append, {batch} a write"), |bencher| {
            bencher.iter_custom(|times| {
                let enough = |done, _| done < times;
                raw_append(folder.path(), &payload, enough).expect("a disk").1
            });
        });
    }
    group.finish();
    app.close();
}

criterion_group!(benches, durable);
criterion_main!(benches);
