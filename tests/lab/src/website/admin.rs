//! The page where permissions are changed by hand, while everybody works.

use std::sync::Arc;

use axum::{
    Form,
    extract::{FromRequestParts, Query, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Site, html,
    permissions::{Rule, SubjectKind},
    sign_in::Visitor,
};

const KINDS: [SubjectKind; 4] =
    [SubjectKind::User, SubjectKind::Department, SubjectKind::Email, SubjectKind::Group];

/// Somebody who may change permissions.
pub(super) struct Admin;

impl FromRequestParts<Arc<Site>> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        match Visitor::from_request_parts(parts, site).await {
            Ok(Visitor(person)) if person.is_admin() => Ok(Self),
            Ok(_) => Err(html::refusal(
                StatusCode::FORBIDDEN,
                "Not for you",
                "Only administrators change permissions.",
            )),
            Err(to_sign_in) => Err(to_sign_in.into_response()),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Find {
    #[serde(default)]
    find: String,
}

#[derive(Deserialize)]
pub(super) struct Change {
    kind: SubjectKind,
    subject: String,
    mashup: String,
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Grant,
    Withdraw,
}

pub(super) async fn show(
    State(site): State<Arc<Site>>,
    _: Admin,
    Query(Find { find }): Query<Find>,
) -> impl IntoResponse {
    let find = find.trim().to_lowercase();
    let rules = site.permissions.now();
    let rows: String =
        rules.iter().filter(|rule| matches(&site, rule, &find)).map(|rule| row(&site, rule)).collect();
    let kinds: String = KINDS.map(|kind| format!("<option>{}</option>", kind.word())).concat();
    html::page(
        "Permissions",
        &format!(
            "<p>Who may open which mashup. A change counts at once, for open windows too.</p>\
             <form class=\"inline\" method=\"post\">\
             <label>Who <select name=\"kind\">{kinds}</select></label>\
             <label>Name <input name=\"subject\" required></label>\
             <label>Mashup <input name=\"mashup\" required placeholder=\"m001\"></label>\
             <button name=\"action\" value=\"grant\">Grant</button>\
             <button name=\"action\" value=\"withdraw\">Withdraw</button></form>\
             <form class=\"inline\"><label>Find <input type=\"search\" name=\"find\" value=\"{}\"></label><button>Find</button></form>\
             <table><thead><tr><th>Mashup</th><th>Who</th><th></th></tr></thead><tbody>{rows}</tbody></table>",
            html::escape(&find)
        ),
    )
}

pub(super) async fn change(State(site): State<Arc<Site>>, _: Admin, Form(change): Form<Change>) -> Response {
    let mashup = change.mashup.trim();
    let rule = Rule::new(change.kind, &change.subject, mashup);
    if site.apps.by_mashup(mashup).is_none() || rule.subject.is_empty() {
        return html::refusal(
            StatusCode::BAD_REQUEST,
            "Nothing changed",
            "Name a mashup of the catalog and whom it is for.",
        );
    }
    let changed = match change.action {
        Action::Grant => site.permissions.grant(rule),
        Action::Withdraw => site.permissions.revoke(&rule),
    };
    match changed {
        Ok(_) => Redirect::to(&format!("/admin?find={mashup}")).into_response(),
        Err(error) => html::refusal(StatusCode::INTERNAL_SERVER_ERROR, "Nothing changed", &error.to_string()),
    }
}

fn matches(site: &Site, rule: &Rule, find: &str) -> bool {
    let title = site.apps.by_mashup(&rule.mashup).map(|app| app.title.to_lowercase()).unwrap_or_default();
    [&rule.mashup, &rule.subject, &title].into_iter().any(|text| text.contains(find))
}

fn row(site: &Site, rule: &Rule) -> String {
    let title = site.apps.by_mashup(&rule.mashup).map_or("", |app| &app.title);
    let (mashup, subject, kind) = (html::escape(&rule.mashup), html::escape(&rule.subject), rule.kind.word());
    format!(
        "<tr><td>{mashup} {}</td><td>{kind} {subject}</td><td><form method=\"post\">\
         <input type=\"hidden\" name=\"kind\" value=\"{kind}\">\
         <input type=\"hidden\" name=\"subject\" value=\"{subject}\">\
         <input type=\"hidden\" name=\"mashup\" value=\"{mashup}\">\
         <button name=\"action\" value=\"withdraw\">Withdraw</button></form></td></tr>",
        html::escape(title)
    )
}
