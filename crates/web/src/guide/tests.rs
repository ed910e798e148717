use super::*;

const TODAY: Date = Date::constant(2026, 11, 25);

fn row(product: Product, permission: &str, retires: Option<Date>) -> CapabilityRow {
    CapabilityRow {
        product,
        name: format!("{product}.made_up"),
        title: "Alerts".to_owned(),
        permission: Some(permission.to_owned()),
        retirement: retires.map(|day| format!("announced for {day}")),
        retires,
        reads: format!("What {permission} reads."),
        resource: "Microsoft Graph".to_owned(),
        lacking: Vec::new(),
    }
}

#[test]
fn what_is_switched_off_needs_no_permission_and_what_ends_says_when() {
    let rows = [
        row(Product::Sentinel, "Gone.Read.All", Some(Date::constant(2026, 10, 15))),
        row(Product::Sentinel, "Both.Read.All, Ends.Read.All", None),
        row(Product::Defender, "Both.Read.All, Later.Read.All", Some(Date::constant(2027, 2, 1))),
    ];
    let found = needed(&rows, "Microsoft Graph", TODAY);
    let names: Vec<&str> = found.iter().map(|needed| needed.permission.as_str()).collect();
    assert_eq!(names, ["Both.Read.All", "Ends.Read.All", "Later.Read.All"]);
    assert_eq!(found[0].products, [Product::Sentinel, Product::Defender]);
    assert_eq!(found[0].reads.len(), 2);
    assert_eq!(found[0].until, None, "one of its uses goes on");
    assert_eq!(found[2].until.as_deref(), Some("announced for 2027-02-01"));
    assert!(needed(&rows, "Azure role", TODAY).is_empty());
}

#[test]
fn names_and_values_are_marked_and_everything_else_is_text() {
    assert_eq!(
        html("**Certificates & secrets**: `<b>` is *text*"),
        "<strong>Certificates &amp; secrets</strong>: <span class=\"value\">&lt;b&gt;</span> is *text*"
    );
}

#[test]
fn every_mark_in_the_guide_is_closed() {
    let of_steps = STEPS
        .iter()
        .flat_map(|step| step.how.iter().copied().chain([step.title, step.who, step.known]).chain(step.once));
    let others = ONCE.iter().chain(ADVICE).flat_map(|(left, right)| [*left, *right]);
    for text in of_steps.chain(others).chain([LEAD, WHOLE_TENANT, advice::BY_SCRIPT]) {
        assert_eq!(text.matches("**").count() % 2, 0, "{text}");
        assert_eq!(text.matches('`').count() % 2, 0, "{text}");
        assert!(!text.contains('|') && !text.contains("  "), "{text}");
    }
}

#[test]
fn every_step_says_who_may_and_how_it_is_known_and_each_has_its_own_anchor() {
    let mut anchors: Vec<&str> = STEPS.iter().map(|step| step.anchor).collect();
    anchors.sort_unstable();
    anchors.dedup();
    assert_eq!(anchors.len(), STEPS.len());
    let whole = markdown(&[row(Product::Sentinel, "Some.Read.All", None)], TODAY);
    assert_eq!(whole.matches("- Who may: ").count(), STEPS.len());
    assert_eq!(whole.matches("- How Oriel knows: ").count(), STEPS.len());
    assert!(whole.contains("| `Some.Read.All` | Sentinel | What Some.Read.All reads. | no end known |"), "{whole}");
}
