//! Letters to recipients, over a mail server in the clear. TLS and logins are tried against a real one elsewhere.

use crate::receiver::{MailBox, PATIENCE};
use crate::world::*;
use credere_app::App;
use credere_app::notices::{Language, MailOptions, MailSecurity, NoticeDelivery, NoticeOptions};
use credere_store::contract::{NoticeFilter, ProfilePatch};
use credere_store::memory::MemoryStore;
use std::sync::Arc;
use std::time::Duration;

fn with_mail(mailbox: &MailBox, language: Language) -> NoticeOptions {
    let mail = MailOptions {
        server: mailbox.address.ip().to_string(),
        port: mailbox.address.port(),
        security: MailSecurity::Plain,
        login: None,
        from: "Credere <credere@vendor.test>".into(),
        language,
        timeout: PATIENCE,
        retries: "10ms 10ms".parse().unwrap(),
        authorities: None,
    };
    NoticeOptions { mail: Some(mail), webhooks: hooks() }
}

/// Waits until the letter to the reseller is in this state.
async fn until_letter(app: &App, state: &str) -> NoticeDelivery {
    let found = async {
        loop {
            let filter = NoticeFilter { recipient: Some(uin(RESELLER)), ..NoticeFilter::default() };
            let notices = app.notices(platform(), filter, None, 1).await.unwrap();
            let mut shown = notices.into_iter().flat_map(|notice| notice.deliveries);
            let letter = shown.find(|delivery| delivery.channel == "email");
            if let Some(letter) = letter.filter(|letter| letter.state == state) {
                return letter;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("the letter is never {state}"))
}

#[tokio::test]
async fn a_letter_has_both_forms_and_its_own_number() {
    let mailbox = MailBox::new(|_| "250 taken").await;
    let app = furnished(Arc::new(MemoryStore::new()), with_mail(&mailbox, Language::English)).await;
    subscribe(&app, RESELLER, true, false).await;
    spend(&app, 80).await;
    let letter = mailbox.after(1).await.remove(0);
    for part in [
        "From: Credere <credere@vendor.test>\r\n",
        "To: a10@example.test\r\n",
        "Subject: Credit of Account 20 (20) is below 25 %\r\n",
        "Message-ID: <ntc_",
        "@vendor.test>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "Available credit: 20.00 USD",
    ] {
        assert!(letter.contains(part), "`{part}` is not in\n{letter}");
    }
    let delivery = until_letter(&app, "delivered").await;
    assert_eq!((delivery.attempts, delivery.webhook), (1, None));
    app.close();
}

#[tokio::test]
async fn a_letter_is_written_in_the_deployments_language() {
    let mailbox = MailBox::new(|_| "250 taken").await;
    let app = furnished(Arc::new(MemoryStore::new()), with_mail(&mailbox, Language::Chinese)).await;
    subscribe(&app, RESELLER, true, false).await;
    spend(&app, 80).await;
    let letter = mailbox.after(1).await.remove(0);
    assert!(letter.contains("=?utf-8?b?"), "{letter}");
    assert!(!letter.contains("Available credit"), "{letter}");
    until_letter(&app, "delivered").await;
    app.close();
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_and_one_for_good_is_not() {
    let mailbox = MailBox::new(|place| match place {
        0 => "451 later",
        1 => "250 taken",
        _ => "550 <a10@example.test> is nobody here",
    })
    .await;
    let app = furnished(Arc::new(MemoryStore::new()), with_mail(&mailbox, Language::English)).await;
    subscribe(&app, RESELLER, true, false).await;
    spend(&app, 80).await;
    assert_eq!(until_letter(&app, "delivered").await.attempts, 2);
    spend(&app, 15).await;
    let refused = until_letter(&app, "failed").await;
    assert_eq!(refused.attempts, 1);
    // The address is not kept.
    let reason = refused.reason.unwrap();
    assert!(reason.contains("[recipient]") && !reason.contains("a10@"), "{reason}");
    app.close();
    assert_eq!(mailbox.after(3).await.len(), 3);
}

#[tokio::test]
async fn without_an_address_or_a_server_nothing_is_sent() {
    let mailbox = MailBox::new(|_| "250 taken").await;
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone(), with_mail(&mailbox, Language::English)).await;
    subscribe(&app, RESELLER, true, false).await;
    let no_address = ProfilePatch { email: Some(None), ..ProfilePatch::default() };
    let change = credere_app::parties::AccountChange { profile: no_address, ..Default::default() };
    app.change_account(platform(), None, uin(RESELLER), change).await.unwrap();
    spend(&app, 80).await;
    let skipped = until_letter(&app, "skipped").await;
    assert_eq!(skipped.reason.as_deref(), Some("the recipient has no e-mail address"));
    app.close();
    let app = start_sending(store, brisk());
    spend(&app, 15).await;
    let skipped = until_letter(&app, "skipped").await;
    assert_eq!(skipped.reason.as_deref(), Some("the deployment has no mail server"));
    app.close();
}

/// The reseller's address and the customer's name, changed before anything is told.
async fn called(app: &App, address: &str, customer_name: &str) {
    let text = |text: &str| Some(Some(text.to_owned()));
    let patches = [
        (RESELLER, ProfilePatch { email: text(address), ..ProfilePatch::default() }),
        (CUSTOMER, ProfilePatch { name: text(customer_name), ..ProfilePatch::default() }),
    ];
    for (number, profile) in patches {
        let change = credere_app::parties::AccountChange { profile, ..Default::default() };
        app.change_account(platform(), None, uin(number), change).await.unwrap();
    }
}

#[tokio::test]
async fn a_domain_goes_in_ascii_and_a_name_arrives_as_it_is() {
    let mailbox = MailBox::new(|_| "250 taken").await;
    let app = furnished(Arc::new(MemoryStore::new()), with_mail(&mailbox, Language::English)).await;
    subscribe(&app, RESELLER, true, false).await;
    called(&app, "\"ops team\"@bücher.example", "=?utf-8?q?Paid=21?=").await;
    spend(&app, 80).await;
    let letter = mailbox.after(1).await.remove(0);
    assert!(letter.contains("To: \"ops team\"@xn--bcher-kva.example\r\n"), "{letter}");
    // Encoded as a whole, so that nothing in it is taken for encoded.
    assert!(letter.contains("Subject: =?utf-8?b?"), "{letter}");
    assert!(!letter.split("\r\n\r\n").next().unwrap().contains("Paid"), "{letter}");
    until_letter(&app, "delivered").await;
    app.close();
}

#[tokio::test]
async fn an_address_outside_ascii_fails_at_once_where_the_server_has_no_smtputf8() {
    let mailbox = MailBox::new(|_| "250 taken").await;
    let app = furnished(Arc::new(MemoryStore::new()), with_mail(&mailbox, Language::English)).await;
    subscribe(&app, RESELLER, true, false).await;
    called(&app, "жук@example.test", "Plain").await;
    spend(&app, 80).await;
    let failed = until_letter(&app, "failed").await;
    assert_eq!(failed.attempts, 1);
    assert!(failed.reason.unwrap().contains("no SMTPUTF8"));
    called(&app, "not an address", "Plain").await;
    spend(&app, 15).await;
    let failed = until_letter(&app, "failed").await;
    assert_eq!(failed.attempts, 1);
    assert!(failed.reason.unwrap().starts_with("the recipient's e-mail address"));
    app.close();
}
