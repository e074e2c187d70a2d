//! Documents and what they say; what is wrong with others, and where.

use taipan_xml::{Event, Options, ParameterEntities, Parser};

fn shown(event: &Event) -> String {
    match event {
        Event::StartElement { name, attributes, .. } => {
            let attributes: String =
                attributes.iter().map(|(name, value)| format!(" {name}={value:?}")).collect();
            format!("<{name}{attributes}>")
        }
        Event::EndElement { name } => format!("</{name}>"),
        Event::Characters(text) => format!("{text:?}"),
        Event::Piece(_) => String::new(),
        other => format!("{other:?}"),
    }
}

/// The events of a document that is fed in pieces of a size, then the error with its line and column.
fn read_in(document: &[u8], size: usize, options: &Options) -> Vec<String> {
    let mut parser = Parser::new(options.clone());
    parser.set_parameter_entities(ParameterEntities::Always);
    let mut found: Vec<String> = Vec::new();
    let mut pieces = document.chunks(size).peekable();
    loop {
        let piece = pieces.next().unwrap_or_default();
        parser.feed(piece, pieces.peek().is_none());
        loop {
            match parser.next() {
                Ok(Some(item)) => {
                    let text = shown(&item.event);
                    match (found.last_mut(), &item.event) {
                        // text comes in parts that depend on what is there
                        (Some(last), Event::Characters(_)) if last.starts_with('"') => {
                            last.pop();
                            last.push_str(text.trim_start_matches('"'));
                        }
                        _ => found.push(text),
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    let place = parser.position();
                    found.push(format!("{error}: line {}, column {}", place.line, place.column));
                    return found;
                }
            }
        }
        if pieces.peek().is_none() {
            assert!(parser.is_done(), "{found:?}");
            return found;
        }
    }
}

fn read(document: &str) -> String {
    let options = Options::default();
    let whole = read_in(document.as_bytes(), usize::MAX, &options);
    assert_eq!(whole, read_in(document.as_bytes(), 1, &options), "byte by byte: {document}");
    whole.join(" ")
}

#[test]
fn elements_text_and_references() {
    assert_eq!(
        read("<a x='1' y=\"&lt;&#65;\tb\">t<b/>&amp;\n</a>"),
        "<a x=\"1\" y=\"<A b\"> \"t\" <b> </b> \"&\\n\" </a>"
    );
    assert_eq!(read("<a><![CDATA[<x>]]>]</a>"), "<a> StartCdata \"<x>\" EndCdata \"]\" </a>");
    let said = read("<?xml version='1.0' encoding='utf-8'?><!--c--><?p d?><a>\u{e4}</a>\n");
    assert_eq!(
        said,
        "XmlDecl { version: Some(\"1.0\"), encoding: Some(\"utf-8\"), standalone: -1 } Comment(\"c\") \
         Instruction { target: \"p\", data: \"d\" } <a> \"\u{e4}\" </a>"
    );
}

#[test]
fn declarations_and_entities() {
    let said = read(
        "<!DOCTYPE a [<!ENTITY e '<b>x</b>'><!ATTLIST a k CDATA 'v' t NMTOKENS #IMPLIED>]><a t='  p  q '>&e;</a>",
    );
    assert!(said.ends_with("EndDoctype <a t=\"p q\" k=\"v\"> <b> \"x\" </b> </a>"), "{said}");
    let said = read("<!DOCTYPE a [<!ELEMENT a (b|(c,d)*)+>]><a/>");
    assert!(
        said.contains("ElementDecl { name: \"a\", model: Model { kind: Choice, quantifier: Plus"),
        "{said}"
    );
}

#[test]
fn namespaces() {
    let options = Options { namespaces: true, separator: Some(' '), ..Options::default() };
    let said = read_in(b"<a xmlns='u' xmlns:p='v' p:k='1' l='2'><p:b/></a>", usize::MAX, &options);
    assert_eq!(
        said.join("\n"),
        "StartNamespace { prefix: None, uri: Some(\"u\") }\nStartNamespace { prefix: Some(\"p\"), uri: Some(\"v\") }\n\
         <u a v k=\"1\" l=\"2\">\n<v b>\n</v b>\n</u a>\nEndNamespace { prefix: Some(\"p\") }\nEndNamespace { prefix: None }"
    );
    let said = read_in(b"<a><p:b/></a>", usize::MAX, &options);
    assert_eq!(said.join(" "), "<a> unbound prefix: line 1, column 3");
}

#[test]
fn errors_and_their_places() {
    for (document, error) in [
        ("", "no element found: line 1, column 0"),
        ("x", "syntax error: line 1, column 0"),
        ("<a>", "no element found: line 1, column 3"),
        ("<a></b>", "mismatched tag: line 1, column 5"),
        ("<a/>\n<b/>", "junk after document element: line 2, column 0"),
        ("<a b='1' b='2'/>", "duplicate attribute: line 1, column 9"),
        ("<a>&b;</a>", "undefined entity: line 1, column 3"),
        ("<a>&#0;</a>", "reference to invalid character number: line 1, column 3"),
        ("<a b=1/>", "not well-formed (invalid token): line 1, column 5"),
        ("<a>]]></a>", "not well-formed (invalid token): line 1, column 5"),
        ("<a\n<", "not well-formed (invalid token): line 2, column 0"),
        ("<a><![CDATA[x", "unclosed CDATA section: line 1, column 13"),
        ("<a b", "unclosed token: line 1, column 0"),
        (" <?xml version='1.0'?><a/>", "XML or text declaration not at start of entity: line 1, column 1"),
        ("<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>", "recursive entity reference: line 1, column 35"),
    ] {
        let said = read(document);
        assert!(said.ends_with(error), "{document:?}: {said}");
    }
}

#[test]
fn encodings() {
    let latin =
        read_in(b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe4</a>", usize::MAX, &Options::default());
    assert!(latin.contains(&"\"\u{e4}\"".to_owned()), "{latin:?}");
    let wide: Vec<u8> = "\u{feff}<a>\u{20ac}</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for size in [1, 3, 1000] {
        assert_eq!(read_in(&wide, size, &Options::default()).join(" "), "<a> \"\u{20ac}\" </a>");
    }
    let broken = read_in(b"<a>\xff</a>", usize::MAX, &Options::default());
    assert_eq!(broken.join(" "), "<a> not well-formed (invalid token): line 1, column 3");
}

#[test]
fn laughs_are_limited() {
    let mut document = String::from("<!DOCTYPE a [<!ENTITY l0 'ha'>");
    for level in 1..40 {
        document += &format!("<!ENTITY l{level} '&l{0};&l{0};'>", level - 1);
    }
    document += "]><a>&l39;</a>";
    let said = read_in(document.as_bytes(), usize::MAX, &Options::default());
    assert!(said.last().unwrap().starts_with("limit on input amplification"), "{:?}", said.last());
}

#[test]
fn mutants_are_refused_or_read() {
    let document =
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'x'><!ATTLIST a b (c|d) 'c'><!ELEMENT a ANY>]>\
        <a b='c' xmlns:p='u'>&e;<!--c--><?p?><![CDATA[d]]><p:q>\xc3\xa4&#65;</p:q></a>";
    let mut state: u64 = 7;
    let mut random = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let mut refused = 0;
    for _ in 0..20_000 {
        let mut mutant = document.to_vec();
        for _ in 0..=random(3) {
            let at = random(mutant.len().max(1)).min(mutant.len().saturating_sub(1));
            match random(3) {
                _ if mutant.is_empty() => {}
                0 => mutant[at] = b"<>&;'\"[]!-?%\x00\xff ab"[random(17)],
                1 => drop(mutant.remove(at)),
                _ => mutant.truncate(at.max(1)),
            }
        }
        let mut parser = Parser::new(Options { namespaces: true, ..Options::default() });
        parser.feed(&mutant, true);
        while let Ok(Some(_)) = parser.next() {}
        refused += usize::from(!parser.is_done());
    }
    assert!(refused > 10_000, "{refused}");
}
