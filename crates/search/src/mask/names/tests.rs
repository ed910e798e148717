use super::*;

#[test]
fn the_lists_are_sorted_for_the_binary_search() {
    assert!(ORDINARY.is_sorted() && NOT_A_PERSON.is_sorted());
}

#[test]
fn every_form_of_a_name_is_one_person() {
    for form in [
        "anna.berg",
        "Anna.Berg@northwind.example",
        "NORTHWIND\\anna.berg",
        "Anna Berg",
        "Anna Berg <anna.berg@northwind.example>",
        "anna.berg_northwind.example#EXT#@fabrikam.example",
    ] {
        assert_eq!(key(form), "annaberg", "{form}");
    }
    assert_ne!(key("anna.berg"), key("anna.bergmann"));
    assert_eq!(key("…"), "…", "a name of no letters is itself");
}

#[test]
fn a_device_is_named_after_somebody_by_whole_name_word_or_initial() {
    let berg = ["anna".to_owned(), "berg".to_owned()];
    for label in ["annaberg-pc", "laptop-anna01", "aberg-pc", "nb-berg", "desktop-anna-berg"] {
        assert!(carries(label, &berg), "{label}");
    }
    for label in ["fin-014", "bergamo-01", "srv-mail", "desktop-7hq2k1"] {
        assert!(!carries(label, &berg), "{label}");
    }
}

#[test]
fn sentinel_lists_by_feeds_and_defender_by_apps_and_people() {
    assert!(is_person("Anna Berg", Product::Defender) && is_person("anna@northwind.example", Product::Sentinel));
    assert!(!is_person("Contoso TAXII", Product::Sentinel) && !is_person("SOC playbook", Product::Defender));
}
