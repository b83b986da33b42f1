//! The app's processes, as the system counts them.

use std::collections::BTreeMap;
use std::fs;
use std::process;

use anyhow::{Context, Result};

/// One process below the app's.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) name: String,
}

/// The processes that draw pages.
pub(crate) fn renderers() -> Result<Vec<u32>> {
    Ok(below(None)?
        .into_iter()
        .filter(|process| is_renderer(&process.name))
        .map(|process| process.pid)
        .collect())
}

/// Whether a process of that name draws pages; the system cuts names short.
pub(crate) fn is_renderer(name: &str) -> bool {
    name.starts_with("WebKitWebProces")
}

/// All processes below the app's own, but for one that is not the app's.
pub(crate) fn below(other: Option<u32>) -> Result<Vec<Process>> {
    under(process::id(), other)
}

/// All processes below another one.
pub(crate) fn under(top: u32, other: Option<u32>) -> Result<Vec<Process>> {
    let all = all()?;
    let mut found = Vec::new();
    let mut parents = vec![top];
    while let Some(parent) = parents.pop() {
        for (child, of) in &all {
            if *of == parent && Some(child.pid) != other {
                parents.push(child.pid);
                found.push(child.clone());
            }
        }
    }
    Ok(found)
}

/// What the app's own process holds open: files by their kind, since their
/// numbers and names differ.
pub(crate) fn handles() -> Result<Vec<String>> {
    let mut handles = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        // The handle that lists them is closed by now.
        if let Ok(target) = fs::read_link(entry?.path()) {
            let target = target.to_string_lossy().into_owned();
            handles.push(target.split(":[").next().unwrap_or_default().to_owned());
        }
    }
    Ok(handles)
}

/// The memory of the app's process and all below it by their names, in bytes:
/// what several share is counted once.
pub(crate) fn memory(other: Option<u32>) -> Result<BTreeMap<String, u64>> {
    let app = Process { pid: process::id(), name: "mashdesk".to_owned() };
    let mut memory = BTreeMap::new();
    for Process { pid, name } in below(other)?.into_iter().chain([app]) {
        // One that is gone by now has none.
        let Ok(rollup) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else { continue };
        let line =
            rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("a rollup without Pss")?;
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        *memory.entry(name).or_insert(0) += kib << 10;
    }
    Ok(memory)
}

/// Every process with its parent's number.
fn all() -> Result<Vec<(Process, u32)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // One that is gone by now is none.
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let (name, rest) = parse(&stat).with_context(|| stat.clone())?;
        all.push((Process { pid, name }, rest));
    }
    Ok(all)
}

/// `pid (name) state parent …`; a name may hold parentheses and spaces.
fn parse(stat: &str) -> Option<(String, u32)> {
    let (start, end) = (stat.find('(')?, stat.rfind(')')?);
    let parent = stat.get(end + 1..)?.split_whitespace().nth(1)?.parse().ok()?;
    Some((stat.get(start + 1..end)?.to_owned(), parent))
}
