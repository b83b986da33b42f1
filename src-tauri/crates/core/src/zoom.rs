//! How large mashups are drawn: remembered for each, the same in all its
//! windows.

use serde::{Deserialize, Serialize};

use crate::host::Host;
use crate::{Desk, MashupId, WindowId};

/// The steps of browsers, in percent.
const LEVELS: &[u16] = &[50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/// How large a page is drawn, from 50 % to 300 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub struct Zoom(u16);

/// What a person does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says it all")]
pub enum ZoomStep {
    In,
    Out,
    Reset,
}

impl Default for Zoom {
    fn default() -> Self {
        Self(100)
    }
}

impl From<u16> for Zoom {
    fn from(percent: u16) -> Self {
        Self(percent.clamp(LEVELS[0], LEVELS[LEVELS.len() - 1]))
    }
}

impl From<Zoom> for u16 {
    fn from(zoom: Zoom) -> Self {
        zoom.0
    }
}

impl Zoom {
    /// As webviews have it: one is a page as it is.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// Reads what a webview has.
    pub fn from_factor(factor: f64) -> Self {
        // Saturates; what is no number is zero, and the smallest then.
        Self::from((factor * 100.0).round() as u16)
    }

    fn after(self, step: ZoomStep) -> Self {
        let level = match step {
            ZoomStep::In => LEVELS.iter().find(|level| **level > self.0),
            ZoomStep::Out => LEVELS.iter().rfind(|level| **level < self.0),
            ZoomStep::Reset => return Self::default(),
        };
        level.map_or(self, |level| Self(*level))
    }
}

impl<H: Host> Desk<H> {
    /// Draws the mashup of a window larger, smaller or as it is, here and in
    /// its other windows, now and later.
    pub fn zoom(&self, window: WindowId, step: ZoomStep) {
        self.change_zoom(window, None, |zoom| zoom.after(step));
    }

    /// The webview of a window has changed its zoom by itself.
    pub fn zoomed(&self, window: WindowId, zoom: Zoom) {
        self.change_zoom(window, Some(window), |_| zoom);
    }

    /// How large a mashup is drawn.
    pub(crate) fn zoom_of(&self, mashup: &MashupId) -> Zoom {
        self.used().zoom.get(mashup.as_str()).copied().unwrap_or_default()
    }

    fn change_zoom(&self, window: WindowId, but: Option<WindowId>, change: impl FnOnce(Zoom) -> Zoom) {
        let Some(mashup) = self.window(window).map(|session| session.mashup) else { return };
        let before = self.zoom_of(&mashup);
        let zoom = change(before);
        if zoom == before {
            return;
        }
        let remembered = self.change_used(|used| {
            if zoom == Zoom::default() {
                used.zoom.remove(mashup.as_str());
            } else {
                used.zoom.insert(mashup.to_string(), zoom);
            }
        });
        if let Err(error) = remembered {
            tracing::warn!(%error, "the zoom is not remembered");
        }
        for (other, session) in self.windows() {
            if session.mashup == mashup && Some(other) != but {
                self.host.zoom(other, zoom);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_as_browsers_go() {
        let walk = |from: u16, step| -> Vec<u16> {
            let mut zoom = Zoom::from(from);
            let mut levels = Vec::new();
            loop {
                let next = zoom.after(step);
                if next == zoom {
                    return levels;
                }
                levels.push(next.0);
                zoom = next;
            }
        };
        assert_eq!(walk(100, ZoomStep::In), [110, 125, 150, 175, 200, 250, 300]);
        assert_eq!(walk(100, ZoomStep::Out), [90, 80, 75, 67, 50]);
        assert_eq!(walk(240, ZoomStep::Reset), [100]);
        // Between two steps, as a webview of its own mind may be.
        assert_eq!(walk(105, ZoomStep::Out)[0], 100);
        assert_eq!(walk(245, ZoomStep::In), [250, 300]);
    }

    #[test]
    fn nonsense_has_a_limit() {
        for (factor, percent) in [(1.1, 110), (0.25, 50), (5.0, 300), (f64::NAN, 50), (-1.0, 50), (1e9, 300)]
        {
            assert_eq!(Zoom::from_factor(factor), Zoom(percent), "{factor}");
        }
        assert_eq!(serde_json::from_str::<Zoom>("7").expect("a zoom"), Zoom(50));
        assert_eq!(serde_json::to_string(&Zoom(125)).expect("a number"), "125");
        assert_eq!(Zoom(67).factor(), 0.67);
    }
}
