//! Which scripts a label is written in, as far as it takes to see that it mixes some that no language mixes.

/// Scripts in which top-level domains or common names are written; the rest counts as `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
    Devanagari,
    Thai,
    Georgian,
    Hangul,
    Kana,
    Bopomofo,
    Han,
    Cherokee,
    Other,
}

/// Whether a label in Unicode mixes scripts beyond what UTS 39 calls "highly restrictive": Latin may stand with
/// Japanese, with Korean and with Chinese; nothing else mixes.
pub(crate) fn is_mixed(label: &str) -> bool {
    let mut seen: Vec<Script> = Vec::new();
    for script in label.chars().filter_map(script) {
        if !seen.contains(&script) {
            seen.push(script);
        }
    }
    let within = |allowed: &[Script]| seen.iter().all(|script| allowed.contains(script));
    seen.len() > 1
        && !within(&[Script::Latin, Script::Han, Script::Kana])
        && !within(&[Script::Latin, Script::Han, Script::Hangul])
        && !within(&[Script::Latin, Script::Han, Script::Bopomofo])
}

/// The script of a letter; `None` for digits, hyphens and marks, which go with every script.
fn script(character: char) -> Option<Script> {
    Some(match character as u32 {
        0x41..=0x5a | 0x61..=0x7a | 0xaa | 0xba | 0xc0..=0xd6 | 0xd8..=0xf6 | 0xf8..=0x2af => Script::Latin,
        0x1d00..=0x1d25 | 0x1e00..=0x1eff | 0x2c60..=0x2c7f | 0xa722..=0xa787 | 0xa78b..=0xa7ff | 0xab30..=0xab64 => {
            Script::Latin
        }
        0x370..=0x3ff | 0x1f00..=0x1fff => Script::Greek,
        0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f => Script::Cyrillic,
        0x531..=0x58f => Script::Armenian,
        0x5d0..=0x5f4 => Script::Hebrew,
        0x620..=0x64a | 0x66e..=0x6d3 | 0x6fa..=0x6ff | 0x750..=0x77f | 0x8a0..=0x8c9 => Script::Arabic,
        0x904..=0x939 | 0x958..=0x961 | 0x970..=0x97f => Script::Devanagari,
        0xe01..=0xe30 | 0xe32..=0xe33 | 0xe40..=0xe46 => Script::Thai,
        0x10a0..=0x10ff | 0x1c90..=0x1cbf | 0x2d00..=0x2d2f => Script::Georgian,
        0x13a0..=0x13ff | 0xab70..=0xabbf => Script::Cherokee,
        0x1100..=0x11ff | 0x3131..=0x318e | 0xa960..=0xa97f | 0xac00..=0xd7fb => Script::Hangul,
        0x3041..=0x3096 | 0x309d..=0x309f | 0x30a1..=0x30fa | 0x30fc..=0x30ff | 0x31f0..=0x31ff => Script::Kana,
        0x3105..=0x312f | 0x31a0..=0x31bf => Script::Bopomofo,
        0x3005..=0x3007 | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x323af => Script::Han,
        _ if character.is_alphabetic() => Script::Other,
        _ => return None,
    })
}
