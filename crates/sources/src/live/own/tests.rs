use simulator::demo;

use super::*;
use crate::made::World;

async fn tenant(world: &World) -> String {
    let connections = store::connections::list(&world.db, &Scope::All).await.unwrap();
    connections[0].tenant_id.to_string()
}

#[tokio::test]
async fn what_devices_and_accounts_have_in_common_is_offered_by_one_call() {
    let world = World::start().await;
    world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let tenant = tenant(&world).await;
    world.simulator.forget_requests();
    let offers = world.live.offers(&tenant).await.unwrap();
    assert_eq!(
        world.simulator.requests().iter().filter(|request| request.path.ends_with("runHuntingQuery")).count(),
        1
    );
    let told: Vec<_> = offers.iter().map(|offer| (offer.asset.value(), offer.seen, offer.count)).collect();
    assert_eq!(told[0], ("northwind.example".to_owned(), "Domain in the names of devices", 16));
    assert!(
        told.iter().any(|(value, seen, _)| value == "198.51.100.2/32" && *seen == "Public address of devices"),
        "{told:?}"
    );
    let mut values: Vec<_> = told.iter().map(|(value, ..)| value).collect();
    values.sort();
    values.dedup();
    assert_eq!(values.len(), told.len(), "each once, whatever parts it came by");
    assert!(
        offers.is_sorted_by_key(|offer| std::cmp::Reverse(offer.count)) && offers.iter().all(|offer| offer.count > 0)
    );
}

#[tokio::test]
async fn without_a_connection_that_may_hunt_it_says_so() {
    let world = World::start().await;
    world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let refused = world.live.offers("01900000-0000-7000-8000-000000000000").await.unwrap_err();
    assert!(refused.reason.contains("may hunt"), "{refused:?}");
}

#[test]
fn the_question_tells_counts_and_no_names() {
    let question = question();
    for line in question.lines().filter(|line| line.contains("DeviceName") || line.contains("AccountUpn")) {
        assert!(line.contains("extract(") || line.contains("dcount("), "{line}");
    }
}
