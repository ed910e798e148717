//! Reports over several tenants: two, and the thirty of a service provider.

use search::{Answer, Outcome, Product, Report};
use store::tenants::{Known, Tenant, TenantId};

use super::super::Ask;
use super::super::page::Page;
use super::super::parts::View;
use super::findings::{alert, device, incident};
use super::reports::{answer, now, problem, rich_answers, view};
use crate::frame::Frame;
use crate::gallery::{check_ids, check_policy, keep};
use crate::tenants::Tenants;

const QUERY: &str = "c2.example.net";
const NAMES: [&str; 6] = ["Adatum", "Contoso", "Fabrikam", "Litware", "Northwind", "Wide World Importers"];

fn guid(tenant: usize) -> String {
    format!("{tenant:08}-2222-4333-8444-555555555555")
}

fn name(tenant: usize) -> String {
    format!("{} {}", NAMES[tenant % NAMES.len()], tenant / NAMES.len() + 1)
}

fn tenants(count: usize) -> Tenants {
    let known = |tenant| Known {
        tenant: Tenant {
            id: TenantId::new(now()),
            cloud: "global".into(),
            guid: guid(tenant),
            name: Some(name(tenant)),
        },
        label: None,
        connections: 2,
    };
    Tenants::new((0..count).map(known).collect())
}

/// The same answer, from another tenant.
fn of(tenant: usize, mut answer: Answer) -> Answer {
    answer.asked.tenant = Some(guid(tenant));
    answer.asked.connection = answer.asked.connection.map(|id| format!("{id}-{tenant}"));
    answer.asked.label = Some(name(tenant));
    answer.remedy_link = answer.remedy_link.map(|link| format!("{link}?tid={}", guid(tenant)));
    answer.evidence =
        vec![("request id".into(), format!("{tenant}"))].into_iter().filter(|_| answer.is_gap()).collect();
    for finding in &mut answer.findings {
        finding.tenant = Some(guid(tenant));
    }
    answer
}

/// The first knows a lot, the second a little, every seventh may not be asked for devices, and all others know nothing.
fn answers(count: usize) -> Vec<Answer> {
    let indexes = [0, 2, 3, 7, 8, 9, 11];
    let few = |tenant: usize, index: usize| match (tenant, index) {
        (1, 7) => answer(7, vec![alert(Product::Defender, 3), incident(2)]),
        (1, 8) => answer(8, vec![device(1)]),
        (tenant, 8) if tenant % 7 == 3 => problem(8, Outcome::Denied),
        (_, index) => answer(index, vec![]),
    };
    let mut answers: Vec<Answer> = rich_answers().into_iter().map(|answer| of(0, answer)).collect();
    for tenant in 1..count {
        answers.extend(indexes.map(|index| of(tenant, few(tenant, index))));
    }
    answers
}

fn page(count: usize, tab: &str, tenant: Option<usize>) -> String {
    let tenants = tenants(count);
    let parsed = indicator::parse(QUERY).unwrap();
    let answers: Vec<Answer> = answers(count)
        .into_iter()
        .filter(|answer| tenant.is_none_or(|tenant| answer.asked.tenant == Some(guid(tenant))))
        .collect();
    let asked: Vec<_> = answers.iter().map(|answer| answer.asked.clone()).collect();
    let mut report = Report::new(&parsed.indicator, &asked, now());
    answers.into_iter().for_each(|answer| report.add(answer, now()));
    let frame = Frame::signed_in(QUERY, "Ada Analyst", "analyst").query(QUERY);
    let tenant = tenant.map(guid).unwrap_or_default();
    let ask = Ask { q: QUERY.into(), tab: Some(tab.into()), tenant, ..Ask::default() };
    let view = View { tenants: &tenants, ..view() };
    let html = askama::Template::render(&Page::new(frame, &ask, &parsed, &report, view).unwrap()).unwrap();
    let name = format!("tenants-{count}-{tab}{}", if ask.tenant.is_empty() { "" } else { "-one" });
    keep(&name, &html);
    check_policy(&name, &html);
    check_ids(&name, &html);
    html
}

#[test]
fn of_two_tenants_each_row_link_and_gap_says_which_one_it_is_of() {
    let html = page(2, "summary", None);
    let rows: Vec<&str> = html.split("<tr tabindex").skip(1).map(|row| row.split("</tr>").next().unwrap()).collect();
    assert!(!rows.is_empty());
    for row in rows {
        assert!(row.contains("badge-tenant") && row.contains("Adatum 1") | row.contains("Contoso 1"), "{row}");
        assert!(
            !row.contains("data-open") || row.contains(", in "),
            "a link that does not say into which tenant: {row}"
        );
    }
    assert!(html.contains("aria-label=\"Tenants that know it\""), "those that know it are listed");
    assert!(html.contains(&format!("&tenant={}\"", guid(1))) || html.contains(&format!("&#38;tenant={}\"", guid(1))));
    page(2, "defender", None);
}

#[test]
fn what_thirty_tenants_do_not_know_is_one_line_and_what_is_the_matter_in_several_is_told_once() {
    let html = page(30, "summary", None);
    // The first two know it, and four may not be asked for devices.
    assert!(html.contains("24 tenants know nothing: Adatum 2, Adatum 3, Adatum 4, Contoso 2 and 20 more"), "{html}");
    let problems = html.split("id=\"summary-problems\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(problems.matches("permission missing").count(), 1, "{problems}");
    assert!(problems.contains("In 4 tenants"), "{problems}");
    let rail = html.split("id=\"part-rail\"").nth(1).unwrap();
    assert_eq!(rail.matches("<details class=\"rail-tenant\"").count(), 30);
    assert!(!rail.contains("<details class=\"rail-tenant\" id=\"rail-tenant-0\" open"), "thirty stand folded");
    page(30, "defender", None);
}

#[test]
fn a_report_on_one_tenant_keeps_to_it_wherever_it_leads() {
    let html = page(30, "summary", Some(1));
    assert!(html.contains(&format!("<option value=\"{}\" selected>Contoso 1</option>", guid(1))), "{html}");
    for address in html.split("href=\"/search").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let of_tab = address.contains("tab=") || address.starts_with(".csv") || address.starts_with(".json");
        assert!(!of_tab || address.contains(&guid(1)), "{address}");
    }
    assert!(!html.contains("Adatum 1</bdi>"), "nothing of another tenant");
}
