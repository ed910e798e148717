//! A body that is too long for a transcript keeps the beginning of its list.

use serde_json::Value;

/// What is left of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// All of it.
    Whole(String),
    /// Its beginning, still well-formed; or nothing.
    Part(String),
}

/// `text`, if it is no longer than `longest` bytes; else with fewer items in its list.
pub(super) fn shortened(text: String, longest: usize) -> Fit {
    if text.len() <= longest {
        return Fit::Whole(text);
    }
    let Ok(mut body) = serde_json::from_str::<Value>(&text) else { return Fit::Part(String::new()) };
    loop {
        let Some(list) = list(&mut body).filter(|list| !list.is_empty()) else { return Fit::Part(String::new()) };
        list.truncate(list.len() / 2);
        let text = body.to_string();
        if text.len() <= longest {
            return Fit::Part(text);
        }
    }
}

/// The list in an answer: of OData, of hunting, of Log Analytics.
fn list(body: &mut Value) -> Option<&mut Vec<Value>> {
    let name = ["value", "results", "tables"].into_iter().find(|name| body.get(*name).is_some_and(Value::is_array))?;
    let list = body.get_mut(name)?;
    if name == "tables" {
        return list.get_mut(0)?.get_mut("rows")?.as_array_mut();
    }
    list.as_array_mut()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_list_keeps_its_beginning_and_anything_else_that_is_long_goes() {
        let items: Vec<Value> = (0..100).map(|number| json!({ "id": number })).collect();
        for body in [json!({ "value": items }), json!({ "schema": [], "results": items })] {
            let Fit::Part(text) = shortened(body.to_string(), 200) else { panic!("it is too long") };
            let kept: Value = serde_json::from_str(&text).unwrap();
            let list = kept["value"].as_array().or_else(|| kept["results"].as_array()).unwrap();
            assert!(!list.is_empty() && text.len() <= 200 && list[0] == json!({ "id": 0 }), "{text}");
        }
        let rows: Vec<Value> = (0..100).map(|number| json!([number])).collect();
        let tables = json!({ "tables": [{ "name": "PrimaryResult", "columns": [], "rows": rows }] }).to_string();
        assert!(matches!(shortened(tables, 200), Fit::Part(text) if text.contains("[[0],[1]")));
        assert_eq!(shortened("x".repeat(201), 200), Fit::Part(String::new()));
        assert_eq!(shortened(json!({ "text": "x".repeat(200) }).to_string(), 200), Fit::Part(String::new()));
        assert_eq!(shortened("short".into(), 200), Fit::Whole("short".into()));
    }
}
