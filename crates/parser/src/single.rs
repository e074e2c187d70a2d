//! The check that an interactive input is one statement, made on the text as CPython makes it.

/// Whether anything but blanks and comments stands in `rest`, the text after the last token read.
pub(crate) fn has_more_statements(rest: &str) -> bool {
    let mut rest = rest.as_bytes();
    loop {
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c')).count();
        rest = rest.get(blank..).unwrap_or(&[]);
        match rest.first() {
            None => return false,
            Some(b'#') => {
                let comment = rest.iter().take_while(|&&byte| byte != b'\n').count();
                rest = rest.get(comment..).unwrap_or(&[]);
            }
            Some(_) => return true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::has_more_statements;

    #[test]
    fn blanks_and_comments_are_no_statement() {
        assert!(!has_more_statements("\n# done\n\n"));
        assert!(!has_more_statements(""));
        assert!(has_more_statements("\ny = 2\n"));
        assert!(has_more_statements("# x\n  y"));
    }
}
