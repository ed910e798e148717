//! Every state of the report, rendered from real reports through the real templates.
//!
//! `ORIEL_GALLERY=DIR cargo test -p web gallery` also writes them to a folder, for looking at in a browser.

mod findings;
mod reports;
mod tenants;
mod traffic;

use search::Report;

use super::page::{Page, RejectedPage};
use super::{Ask, parts};
use crate::frame::Frame;
use crate::gallery::{check_ids, check_policy, keep};
use reports::{HOSTILE, State};

fn page(state: &State, tab: &str) -> String {
    let parsed = indicator::parse(state.query).unwrap();
    let value = parsed.indicator.value();
    let frame = Frame::signed_in(value.clone(), "Ada Analyst", "analyst").query(value);
    let ask = Ask { q: state.query.to_owned(), tab: Some(tab.to_owned()), ..Ask::default() };
    let page = Page::new(frame, &ask, &parsed, &state.report, reports::view()).unwrap();
    askama::Template::render(&page).unwrap()
}

#[test]
fn gallery_of_every_state_keeps_the_policy_of_the_pages() {
    for state in reports::all() {
        for tab in ["summary", "sentinel", "defender"] {
            let html = page(&state, tab);
            let name = if tab == "summary" { state.name.to_owned() } else { format!("{}-{tab}", state.name) };
            keep(&name, &html);
            check_policy(&name, &html);
            check_ids(&name, &html);
        }
    }
}

#[test]
fn gallery_of_hostile_text_shows_it_as_text() {
    let state = reports::hostile();
    let html = page(&state, "defender");
    assert!(!html.contains("<img src=x") && !html.contains("<svg onload"), "markup from outside");
    assert!(html.contains("&#60;img src=x") || html.contains("&lt;img src=x"), "the title is shown, escaped");
    assert!(!html.contains('\u{202e}'), "a character that turns the writing direction");
    assert!(!html.contains("href=\"data:"), "a link that is no https link");
    assert!(HOSTILE.contains('\u{202e}'));
}

#[test]
fn whatever_microsoft_sends_stays_text_on_each_tab_and_in_the_tables() {
    let endless = hostile::endless(100_000);
    let texts = hostile::PAYLOADS.iter().map(|payload| payload.text).chain([endless.as_str()]);
    for text in texts {
        let state = reports::hostile_with(text);
        for tab in ["summary", "sentinel", "defender"] {
            let html = page(&state, tab);
            assert_eq!(hostile::breaks_out_of_html(&html), None, "{text:?} on {tab}");
            assert_eq!(hostile::steers_a_terminal(&html), None, "{text:?} on {tab}");
            assert!(tab != "defender" || html.contains(hostile::MARK), "{text:?} is not shown at all");
            check_policy("hostile", &html);
        }
        let csv = search::csv::write(&state.report);
        assert_eq!(hostile::begins_a_formula(&csv), None, "{text:?}");
        let lines = hostile::lines_of_a_table(&csv);
        assert!(lines.iter().all(|line| line.len() == lines[0].len()), "{text:?} adds a cell");
        let parsed = indicator::parse(state.query).unwrap();
        let document = search::document::Document::from_report(&state.report, &parsed, true);
        let json = serde_json::to_string(&document).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{text:?}");
    }
}

#[test]
fn gallery_of_a_rejected_text_says_what_to_search_instead() {
    let rejected = indicator::parse("ada@mail.example.com").unwrap_err();
    let frame = Frame::signed_in("Not searched", "Ada Analyst", "analyst").query("ada@mail.example.com");
    let html = askama::Template::render(&RejectedPage::new(frame, &rejected)).unwrap();
    keep("rejected", &html);
    check_policy("rejected", &html);
    assert!(html.contains("href=\"/search?q=mail.example.com\""), "{html}");
}

