//! Names follow the variants, and what is said beside them.

use credere_numbered::Named;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Named)]
enum Level {
    Below25,
    #[named("atTheTop", "top", "full")]
    AtTheTop,
    R2D2,
    X,
}

#[derive(Named)]
#[expect(dead_code, reason = "the fields are not looked at")]
enum Sort {
    Nothing,
    OneThing(u8),
    #[named("more")]
    ManyThings {
        all: u8,
    },
}

#[test]
fn a_name_is_the_variant_in_snake_case_or_what_is_said() {
    assert_eq!(Level::ALL.map(Level::name), ["below_25", "atTheTop", "r_2_d_2", "x"]);
    assert_eq!([Sort::Nothing, Sort::OneThing(1), Sort::ManyThings { all: 2 }].map(|sort| sort.name()), Sort::NAMES);
    assert_eq!(Sort::NAMES, ["nothing", "one_thing", "more"]);
}

#[test]
fn one_is_found_by_its_name_and_by_the_others_that_it_has() {
    for one in Level::ALL {
        assert_eq!(Level::from_name(one.name()), Some(one));
    }
    for alias in ["top", "full"] {
        assert_eq!(Level::from_name(alias), Some(Level::AtTheTop));
    }
    assert_eq!(Level::ALIASES.map(|(alias, _)| alias), ["top", "full"]);
    assert_eq!(["at_the_top", "Below25", ""].map(Level::from_name), [None; 3]);
}
