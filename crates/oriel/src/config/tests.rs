use super::*;

fn settle(text: &str) -> Result<Config, Error> {
    Config::settle(parse(text).expect("the file parses"), Overrides::default(), Door::default())
}

#[test]
fn nothing_said_means_the_defaults() {
    let config = settle("").unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8440");
    assert_eq!(config.database_url, "sqlite://oriel-data/oriel.sqlite");
    assert_eq!(config.keyring_file, Path::new("oriel-data/keyring.json"));
    assert_eq!(config.hunting_share, 0.5);
}

#[test]
fn a_flag_goes_over_the_file() {
    let file = parse("data_dir = \"/a\"\nlisten = \"127.0.0.1:1\"").unwrap();
    let over = Overrides { data_dir: Some("/b".into()), ..Overrides::default() };
    let door = Door { listen: "127.0.0.1:2".parse().ok(), ..Door::default() };
    let config = Config::settle(file, over, door).unwrap();
    assert_eq!((config.data_dir.to_str(), config.listen.port()), (Some("/b"), 2));
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_without_its_value() {
    let (line, message) =
        parse("listen = \"127.0.0.1:1\"\n\n[proxy]\nurl = \"http://p\"\npassword = \"hunter2\"").unwrap_err();
    assert_eq!(line, 5);
    assert!(message.contains("password") && !message.contains("hunter2"), "{message}");
}

#[test]
fn an_open_address_needs_tls_or_an_https_address() {
    assert!(settle("listen = \"0.0.0.0:8440\"").unwrap_err().to_string().starts_with("`listen`: 0.0.0.0:8440"));
    assert!(settle("listen = \"0.0.0.0:8440\"\npublic_url = \"https://oriel.example.com\"").is_ok());
    assert!(settle("listen = \"[::]:1\"\n[tls]\ncertificate_file = \"c\"\nkey_file = \"k\"").is_ok());
    assert!(settle("listen = \"[::]:1\"\npublic_url = \"http://oriel.example.com\"").is_err());
}

#[test]
fn plain_http_to_a_cloud_is_for_this_machine_only() {
    let cloud = |graph: &str| {
        settle(&format!(
            "[clouds.x]\nlogin = \"https://l.example\"\ngraph = \"{graph}\"\nlog_analytics = \"https://a.example\""
        ))
    };
    assert!(cloud("http://127.0.0.1:9/graph").is_ok());
    assert!(cloud("http://[::1]:9").is_ok());
    let error = cloud("http://graph.example").unwrap_err().to_string();
    assert!(error.starts_with("`clouds.x.graph`"), "{error}");
}

#[tokio::test]
async fn a_folder_may_have_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("what? 100% #1");
    std::fs::create_dir(&folder).unwrap();
    store::Db::open(&sqlite_in(&folder)).await.unwrap().close().await;
    assert!(folder.join("oriel.sqlite").is_file());
}

#[test]
fn two_databases_are_one_too_many() {
    assert!(settle("database_url = \"a\"\ndatabase_url_file = \"b\"").is_err());
}

#[test]
fn a_secret_file_loses_only_its_line_end() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), " pass word \r\n").unwrap();
    assert_eq!(read_secret("x", file.path()).unwrap(), " pass word ");
    std::fs::write(file.path(), "\n").unwrap();
    assert!(read_secret("x", file.path()).unwrap_err().to_string().contains("is empty"));
}

#[test]
fn the_public_address_is_a_host_of_its_own() {
    for below in
        ["https://example.com/oriel", "https://example.com/?a=b", "https://example.com/#a", "ftp://example.com"]
    {
        let error = settle(&format!("public_url = \"{below}\"")).unwrap_err().to_string();
        assert!(error.starts_with("`public_url`: "), "{below}: {error}");
    }
    for own in ["https://oriel.example.com", "https://oriel.example.com:8443/"] {
        assert!(settle(&format!("public_url = \"{own}\"")).is_ok(), "{own}");
    }
}