#[test]
fn a_page_that_waits_loads_itself_again_without_script_and_streams_with_it() {
    let html = page(&reports::waiting(), "summary");
    assert!(html.contains("<noscript><meta http-equiv=\"refresh\""));
    assert!(html.contains("&#38;wait=true") || html.contains("&amp;wait=true"));
    assert!(html.contains("data-stream=\"/search/stream?q="));
    let html = page(&reports::rich(), "summary");
    assert!(!html.contains("http-equiv=\"refresh\"") && !html.contains("data-stream="), "a complete page stays");
}

#[test]
fn emptiness_is_only_said_where_somebody_could_have_known() {
    let all_failed = page(&reports::failed(), "summary");
    assert!(!all_failed.contains("none known"), "nobody was asked, so nobody said none");
    assert!(all_failed.contains("could not be asked"));
    let quiet = page(&reports::quiet(), "summary");
    assert!(quiet.contains("none known") && quiet.contains("sources know nothing; the shortest looked back"));
}

#[test]
fn sources_stand_in_the_order_of_the_capabilities_however_they_answered() {
    let titles = |state: &State| {
        let html = parts::rail(&state.report, reports::view()).unwrap().html;
        let titles =
            html.split("<span class=\"rail-title\">").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
        titles.collect::<Vec<_>>()
    };
    let expected = [
        "Workspace alerts",
        "Workspace incidents",
        "Workspace threat indicators",
        "Alerts",
        "Threat indicators",
        "Alerts, classic",
        "Threat indicators, classic",
        "Alerts",
        "Devices",
        "Prevalence",
        "Endpoint alerts",
        "Indicators",
        "Machines",
        "Endpoint prevalence",
    ];
    assert_eq!(titles(&reports::rich()), expected);
    // The two routes that are gone are not asked here, and all others keep their order while they are waited for.
    let mut waiting = expected.to_vec();
    waiting.retain(|title| !title.ends_with("classic") && *title != "Endpoint prevalence");
    assert_eq!(titles(&reports::waiting()), waiting);
}

#[test]
fn a_route_that_is_gone_stands_last_wherever_the_table_has_it() {
    let html = parts::rail(&reports::gone().report, reports::view()).unwrap().html;
    let at = |title: &str| html.find(&format!("<span class=\"rail-title\">{title}<")).unwrap();
    assert!(at("Devices") < at("Alerts") && at("Alerts") < html.find(">retired<").unwrap(), "{html}");
}

#[test]
fn a_panel_of_devices_says_how_far_they_came_and_counts_nothing_else() {
    let html = page(&reports::rich(), "defender");
    let heading = html.split("id=\"defender-devices-title\">").nth(1).unwrap().split("</h2>").next().unwrap();
    assert!(heading.contains(">4 connected, 1 blocked, 1 attempted<"), "{heading}");
    assert!(html.contains("Seen by at least 4 devices") && html.contains("<span class=\"muted\">attempted</span>"));
}

#[test]
fn the_shortest_period_stands_in_one_clause_and_the_rest_is_folded() {
    let html = parts::verdict(&reports::quiet().report, "q=x", reports::view()).unwrap().html;
    let fold = html.split("<details class=\"disclosure coverage\"").nth(1).unwrap();
    let (line, rest) = fold.split_once("</summary>").unwrap();
    assert!(
        line.ends_with("</span> at least 26 Oct to 25 Nov 2026 (30 days, all that Microsoft keeps there)"),
        "{line}"
    );
    assert!(rest.contains("<li>Sentinel workspace threat indicators: 27 Aug to 25 Nov 2026 (90 days"), "{rest}");
}

