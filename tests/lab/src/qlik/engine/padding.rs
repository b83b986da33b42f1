//! What makes an exported workbook as large as a test wants it: an image of noise, which no
//! compression makes smaller.

use rand::RngCore;

/// A PNG of at least that many bytes.
pub(super) fn image(at_least: usize) -> Result<Vec<u8>, png::EncodingError> {
    // Square, because a sheet has an end.
    let side = u32::try_from(at_least.isqrt() + 1).unwrap_or(u32::MAX);
    let mut pixels = vec![0; at_least.isqrt().saturating_add(1).saturating_pow(2)];
    rand::rng().fill_bytes(&mut pixels);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::NoCompression);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}
