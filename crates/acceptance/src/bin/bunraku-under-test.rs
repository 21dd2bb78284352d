//! The program `bunraku` for the tests of this package: cargo hands a test only binaries of its own package.

fn main() -> std::process::ExitCode {
    bunraku::cli::main()
}
