//! The app's processes, as the system counts them.

use std::collections::BTreeMap;
use std::fs;
use std::process;

use anyhow::{Context, Result, bail};

use crate::desktop::Page;

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

/// The process that draws a page, known by what the page makes it hold: it may
/// have been built ahead, and no page knows its process.
pub(crate) fn drawing(page: &Page) -> Result<u32> {
    const HELD: u64 = 128 << 20;
    let before = renderers()?.into_iter().map(|pid| Ok((pid, share_of(pid)?))).collect::<Result<Vec<_>>>()?;
    page.look(&format!("(window.held = new Uint8Array({HELD}).fill(1)).length"))?;
    for (pid, memory) in before {
        if share_of(pid)? > memory + HELD / 2 {
            return Ok(pid);
        }
    }
    bail!("no process draws it")
}

/// Whether a process of that name draws pages; the system cuts names short.
pub(crate) fn is_renderer(name: &str) -> bool {
    name.starts_with("WebKitWebProces")
}

/// All processes below the app's own, but for one that is not the app's and what
/// is below that.
pub(crate) fn below(other: Option<u32>) -> Result<Vec<Process>> {
    let own = process::id();
    let others = other.map(tree).transpose()?.unwrap_or_default();
    let others: Vec<u32> = others.iter().map(|process| process.pid).chain([own]).collect();
    Ok(tree(own)?.into_iter().filter(|process| !others.contains(&process.pid)).collect())
}

/// A process and all below it.
pub(crate) fn tree(top: u32) -> Result<Vec<Process>> {
    let all = all()?;
    let mut found: Vec<Process> =
        all.iter().map(|(process, _)| process).filter(|process| process.pid == top).cloned().collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|process| process.pid) {
        found.extend(all.iter().filter(|(_, of)| *of == parent).map(|(child, _)| child.clone()));
        next += 1;
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

/// The threads of the app's own process by which WebKit listens to its processes;
/// each holds a handle.
pub(crate) fn receive_queues() -> Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir("/proc/self/task")? {
        // One that has ended by now is none.
        let name = fs::read_to_string(entry?.path().join("comm")).unwrap_or_default();
        count += usize::from(name.trim() == "ReceiveQueue");
    }
    Ok(count)
}

/// The memory of the app's own process, in bytes.
pub(crate) fn own_memory() -> Result<u64> {
    share_of(process::id())
}

/// The memory of the app's process and all below it by their names, in bytes:
/// what several share is counted once.
pub(crate) fn memory(other: Option<u32>) -> Result<BTreeMap<String, u64>> {
    let app = Process { pid: process::id(), name: "mashdesk".to_owned() };
    memory_by_name(below(other)?.into_iter().chain([app]))
}

/// The same of any process and all below it.
pub(crate) fn memory_of(top: u32) -> Result<BTreeMap<String, u64>> {
    memory_by_name(tree(top)?)
}

fn memory_by_name(processes: impl IntoIterator<Item = Process>) -> Result<BTreeMap<String, u64>> {
    let mut memory = BTreeMap::new();
    for Process { pid, name } in processes {
        *memory.entry(name).or_insert(0) += share_of(pid)?;
    }
    Ok(memory)
}

/// How long a process and all below it have computed, by their names, in seconds;
/// those that have ended do not count.
pub(crate) fn computed(top: u32) -> Result<BTreeMap<String, f64>> {
    let mut seconds = BTreeMap::new();
    for Process { pid, name } in tree(top)? {
        // One that is gone by now has none.
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        // User and system, in the ticks of every Linux: a hundred a second.
        let ticks = fields.get(11..13).context("no times")?.iter().map(|ticks| ticks.parse::<f64>());
        *seconds.entry(name).or_insert(0.0) += ticks.sum::<Result<f64, _>>()? / 100.0;
    }
    Ok(seconds)
}

/// A process's share of the memory, in bytes.
fn share_of(pid: u32) -> Result<u64> {
    // One that is gone by now has none.
    let Ok(rollup) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else { return Ok(0) };
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("a rollup without Pss")?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib << 10)
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
