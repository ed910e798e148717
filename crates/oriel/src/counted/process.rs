//! The process itself, under the names that Prometheus has for it. What the system does not tell is left out.

use web::metrics::{Kind, Series};

/// Memory, open files, start.
pub fn read() -> Vec<Series> {
    let gauge = |name, help, value: Option<f64>| {
        value.map(|value| Series { name, help, kind: Kind::Gauge, samples: vec![(Vec::new(), value)] })
    };
    [
        gauge("process_resident_memory_bytes", "Memory that the process takes", memory()),
        gauge("process_open_fds", "Files and connections that are open", open_files()),
        gauge("process_max_fds", "How many of them there may be", most_files()),
        gauge("process_start_time_seconds", "When the process began, in seconds since 1970", begun()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kib| kib * 1024.0)
}

fn open_files() -> Option<f64> {
    // One of them is the folder that is being read.
    std::fs::read_dir("/proc/self/fd").ok().map(|entries| entries.count().saturating_sub(1) as f64)
}

fn most_files() -> Option<f64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The folder of a process is as old as the process.
fn begun() -> Option<f64> {
    let made = std::fs::metadata("/proc/self").ok()?.modified().ok()?;
    made.duration_since(std::time::UNIX_EPOCH).ok().map(|since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_told_on_this_system() {
        let value = |name: &str| {
            let found = read().into_iter().find(|series| series.name == name);
            found.unwrap_or_else(|| panic!("{name} is missing")).samples[0].1
        };
        assert!(value("process_resident_memory_bytes") > 1e6);
        assert!(value("process_open_fds") >= 3.0 && value("process_max_fds") >= value("process_open_fds"));
        let now = jiff::Timestamp::now().as_second() as f64;
        let begun = value("process_start_time_seconds");
        assert!(begun <= now + 1.0 && begun > now - 86_400.0, "{begun} {now}");
    }
}
