//! One file a screen.

pub mod api;
pub mod audit;
pub mod first_start;
pub mod home;
pub mod people;
pub mod search;
pub mod set_up;
pub mod settings;
pub mod sign_in;

use store::people::Person;

use crate::frame::Frame;

/// The frame of a page for somebody who is signed in.
pub fn frame(title: impl Into<String>, person: &Person) -> Frame {
    Frame::signed_in(title, person.name.clone(), person.role.as_str())
}
