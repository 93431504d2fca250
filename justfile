# The commands of every day; `just` alone lists them.

_default:
    @just --list

# The whole thing with no network and no mail server
demo:
    cargo run --release -- demo

# Everything a change has to pass, fast parts first
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo test
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps
    cargo deny check
    cargo machete

# What the gate runs on a clean clone
ci:
    bash .ci/run

# What is promised of speed, each figure beside a reference in the same run; writes docs/performance.md
bench:
    cargo bench --bench performance

# The kernels one by one
kernels:
    cargo bench --bench parse --bench curate --bench store

# What the kernels cost in instructions, beside the last release; `just instructions --write` at a release
instructions *words:
    bash .ci/instructions {{words}}
