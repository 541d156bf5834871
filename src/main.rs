//! The command line of hikitsugi; each command is a function of `hikitsugi::command`.

use std::process::ExitCode;

use clap::Parser;
use hikitsugi::command::{Cli, Failure, run};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(line)) => {
            eprintln!("hikitsugi: {line}");
            ExitCode::FAILURE
        }
    }
}
