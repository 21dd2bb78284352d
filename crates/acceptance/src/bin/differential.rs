//! Compares the catalogs of every class and defined type of a collection of modules with real Puppet's.
//!
//! `cargo xtask differential` builds and runs it with options checked; the options here are `name=value`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of the command line")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use acceptance::differential::outcome::Outcome;
use acceptance::differential::{Plan, Result, run};

#[derive(Default)]
struct Tally {
    same_catalogs: usize,
    same_errors: usize,
    differ: usize,
    /// Refusals that were kept to compare them; they are no declarations that could become catalogs.
    refusals: usize,
    seconds: (f64, f64),
    shown: Vec<String>,
}

fn main() -> ExitCode {
    let mut plan = Plan {
        modulepath: vec![PathBuf::from("/usr/share/puppet/modules")],
        modules: Vec::new(),
        every: 1,
        before: 0,
        systems: 1,
        specs: 12,
        refusals: 20,
        strict: true,
        puppet_lib: None,
        jobs: 1,
    };
    let (mut show, mut log) = (1, None);
    for argument in std::env::args().skip(1) {
        let Some((name, value)) = argument.split_once('=') else {
            eprintln!("{argument}: expected name=value");
            return ExitCode::from(2);
        };
        let number = || value.parse::<usize>().unwrap_or(1);
        match name {
            "modulepath" => plan.modulepath = value.split(':').map(PathBuf::from).collect(),
            "modules" => plan.modules = value.split(',').map(str::to_owned).collect(),
            "every" => plan.every = number(),
            "before" => plan.before = number(),
            "systems" => plan.systems = number(),
            "specs" => plan.specs = number(),
            "refusals" => plan.refusals = number(),
            "puppet-lib" => plan.puppet_lib = Some(value.into()),
            "strict" => plan.strict = value == "true",
            "jobs" => plan.jobs = number(),
            "show" => show = number(),
            "log" => log = Some(PathBuf::from(value)),
            other => {
                eprintln!("{other} is no option");
                return ExitCode::from(2);
            }
        }
    }
    let mut log = match log.map(std::fs::File::create).transpose() {
        Ok(log) => log,
        Err(error) => {
            eprintln!("could not make the log: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut modules: BTreeMap<String, Tally> = BTreeMap::new();
    let mut each = |result: Result| {
        if let Some(log) = &mut log {
            let Result { case, outcome, .. } = &result;
            let word = match outcome {
                Outcome::SameCatalog { .. } => "same",
                Outcome::SameError(_) => "same-error",
                _ => "differs",
            };
            let _ = writeln!(log, "{word} {} {outcome}", case.node);
        }
        let tally = modules.entry(result.case.module.clone()).or_default();
        tally.seconds.0 += result.seconds.0;
        tally.seconds.1 += result.seconds.1;
        tally.refusals += usize::from(result.case.node.contains("-refused"));
        match result.outcome {
            Outcome::SameCatalog { .. } => tally.same_catalogs += 1,
            Outcome::SameError(_) => tally.same_errors += 1,
            outcome => {
                tally.differ += 1;
                if tally.shown.len() < show {
                    tally.shown.push(format!("    {}: {outcome}", result.case.node));
                }
            }
        }
    };
    let result = run(&plan, &mut each);
    print(&modules);
    match result {
        Ok(()) if modules.values().all(|tally| tally.differ == 0) => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print(modules: &BTreeMap<String, Tally>) {
    println!(
        "{:<28} {:>8} {:>12} {:>9} {:>7} {:>10}",
        "module", "same", "same error", "differ", "same %", "catalogs %"
    );
    let mut total = Tally::default();
    for (module, tally) in modules {
        line(module, tally);
        tally.shown.iter().for_each(|shown| println!("{shown}"));
        total.same_catalogs += tally.same_catalogs;
        total.same_errors += tally.same_errors;
        total.differ += tally.differ;
        total.refusals += tally.refusals;
        total.seconds.0 += tally.seconds.0;
        total.seconds.1 += tally.seconds.1;
    }
    line("all", &total);
    println!("seconds of compiling: Puppet {:.1}, ours {:.1}", total.seconds.0, total.seconds.1);
}

fn line(name: &str, tally: &Tally) {
    let same = tally.same_catalogs + tally.same_errors;
    let share = 100.0 * same as f64 / (same + tally.differ).max(1) as f64;
    let declared = (same + tally.differ).saturating_sub(tally.refusals);
    let catalogs = 100.0 * tally.same_catalogs as f64 / declared.max(1) as f64;
    println!(
        "{name:<28} {:>8} {:>12} {:>9} {share:>7.1} {catalogs:>10.1}",
        tally.same_catalogs, tally.same_errors, tally.differ
    );
}
