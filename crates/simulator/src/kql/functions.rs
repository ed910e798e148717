//! The scalar functions: name, what they take, what they give. `iff`, `case`, `coalesce`, `now`, `ago` and others
//! that need more than their arguments' values are resolved in [`super::resolve`].

mod json;
mod strings;

use std::borrow::Cow;

use super::{
    arithmetic, convert,
    expression::{Apply, ApplyPattern, as_text},
    text,
    value::{Type, Value},
};

/// What an argument may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Anything,
    /// A string, or a dynamic value, which is read as its text.
    Text,
    Whole,
    Dynamic,
    /// A number, an instant or a length of time.
    Amount,
}

impl Takes {
    pub(super) fn accepts(self, kind: Type) -> bool {
        match self {
            Self::Anything => true,
            Self::Text => matches!(kind, Type::String | Type::Dynamic),
            Self::Whole => matches!(kind, Type::Int | Type::Long),
            Self::Dynamic => kind == Type::Dynamic,
            Self::Amount => kind.is_number() || matches!(kind, Type::DateTime | Type::TimeSpan),
        }
    }

    /// The word for messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Anything => "scalar",
            Self::Text => "string",
            Self::Whole => "long",
            Self::Dynamic => "dynamic",
            Self::Amount => "number, datetime or timespan",
        }
    }
}

/// A function's signature and body.
pub(super) struct Function {
    pub(super) takes: &'static [Takes],
    /// How many of `takes` must be there.
    pub(super) required: usize,
    /// Whether the last of `takes` may be repeated.
    pub(super) repeats: bool,
    /// `None`: what [`arithmetic::bin_kind`] says.
    pub(super) gives: Option<Type>,
    pub(super) body: Body,
}

/// What a function does.
pub(super) enum Body {
    Plain(Apply),
    /// The argument at this place is a regular expression, which is compiled in the form that the function wants.
    Pattern(usize, fn(&str) -> String, ApplyPattern),
}

fn plain(takes: &'static [Takes], gives: Type, apply: Apply) -> Function {
    Function { takes, required: takes.len(), repeats: false, gives: Some(gives), body: Body::Plain(apply) }
}

/// The function of this name, whose case counts.
pub(super) fn find(name: &str) -> Option<Function> {
    use Takes::{Amount, Anything, Dynamic, Text, Whole};
    Some(match name {
        "tostring" => plain(&[Anything], Type::String, |a| convert::to(Type::String, &a[0])),
        "tolong" => plain(&[Anything], Type::Long, |a| convert::to(Type::Long, &a[0])),
        "toint" => plain(&[Anything], Type::Int, |a| convert::to(Type::Int, &a[0])),
        "toreal" | "todouble" => plain(&[Anything], Type::Real, |a| convert::to(Type::Real, &a[0])),
        "tobool" | "toboolean" => plain(&[Anything], Type::Bool, |a| convert::to(Type::Bool, &a[0])),
        "todatetime" => plain(&[Anything], Type::DateTime, |a| convert::to(Type::DateTime, &a[0])),
        "totimespan" => plain(&[Anything], Type::TimeSpan, |a| convert::to(Type::TimeSpan, &a[0])),
        "toguid" => plain(&[Text], Type::Guid, |a| convert::to(Type::Guid, &a[0])),
        "parse_json" | "todynamic" | "toobject" => plain(&[Text], Type::Dynamic, |a| convert::to(Type::Dynamic, &a[0])),
        "parse_url" => plain(&[Text], Type::Dynamic, |a| Value::Dynamic(json::parse_url(&as_text(&a[0])))),
        "array_length" => plain(&[Dynamic], Type::Long, |a| json::array_length(&a[0])),
        "isnull" => plain(&[Anything], Type::Bool, |a| Value::Bool(a[0].is_null())),
        "isnotnull" | "notnull" => plain(&[Anything], Type::Bool, |a| Value::Bool(!a[0].is_null())),
        "isempty" => plain(&[Anything], Type::Bool, |a| Value::Bool(as_text(&a[0]).is_empty())),
        "isnotempty" | "notempty" => plain(&[Anything], Type::Bool, |a| Value::Bool(!as_text(&a[0]).is_empty())),
        "has_ipv4" => {
            plain(&[Text, Text], Type::Bool, |a| Value::Bool(text::has_ipv4(&as_text(&a[0]), &as_text(&a[1]))))
        }
        "bin" | "floor" => {
            Function { gives: None, ..plain(&[Amount, Amount], Type::Long, |a| arithmetic::bin(&a[0], &a[1])) }
        }
        "tolower" => plain(&[Text], Type::String, |a| as_text(&a[0]).to_lowercase().into()),
        "toupper" => plain(&[Text], Type::String, |a| as_text(&a[0]).to_uppercase().into()),
        "strlen" => plain(&[Text], Type::Long, |a| strings::length(&as_text(&a[0]))),
        "strcat" => Function { repeats: true, ..plain(&[Anything], Type::String, strings::concatenated) },
        "strcat_delim" => Function { repeats: true, ..plain(&[Text, Anything], Type::String, strings::joined) },
        "substring" => Function { required: 2, ..plain(&[Text, Whole, Whole], Type::String, strings::substring) },
        "replace_string" => plain(&[Text, Text, Text], Type::String, |a| {
            as_text(&a[0]).replace(&*as_text(&a[1]), &as_text(&a[2])).into()
        }),
        "split" => Function { required: 2, ..plain(&[Text, Text, Whole], Type::Dynamic, strings::split) },
        "trim" => Function {
            body: Body::Pattern(0, strings::at_the_ends, strings::trim),
            ..plain(&[Text, Text], Type::String, none)
        },
        "extract" => Function {
            body: Body::Pattern(0, str::to_owned, strings::extract),
            ..plain(&[Text, Whole, Text], Type::String, none)
        },
        "base64_decode_tostring" => plain(&[Text], Type::String, |a| strings::from_base64(&as_text(&a[0]))),
        _ => return None,
    })
}

/// Stands in for the body of a function that has a pattern instead.
fn none(_: &[Cow<'_, Value>]) -> Value {
    Value::Null
}
