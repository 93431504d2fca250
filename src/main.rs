//! The program: turns the outcome of the command line into an exit code.

fn main() -> std::process::ExitCode {
    circular::cli::main()
}
