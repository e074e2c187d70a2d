//! `cargo bench --bench micro`: the programs of `fixtures/bench/micro`, each on one module that is native, beside the
//! interpreter that `PYTHON` names.

fn main() {
    taipan_bench::programs::compare("fixtures/bench/micro");
}
