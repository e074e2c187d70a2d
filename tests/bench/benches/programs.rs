//! `cargo bench --bench programs`: the programs of `fixtures/bench`, each on one thing that the interpreter does,
//! beside the interpreter that `PYTHON` names.

fn main() {
    taipan_bench::programs::compare("fixtures/bench");
}
