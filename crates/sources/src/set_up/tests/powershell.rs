//! Whether PowerShell can read each script, as far as its grammar tells.

use tree_sitter::{Node, Parser};

use super::*;

/// The first place that the grammar does not take.
fn trouble(text: &str) -> Option<String> {
    fn first(node: Node<'_>) -> Option<Node<'_>> {
        if node.is_error() || node.is_missing() {
            return Some(node);
        }
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        children.into_iter().filter(Node::has_error).find_map(first)
    }
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    let node = tree.root_node().has_error().then(|| first(tree.root_node()).unwrap_or(tree.root_node()))?;
    Some(format!("line {}: {}", node.start_position().row + 1, &text[node.byte_range()]))
}

#[test]
fn the_grammar_finds_what_is_wrong() {
    assert!(trouble("& {\nif ($x) { Write-Host 'a' }\n").is_some());
    assert!(trouble("Write-Host 'O'Brien'\n").is_some());
    assert_eq!(trouble("& {\nif ($x) { Write-Host 'O''Brien' }\n}\n"), None);
}

#[test]
fn powershell_can_read_every_script() {
    for (shape, text) in shapes(Format::PowerShell) {
        assert_eq!(trouble(&text), None, "{shape}");
        assert!(text.is_ascii(), "{shape}");
    }
}
