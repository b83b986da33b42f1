//! `/tempcontent/{guid}/{guid}.xlsx`: an export, for whoever made it.

use std::sync::Arc;

use axum::{
    extract::{OriginalUri, Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::admission::Signed;
use crate::qlik::{Site, exports::Found};

pub(super) async fn fetch(
    State(site): State<Arc<Site>>,
    signed: Signed,
    OriginalUri(uri): OriginalUri,
    Path((folder, file)): Path<(String, String)>,
) -> Response {
    let found = site.exports.lock().fetch(&format!("{folder}/{file}"), &signed.identity);
    match found {
        Found::Own(export) => {
            let headers = [
                (header::CONTENT_TYPE, export.media_type.to_owned()),
                (header::CONTENT_DISPOSITION, attachment(&export.file_name)),
                (header::CACHE_CONTROL, "no-store".into()),
                (header::CONTENT_LENGTH, export.content.len().to_string()),
            ];
            (headers, export.content.into_body()).into_response()
        }
        Found::Foreign => site.refuse(&uri),
        Found::Nothing => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The name twice: in ASCII for old clients, in UTF-8 for the others (RFC 6266).
fn attachment(file_name: &str) -> String {
    let ascii: String = file_name
        .chars()
        .map(|letter| if letter.is_ascii_graphic() && letter != '"' || letter == ' ' { letter } else { '_' })
        .collect();
    let encoded: String = url::form_urlencoded::byte_serialize(file_name.as_bytes()).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", encoded.replace('+', "%20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_break_out_of_the_header() {
        assert_eq!(
            attachment("Ventas \"Año\"\r\n.csv"),
            "attachment; filename=\"Ventas _A_o___.csv\"; filename*=UTF-8''Ventas%20%22A%C3%B1o%22%0D%0A.csv"
        );
    }
}
