//! The app's processes, as the system counts them.

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
    Ok(below()?.into_iter().filter(|process| is_renderer(&process.name)).map(|process| process.pid).collect())
}

/// Whether a process of that name draws pages; the system cuts names short.
pub(crate) fn is_renderer(name: &str) -> bool {
    name.starts_with("WebKitWebProces")
}

/// All processes below the app's own.
pub(crate) fn below() -> Result<Vec<Process>> {
    let all = all()?;
    let mut found = Vec::new();
    let mut parents = vec![process::id()];
    while let Some(parent) = parents.pop() {
        for (child, of) in &all {
            if *of == parent {
                parents.push(child.pid);
                found.push(child.clone());
            }
        }
    }
    Ok(found)
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
