//! Images that tell at a glance, and in a text chunk, which app they belong to: the app's accent,
//! and a pattern for each number.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 200;

/// The image, or 500 when it cannot be encoded.
pub(super) fn response(accent: &str, number: usize, app: &str) -> Response {
    match draw(accent, number, app) {
        Ok(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn draw(accent: &str, number: usize, app: &str) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette(accent));
    encoder.add_text_chunk("App".into(), app.into())?;
    let mut writer = encoder.write_header()?;
    let pixels: Vec<u8> =
        (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| u8::from(is_drawn(number, x, y)))).collect();
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

/// The accent, and the same half way to white.
fn palette(accent: &str) -> Vec<u8> {
    let rgb = u32::from_str_radix(accent.trim_start_matches('#'), 16).unwrap_or_default();
    let [_, red, green, blue] = rgb.to_be_bytes();
    let lighter = |channel: u8| channel / 2 + 128;
    vec![red, green, blue, lighter(red), lighter(green), lighter(blue)]
}

fn is_drawn(number: usize, x: u32, y: u32) -> bool {
    let from_centre = || x.abs_diff(WIDTH / 2).pow(2) + y.abs_diff(HEIGHT / 2).pow(2);
    match number {
        1 => (x / 20).is_multiple_of(2),
        2 => (y / 20).is_multiple_of(2),
        3 => (x / 20 + y / 20).is_multiple_of(2),
        4 => ((x + y) / 20).is_multiple_of(2),
        5 => from_centre() < 70 * 70,
        6 => (from_centre().isqrt() / 16).is_multiple_of(2),
        _ => y > HEIGHT / 2,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn an_image_names_its_app_and_shows_its_accent() {
        let bytes = draw("#123456", 3, "an app").unwrap();
        let reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
        let info = reader.info();
        assert_eq!(info.uncompressed_latin1_text[0].text, "an app");
        assert_eq!(info.palette.as_deref().unwrap()[..3], [0x12, 0x34, 0x56]);
    }

    #[test]
    fn every_number_has_its_own_pattern() {
        let images: std::collections::HashSet<_> =
            (0..=crate::apps::IMAGES).map(|number| draw("#123456", number, "").unwrap()).collect();
        assert_eq!(images.len(), crate::apps::IMAGES + 1);
    }
}
