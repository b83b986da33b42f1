//! A page of words in a mashup's window: what happened, what to do next, and a
//! way on. It has no scripts; its links are addresses that only the shell
//! understands, and only while the page is up.

use mashdesk_core::{Error, Next};
use url::Url;

use crate::commands::Problem;
use crate::words::Language;

/// The scheme of the page's links.
const SCHEME: &str = "mashdesk-window";

/// What a person chose on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Retry,
    Close,
}

impl Choice {
    /// Reads one of the page's links.
    pub(super) fn of(url: &Url) -> Option<Self> {
        match (url.scheme(), url.path()) {
            (SCHEME, "retry") => Some(Self::Retry),
            (SCHEME, "close") => Some(Self::Close),
            _ => None,
        }
    }
}

/// The page.
pub(super) fn page(language: &Language, title: &str, error: &Error, next: Next) -> String {
    let mut problem = Problem::from(error);
    // Core knows the mashup by its id, the person by its title.
    problem.details.entry("mashup".to_owned()).and_modify(|mashup| title.clone_into(mashup));
    let words = language.problem(&problem);
    let details: String = std::iter::once(("code", &problem.code))
        .chain(problem.details.iter().map(|(name, value)| (name.as_str(), value)))
        .map(|(name, value)| format!("<dt>{}<dd>{}", escape(name), escape(value)))
        .collect();
    let (retry, close, waits) = match next {
        Next::Person => ("windows.retry", "windows.close", ""),
        Next::Waits => ("windows.try_now", "windows.cancel", language.message("windows.tries_again")),
    };
    format!(
        include_str!("message_page.html"),
        language = language.tag,
        mashup = escape(title),
        title = escape(&words.title),
        advice = escape(&words.advice),
        retry = escape(language.message(retry)),
        close = escape(language.message(close)),
        waits = escape(waits),
        details_title = escape(language.message("problem.details")),
        code = escape(&problem.code),
        details = details,
        scheme = SCHEME,
    )
}

pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_websites_reason_is_text_and_never_markup() {
        let error = Error::NotAuthorised {
            mashup: "m7".to_owned(),
            reason: "<script>alert('x')</script> & \"more\"".to_owned(),
        };
        let page = page(Language::chosen(Default::default()), "<b>Sales</b>", &error, Next::Person);
        assert!(!page.contains("<script") && !page.contains("<b>Sales"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{page}");
    }

    #[test]
    fn only_its_own_links_are_choices() {
        let choice = |text: &str| Choice::of(&Url::parse(text).expect("a URL"));
        assert_eq!(choice("mashdesk-window:retry"), Some(Choice::Retry));
        assert_eq!(choice("mashdesk-window:close"), Some(Choice::Close));
        for other in ["mashdesk-window:quit", "mashdesk:retry", "https://portal.example/retry"] {
            assert_eq!(choice(other), None, "{other}");
        }
    }
}
