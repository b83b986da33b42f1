//! What the system's browser shows when it comes back from signing in.

use mashdesk_core::Error;

use super::message_page::escape;
use crate::commands::Problem;
use crate::words::{Language, Words};

/// The page: what happened, and that the tab can be closed.
pub(super) fn page(language: &Language, error: Option<&Error>) -> String {
    let Words { title, advice } = match error {
        Some(error) => language.problem(&Problem::from(error)),
        None => Words {
            title: language.message("sign_in_page.title").to_owned(),
            advice: language.message("sign_in_page.advice").to_owned(),
        },
    };
    format!(
        include_str!("sign_in_page.html"),
        language = language.tag,
        title = escape(&title),
        advice = escape(&advice),
        close = escape(language.message("sign_in_page.close")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_says_is_text_and_never_markup() {
        let error =
            Error::SignInProvider { host: "<b>p</b>".to_owned(), reason: "<script>x</script>".to_owned() };
        let page = page(Language::chosen(Default::default()), Some(&error));
        assert!(!page.contains("<script") && !page.contains("<b>p"), "{page}");
    }
}