#[test]
fn a_throttled_source_says_when_it_is_asked_again_and_whether_by_itself() {
    let report = reports::throttled().report;
    let again: Vec<_> = report.answers.iter().map(|answer| answer.asked.clone()).collect();
    let html = |view| {
        let parts = parts::all(&report, super::tab::Tab::Summary, "quiet.example.org", view).unwrap();
        let of = |id: &str| parts.iter().find(|part| part.id == id).unwrap().html.clone();
        [of("summary-devices"), of("part-rail"), of("summary-problems")]
    };
    let [devices, rail, problems] = html(parts::View { again: &again, ..reports::view() });
    assert!(devices.contains("could not be asked; throttled, again <time"), "{devices}");
    assert!(devices.contains(" data-until>in 14 s</time>"), "{devices}");
    assert!(rail.contains(">throttled, again <time"), "{rail}");
    assert!(
        problems.contains("It is asked again by itself, <time") && !problems.contains("can be asked"),
        "{problems}"
    );

    let [devices, rail, problems] = html(reports::view());
    assert!(!(devices + &rail).contains("again"), "nobody will ask again");
    assert!(problems.contains("It can be asked again <time") && !problems.contains("by itself, "), "{problems}");
}

#[test]
fn the_newest_row_is_told_where_a_table_is_quiet() {
    let mut report = reports::quiet().report;
    let quiet = |report: &Report| {
        let parts = parts::of_tab(report, super::tab::Tab::Summary, "quiet.example.org", reports::view()).unwrap();
        parts.into_iter().find(|part| part.id == "summary-quiet").unwrap().html
    };
    assert!(!quiet(&report).contains("newest row"));
    let days_ago = |days: i64| reports::now() - jiff::SignedDuration::from_hours(24 * days);
    report.answers[0].covered.as_mut().unwrap().newest_row = Some(days_ago(9));
    assert!(quiet(&report).contains("all that Microsoft keeps there) · newest row of 16 Nov<"), "{}", quiet(&report));
}

#[test]
fn every_part_is_an_element_with_its_id() {
    for state in reports::all() {
        let report: &Report = &state.report;
        for part in parts::all(report, super::tab::Tab::Summary, "example.com", reports::view()).unwrap() {
            let html = part.html.trim_start();
            let first = html.split('>').next().unwrap();
            assert!(first.contains(&format!(" id=\"{}\"", part.id)), "{}: {first}", state.name);
        }
    }
}

#[test]
fn a_product_s_tab_holds_what_that_product_says_and_the_summary_the_first_of_each() {
    let state = reports::rich();
    let parts = parts::all(&state.report, super::tab::Tab::Summary, "example.com", reports::view()).unwrap();
    let rows = |id: &str| {
        let part = parts.iter().find(|part| part.id == id).unwrap();
        part.html.matches("<tr tabindex=").count()
    };
    let of = |product| {
        state.report.findings.iter().filter(|f| f.kind == search::FindingKind::Alert && f.product == product).count()
    };
    assert_eq!(rows("summary-alerts"), 10);
    assert_eq!(rows("defender-alerts"), of(search::Product::Defender));
    assert_eq!(rows("sentinel-alerts"), of(search::Product::Sentinel));
    assert!(rows("defender-alerts") > 10);
}

#[test]
fn mail_clicks_sign_ins_and_logs_have_a_table_each_with_what_still_can_do_harm_first() {
    let state = traffic::state();
    let html = page(&state, "defender");
    let table = |id: &str| {
        let rest = html.split(&format!("id=\"defender-{id}\"")).nth(1).unwrap_or_default();
        rest.split("</section>").next().unwrap().to_owned()
    };
    let mail = table("mail");
    assert_eq!(mail.matches("<tr tabindex=").count(), 4);
    assert!(mail.find(">Inbox<").unwrap() < mail.find(">Quarantine<").unwrap(), "{mail}");
    assert!(mail.contains("and 2 more"), "four recipients are two names and a number: {mail}");
    assert!(table("clicks").contains("clicked through"), "{}", table("clicks"));
    assert!(table("sign-ins").contains("person1@") && !table("sign-ins").contains("id=\"defender-logs"));
    let logs = page(&state, "sentinel");
    assert!(logs.contains("id=\"sentinel-logs\"") && logs.contains("CommonSecurityLog"), "{logs}");
}
