//! What one operation costs without a disk: deciding and evolving in memory, encoding and decoding its record, sealing
//! a frame, reading an amount and applying a rate.

use credere_bench::fixture::{authorize_all, book_of, operations, payload};
use credere_core::book::Record;
use credere_core::money::{Amount, Rate, Rounding};
use credere_store::frame::{Frame, Position};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const CUSTOMERS: u64 = 100_000;
const OPERATIONS: u64 = 10_000;

fn decide_and_evolve(criterion: &mut Criterion) {
    let book = book_of(CUSTOMERS).expect("the book is made of events that fit");
    let operations = operations(CUSTOMERS, OPERATIONS);
    let mut group = criterion.benchmark_group("decide and evolve");
    group.throughput(Throughput::Elements(OPERATIONS)).sample_size(20);
    group.bench_function("authorize, 100,000 customers", |bencher| {
        let fresh = || book.clone();
        bencher.iter_batched_ref(fresh, |book| authorize_all(book, &operations), BatchSize::LargeInput);
    });
    group.finish();
}

fn records(criterion: &mut Criterion) {
    let payload = payload(1_000).expect("authorizations encode");
    let records = Record::read_payload(&payload).expect("what was encoded decodes");
    let mut group = criterion.benchmark_group("record");
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("encode", |bencher| {
        bencher.iter(|| Record::payload(black_box(&records)));
    });
    group.bench_function("decode", |bencher| bencher.iter(|| Record::read_payload(black_box(&payload))));
    group.finish();
}

fn frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("seal a frame");
    for batch in [1, 1_000] {
        let payload = payload(batch).expect("authorizations encode");
        group.throughput(Throughput::Bytes(payload.len() as u64));
        group.bench_function(format!("of {batch}"), |bencher| {
            let copy = || payload.clone();
            let seal = |payload| Frame::seal(&Position::default(), batch, Default::default(), payload);
            bencher.iter_batched(copy, seal, BatchSize::SmallInput);
        });
    }
    group.finish();
}

fn money(criterion: &mut Criterion) {
    criterion.bench_function("read an amount", |bencher| bencher.iter(|| black_box("12345.67").parse::<Amount>()));
    let rate: Rate = "0.87".parse().expect("a rate");
    let amount: Amount = "12345.67".parse().expect("an amount");
    criterion.bench_function("apply a rate", |bencher| {
        bencher.iter(|| black_box(rate).of(black_box(amount), Rounding::HalfEven));
    });
}

criterion_group!(benches, decide_and_evolve, records, frames, money);
criterion_main!(benches);
