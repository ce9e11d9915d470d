//! What every store does alike with profiles: applying a patch and matching a search term. It is done here and not in
//! a database, because databases disagree about letters in upper and lower case.

use crate::contract::{Profile, ProfileField, ProfilePatch, SearchTerm};

impl ProfilePatch {
    /// Writes the fields that this patch names into `profile`.
    pub(crate) fn apply(&self, profile: &mut Profile) {
        let fields = [
            (&self.name, &mut profile.name),
            (&self.email, &mut profile.email),
            (&self.phone, &mut profile.phone),
            (&self.entity_id, &mut profile.entity_id),
            (&self.entity_name, &mut profile.entity_name),
            (&self.channel_manager, &mut profile.channel_manager),
            (&self.remark, &mut profile.remark),
            (&self.member_name, &mut profile.member_name),
            (&self.member_remark, &mut profile.member_remark),
        ];
        for (change, field) in fields {
            if let Some(value) = change {
                field.clone_from(value);
            }
        }
    }
}

/// A search term made ready to be held against many fields.
pub(crate) struct Matcher {
    exact: bool,
    term: String,
    folded: String,
}

impl Matcher {
    pub(crate) fn new(term: &SearchTerm) -> Matcher {
        match term {
            SearchTerm::Exact(term) => Matcher { exact: true, term: term.clone(), folded: String::new() },
            SearchTerm::Contains(term) => {
                let mut folded = String::new();
                fold(term, &mut folded);
                Matcher { exact: false, term: folded, folded: String::new() }
            }
        }
    }

    /// Whether the field's text matches.
    pub(crate) fn matches(&mut self, text: &str) -> bool {
        if self.exact {
            return text == self.term;
        }
        fold(text, &mut self.folded);
        self.folded.contains(&self.term)
    }
}

/// The searched field of a profile.
pub(crate) fn field(profile: &Profile, field: ProfileField) -> Option<&str> {
    match field {
        ProfileField::Name => profile.name.as_deref(),
        ProfileField::Email => profile.email.as_deref(),
        ProfileField::Phone => profile.phone.as_deref(),
        ProfileField::Remark => profile.remark.as_deref(),
    }
}

/// Letter by letter, so that a letter folds the same wherever it stands in a word.
pub(crate) fn fold(text: &str, into: &mut String) {
    into.clear();
    into.extend(text.chars().flat_map(char::to_lowercase));
}
