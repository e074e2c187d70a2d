"""Writes crates/lexer/src/source/charmaps.rs: what the reference's encodings of one byte a character
decode, and all names by which it knows its encodings.

    python3.14 charmaps.py > crates/lexer/src/source/charmaps.rs
"""
import codecs
import encodings
import encodings.aliases
import pkgutil

# Not tables: what they decode depends on more than one byte, or they are no text encodings by design.
SKIPPED = {"aliases", "mbcs", "oem", "charmap", "idna", "raw_unicode_escape", "ascii", "iso8859_1", "latin_1"}


def table(name):
    """The characters of bytes 128 to 255, or None if the encoding is no table above ASCII."""
    upper = []
    for byte in range(256):
        try:
            text = bytes([byte]).decode(name)
        except UnicodeDecodeError:
            text = "\ufffd"
        if len(text) != 1 or byte < 128 and text != chr(byte):
            return None
        if byte >= 128:
            upper.append(text)
    for lead in range(128, 256):
        for trail in (0x40, 0x80, 0xA1, 0xC0, 0xFE):
            pair = bytes([lead, trail]).decode(name, "replace")
            if pair != upper[lead - 128] + (chr(trail) if trail < 128 else upper[trail - 128]):
                return None
    return "".join(upper)


def literal(text):
    return '"' + "".join(c if c.isprintable() and c not in '"\\\\' else "\\u{%x}" % ord(c) for c in text) + '"'


names = sorted({module.name for module in pkgutil.iter_modules(encodings.__path__)} - {"aliases", "mbcs", "oem"})
text_names, other_names, tables = [], [], []
for name in names:
    try:
        info = codecs.lookup(name)
    except LookupError:
        continue
    (text_names if info._is_text_encoding else other_names).append(name)
    if info._is_text_encoding and name not in SKIPPED:
        try:
            upper = table(name)
        except Exception:
            upper = None
        if upper:
            tables.append((name, upper))

known = set(text_names) | set(other_names)
aliases = sorted((alias, name) for alias, name in encodings.aliases.aliases.items() if name in known)

print("//! Encodings of one byte a character, and the names of all encodings, as the reference has them.")
print("//! Invariant: written by `tests/parity/reference/charmaps.py`; not to be edited.")
print("\n/// Characters of the bytes 128 to 255 by encoding; U+FFFD where there is none.")
print("#[rustfmt::skip]\npub(super) static TABLES: &[(&str, &str)] = &[")
for name, upper in tables:
    print(f'    ("{name}", {literal(upper)}),')
print("];\n\n/// Encodings of text.\n#[rustfmt::skip]\npub(super) static TEXT: &[&str] = &[")
for name in text_names:
    print(f'    "{name}",')
print("];\n\n/// Codecs that do not give text.\n#[rustfmt::skip]\npub(super) static NOT_TEXT: &[&str] = &[")
for name in other_names:
    print(f'    "{name}",')
print("];\n\n/// Other names, sorted.\n#[rustfmt::skip]\npub(super) static ALIASES: &[(&str, &str)] = &[")
for alias, name in aliases:
    print(f'    ("{alias}", "{name}"),')
print("];")
