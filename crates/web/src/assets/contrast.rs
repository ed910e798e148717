//! The colours of `tokens.css` can be told apart: measured, not believed.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../../assets/tokens.css");

/// The colours of each block, in the order of the file: light, dark by the system's wish, dark by choice.
fn blocks() -> Vec<HashMap<&'static str, [f64; 3]>> {
    let mut blocks = Vec::new();
    for block in TOKENS.split(" color-scheme: ").skip(1) {
        let block = block.split('}').next().unwrap();
        let colour = |line: &'static str| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
            let part = |at: usize| f64::from(u8::from_str_radix(&value[at..at + 2], 16).unwrap()) / 255.0;
            Some((name, [part(0), part(2), part(4)]))
        };
        blocks.push(block.lines().filter_map(colour).collect());
    }
    blocks
}

/// Relative luminance, as WCAG 2.2 defines it.
fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

fn contrast(one: [f64; 3], two: [f64; 3]) -> f64 {
    let (one, two) = (luminance(one), luminance(two));
    (one.max(two) + 0.05) / (one.min(two) + 0.05)
}

#[test]
fn every_text_can_be_read_on_every_ground_in_light_and_dark() {
    for (number, block) in blocks().iter().enumerate() {
        let check = |front: &str, ground: &str, least: f64| {
            let found = contrast(block[front], block[ground]);
            assert!(found >= least, "block {number}: {front} on {ground} has {found:.2} : 1, not {least} : 1");
        };
        for ground in ["page", "surface", "sunken", "hover"] {
            for front in ["text", "muted", "accent", "high", "medium", "low", "info"] {
                check(front, ground, 4.5);
            }
        }
        for ground in ["accent", "accent-strong"] {
            check("on-accent", ground, 4.5);
        }
        // The edge of a field, and the ring of the focus.
        for front in ["line-strong", "accent"] {
            check(front, "surface", 3.0);
            check(front, "page", 3.0);
        }
        check("high", "high-soft", 4.5);
    }
}

#[test]
fn dark_is_the_same_by_wish_and_by_choice_and_has_every_name_of_light() {
    let blocks = blocks();
    assert_eq!(blocks.len(), 3);
    assert_eq!(blocks[1], blocks[2]);
    let names = |at: usize| -> Vec<&str> {
        let mut names: Vec<&str> = blocks[at].keys().copied().collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names(0), names(1));
}
