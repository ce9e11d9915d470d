//! What a text of somebody's own may hold: a name, a remark, a tag, whatever door it comes in by. One rule, so that no
//! door takes what another refuses and what is shown somewhere does harm nowhere.

/// Whether a text holds no control characters (C0 with tab and line ends, DEL, C1): it is shown in one line, in terminals
/// and in files, where these would be commands.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_of_every_kind_are_found() {
        for plain in ["", "Café 咖啡 ☕", "a-b_c", "\u{a0}\u{ad}"] {
            assert!(is_plain(plain), "{plain:?}");
        }
        for command in ['\0', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{80}', '\u{85}', '\u{9b}', '\u{9f}'] {
            assert!(!is_plain(&format!("x{command}y")), "{command:?}");
        }
    }
}
