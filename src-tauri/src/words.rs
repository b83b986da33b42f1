//! What a person reads outside the launcher's page. The words are the
//! launcher's own message files, so that each sentence is written once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::commands::Problem;

/// What went wrong and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Words {
    pub(crate) title: String,
    pub(crate) advice: String,
}

/// The language of the screen and the words in it.
pub(crate) struct Language {
    /// Its tag, as HTML's `lang` has it.
    pub(crate) tag: &'static str,
    problems: BTreeMap<String, Words>,
    messages: BTreeMap<String, String>,
}

impl Language {
    /// The language that the person chose, or the system's where there are
    /// words for it, or English.
    pub(crate) fn chosen(language: mashdesk_core::Language) -> &'static Self {
        match language {
            mashdesk_core::Language::System => Self::of(&sys_locale::get_locale().unwrap_or_default()),
            mashdesk_core::Language::English => Self::of("en"),
            mashdesk_core::Language::Spanish => Self::of("es"),
        }
    }

    fn of(locale: &str) -> &'static Self {
        static ENGLISH: LazyLock<Language> = LazyLock::new(|| {
            Language::read(
                "en",
                include_str!("../../ui/messages/problems.en.json"),
                [include_str!("../../ui/messages/en.json"), include_str!("../../ui/messages/shell.en.json")],
            )
        });
        static SPANISH: LazyLock<Language> = LazyLock::new(|| {
            Language::read(
                "es",
                include_str!("../../ui/messages/problems.es.json"),
                [include_str!("../../ui/messages/es.json"), include_str!("../../ui/messages/shell.es.json")],
            )
        });
        if locale.starts_with("es") { &SPANISH } else { &ENGLISH }
    }

    fn read(tag: &'static str, problems: &str, messages: [&str; 2]) -> Self {
        // The files are baked in; a test reads them whole.
        Self {
            tag,
            problems: serde_json::from_str(problems).unwrap_or_default(),
            messages: messages
                .iter()
                .flat_map(|file| serde_json::from_str::<BTreeMap<_, _>>(file).unwrap_or_default())
                .collect(),
        }
    }

    /// A message of the launcher's.
    pub(crate) fn message<'a>(&'a self, key: &'a str) -> &'a str {
        self.messages.get(key).map_or(key, String::as_str)
    }

    /// The words for a problem.
    pub(crate) fn problem(&self, problem: &Problem) -> Words {
        let Some(words) = self.problems.get(&problem.code) else {
            return Words { title: problem.code.clone(), advice: String::new() };
        };
        Words { title: problem.fill(&words.title), advice: problem.fill(&words.advice) }
    }
}

impl Problem {
    fn fill(&self, text: &str) -> String {
        self.details
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The launcher names every check; a test of its own holds them against its
    /// table.
    #[test]
    fn every_check_of_the_doctor_has_a_name() {
        let language = Language::of("en");
        for check in mashdesk_core::doctor::checks().chain(crate::doctor::COMPUTER.iter().copied()) {
            let key = format!("help.check_{check}");
            assert!(language.messages.contains_key(&key), "no {key}");
        }
    }

    #[test]
    fn a_problem_is_told_in_the_persons_language() {
        let problem = Problem {
            code: "not_authorised".to_owned(),
            details: [("mashup", "m7"), ("reason", "Ask Finance.")]
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .into(),
        };
        let english = Language::of("en-GB").problem(&problem);
        assert!(english.title.contains("m7") && english.advice.contains("Ask Finance."), "{english:?}");
        let spanish = Language::of("es-ES").problem(&problem);
        assert!(spanish.advice.contains("Ask Finance.") && spanish != english, "{spanish:?}");
        for language in [Language::of("en"), Language::of("es")] {
            assert!(!language.problems.is_empty());
            for key in [
                "windows.retry",
                "windows.close",
                "windows.tries_again",
                "reload.question",
                "update.question",
                "webview2.missing",
                "sign_in_page.title",
                "sign_in_page.advice",
                "sign_in_page.close",
                "command.signed_in",
                "command.signed_out",
            ] {
                assert_ne!(language.message(key), key);
            }
        }
    }
}
