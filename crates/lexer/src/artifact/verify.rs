//! What holds of tokens that were read, whoever wrote them:
//!
//! - ranges are in order, do not overlap, are within the source and divide no character;
//! - the last token, and no other, is the end marker or the error, which then stands beside it;
//! - keywords and operators are spelled as their kinds say;
//! - errors and warnings have their place within the source.
//!
//! It is not proved that the tokens are those that this lexer makes of the source: a reader must take
//! names, numbers and strings that no lexer gives.

use super::{TokenFile, VerifyError};
use crate::{LexErrorKind, TokenKind};

/// Checks a file that was read.
pub(super) fn verify(file: &TokenFile) -> Result<(), VerifyError> {
    if let Some(source) = &file.source {
        if source.len() != file.source_len as usize {
            return Err(VerifyError::SourceLength);
        }
        if memchr::memchr(0, source.as_bytes()).is_some() || file.source_len == u32::MAX {
            return Err(VerifyError::Source);
        }
    }
    tokens(file)?;
    error(file)?;
    warnings(file)
}

fn tokens(file: &TokenFile) -> Result<(), VerifyError> {
    let tokens = &file.lexed.tokens;
    let last = tokens.len().checked_sub(1).ok_or(VerifyError::End { token: 0 })?;
    let mut previous_end = 0;
    for (token, &kind) in tokens.kinds().iter().enumerate() {
        let span = tokens.span(token);
        if span.start < previous_end {
            return Err(VerifyError::Order { token });
        }
        if span.end < span.start || span.end > file.source_len {
            return Err(VerifyError::Range { token });
        }
        previous_end = span.end;
        if matches!(kind, TokenKind::EndMarker | TokenKind::Error) != (token == last) {
            return Err(VerifyError::End { token });
        }
        if let Some(source) = &file.source {
            let text = source.get(span.range()).ok_or(VerifyError::Boundary { token })?;
            let spelled = match kind.spelling() {
                None => true,
                Some(spelling) if file.options.extra_tokens => text.trim_start_matches('\r') == spelling,
                Some(spelling) => text == spelling || (kind == TokenKind::NotEqual && text == "<>"),
            };
            if !spelled {
                return Err(VerifyError::Spelling { token });
            }
        }
    }
    Ok(())
}

fn error(file: &TokenFile) -> Result<(), VerifyError> {
    let has_token = file.lexed.tokens.kinds().last() == Some(&TokenKind::Error);
    let Some(error) = &file.lexed.error else {
        return if has_token { Err(VerifyError::Error) } else { Ok(()) };
    };
    if !has_token {
        return Err(VerifyError::Error);
    }
    let inside = |offset: u32| offset <= file.source_len;
    let range_inside = error
        .range
        .is_none_or(|range| error.line_start < range.start && range.start <= range.end && inside(range.end));
    let bracket = match error.kind {
        LexErrorKind::UnclosedBracket { offset, .. } => Some(offset),
        _ => None,
    };
    let bracket_inside = bracket.into_iter().chain(error.open_bracket).all(|offset| offset < file.source_len);
    let placed = inside(error.cursor) && error.line_start <= error.cursor && inside(error.buffer_start);
    if placed && range_inside && bracket_inside { Ok(()) } else { Err(VerifyError::ErrorPlace) }
}

fn warnings(file: &TokenFile) -> Result<(), VerifyError> {
    for (index, warning) in file.lexed.warnings.iter().enumerate() {
        if warning.cursor > file.source_len || warning.token as usize >= file.lexed.tokens.len() {
            return Err(VerifyError::WarningPlace { index });
        }
    }
    Ok(())
}
