//! A text as a picture that a telephone can read.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::error::Error;

/// Light modules around, as the standard asks for.
const QUIET: usize = 4;

/// An `<svg>` without a style, dark on light in whatever theme: readers do not know it the other way round.
pub fn picture(text: &str) -> Result<String, Error> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|error| {
        Error::Broken(format!("the picture of an authenticator's secret could not be made: {error}"))
    })?;
    let width = code.width();
    let mut path = String::new();
    for (at, _) in code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark) {
        let _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
    }
    let side = width + 2 * QUIET;
    Ok(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"The same secret, to be scanned\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_one_svg_with_its_quiet_zone_and_no_style() {
        let picture = picture("otpauth://totp/Oriel:kate?secret=MZXW6YTB&issuer=Oriel").unwrap();
        assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"), "{picture}");
        // The corner pattern begins after four light modules.
        assert!(picture.contains("M4 4h1v1h-1z") && !picture.contains("M3 "), "{picture}");
        assert!(!picture.contains("style"), "{picture}");
    }

    #[test]
    fn the_longest_name_of_a_person_and_of_a_host_fit() {
        let address = super::super::totp::address(&"A".repeat(32), &"ö".repeat(64), &"h".repeat(253));
        assert!(picture(&address).is_ok());
    }
}
