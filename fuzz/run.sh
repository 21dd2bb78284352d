#!/bin/sh
# Fuzzes a target with the stable compiler: fuzz/run.sh parse [seconds] [folder with seeds]
#
# cargo-fuzz wants a nightly compiler for its sanitizers. Coverage guidance, which is what finds inputs, needs
# only code generation options that stable has.
set -eu
cd "$(dirname "$0")"
target=$1
seconds=${2:-60}
seeds=${3:-}
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing"
triple=$(rustc -vV | sed -n 's/^host: //p')
# An explicit target keeps the options away from build scripts.
cargo build --release --bin "$target" --target "$triple"
mkdir -p "corpus/$target" "artifacts/$target"
exec "${CARGO_TARGET_DIR:-target}/$triple/release/$target" "corpus/$target" ${seeds:+"$seeds"} \
    -max_total_time="$seconds" -artifact_prefix="artifacts/$target/" -timeout=10 -rss_limit_mb=2048 \
    -max_len=4096 -use_value_profile=1
