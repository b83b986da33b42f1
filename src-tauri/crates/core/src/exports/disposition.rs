//! What a server calls a file that it hands out: the name in
//! `Content-Disposition` (RFC 6266).

use percent_encoding::percent_decode_str;
use reqwest::header::{CONTENT_DISPOSITION, HeaderMap};

/// The file's name, in any script where the server says it twice.
pub(super) fn file_name(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_DISPOSITION)?;
    let value = String::from_utf8_lossy(value.as_bytes());
    extended(&value).or_else(|| plain(&value)).filter(|name| !name.is_empty())
}

/// `filename*=UTF-8''Ventas%20A%C3%B1o.xlsx`
fn extended(value: &str) -> Option<String> {
    let encoded = parameter(value, "filename*=")?.split(';').next()?.trim();
    let (charset, rest) = encoded.split_once('\'')?;
    let (_language, name) = rest.split_once('\'')?;
    let utf8 = charset.eq_ignore_ascii_case("utf-8");
    utf8.then(|| percent_decode_str(name).decode_utf8().ok()).flatten().map(Into::into)
}

/// `filename="Ventas.xlsx"`, or without the quotes.
fn plain(value: &str) -> Option<String> {
    let name = parameter(value, "filename=")?;
    let Some(quoted) = name.strip_prefix('"') else {
        return Some(name.split(';').next()?.trim().to_owned());
    };
    let mut escaped = false;
    let mut read = String::new();
    for c in quoted.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => break,
            other => {
                escaped = false;
                read.push(other);
            }
        }
    }
    Some(read)
}

fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    // Lower case of ASCII alone, so that the places stay the same.
    let at = value.to_ascii_lowercase().find(name)?;
    Some(value[at + name.len()..].trim_start())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    fn read(value: &[u8]) -> Option<String> {
        let value = HeaderValue::from_bytes(value).ok()?;
        file_name(&[(CONTENT_DISPOSITION, value)].into_iter().collect())
    }

    #[test]
    fn names_in_each_way_that_servers_write_them() {
        for (value, wanted) in [
            (
                "attachment; filename=\"Ventas _A_o_.csv\"; filename*=UTF-8''Ventas%20%22A%C3%B1o%22.csv",
                "Ventas \"Año\".csv",
            ),
            ("attachment; filename=\"a \\\"b\\\"; c.csv\"", "a \"b\"; c.csv"),
            ("attachment; FileName=orders.xlsx; size=3", "orders.xlsx"),
            ("attachment; filename*=latin-1''a.csv; filename=b.csv", "b.csv"),
        ] {
            assert_eq!(read(value.as_bytes()).as_deref(), Some(wanted), "{value}");
        }
        for nothing in ["attachment", "inline; filename=", "attachment; filename*=UTF-8''%ff"] {
            assert_eq!(read(nothing.as_bytes()), None, "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_a_server_says_is_too_much(value in any::<Vec<u8>>(), name in "[fF]ilename[*=\"';\\\\ñ ]{0,8}") {
            read(&value);
            read(name.as_bytes());
            read(&[name.as_bytes(), &value].concat());
        }
    }
}
