use super::*;
use crate::{Outcome, made};

struct Of(Asked);

impl Source for Of {
    fn asked(&self) -> &Asked {
        &self.0
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Answer> {
        Box::pin(async move { Answer::new(self.0.clone(), Outcome::Nothing, question.now) })
    }
}

fn source(name: &str, tenant: Option<&str>) -> Arc<dyn Source> {
    let connection = tenant.map(|tenant| format!("connection of {tenant}"));
    Arc::new(Of(Asked { connection, tenant: tenant.map(Into::into), ..made::asked(name) }))
}

fn of_tenants(tenants: &[&str]) -> Vec<(String, Option<String>)> {
    let all = [
        source("sentinel.alerts", None),
        source("sentinel.alerts", Some("b")),
        source("defender.alerts", None),
        source("defender.alerts", Some("a")),
        source("defender.alerts", Some("b")),
    ];
    let admits = |asked: &Asked| asked.tenant.as_deref().is_some_and(|tenant| tenants.contains(&tenant));
    let chosen = chosen(&all, admits);
    chosen.iter().map(|source| (source.asked().source.clone(), source.asked().tenant.clone())).collect()
}

#[test]
fn a_product_that_only_others_have_connected_is_not_connected() {
    let one = |name: &str, tenant: Option<&str>| (name.to_owned(), tenant.map(str::to_owned));
    assert_eq!(of_tenants(&["a"]), [one("sentinel.alerts", None), one("defender.alerts", Some("a"))]);
    assert_eq!(
        of_tenants(&["a", "b"]),
        [one("sentinel.alerts", Some("b")), one("defender.alerts", Some("a")), one("defender.alerts", Some("b"))]
    );
    assert_eq!(of_tenants(&[]), [one("sentinel.alerts", None), one("defender.alerts", None)]);
}
