use std::io::Read;
use taipan_lexer::*; use taipan_parser::*;
fn main() {
    let path = std::env::args().nth(1).unwrap(); let show: usize = std::env::args().nth(2).map_or(40, |s| s.parse().unwrap());
    let mut text = String::new(); std::fs::File::open(path).unwrap().read_to_string(&mut text).unwrap();
    let (mut eq, mut total, mut acc, mut acc_total, mut shown) = (0,0,0,0,0);
    for line in text.lines() {
        let v: serde_json::Value = match serde_json::from_str(line) { Ok(v)=>v, Err(e)=>{ if shown<show {println!("JSON {e} {line:.80}");} continue } };
        let src = v["source"].as_str().unwrap();
        let src_d: String = format!("{src:?}").chars().take(300).collect(); let mode = match v["mode"].as_str().unwrap() { "exec"=>Mode::Exec, "eval"=>Mode::Eval, _=>Mode::Single };
        let flags = v["flags"].as_u64().unwrap();
        let opts = ParseOptions { mode, type_comments: flags & 0x1000 != 0, allow_incomplete_input: flags & 0x4000 != 0, dont_imply_dedent: flags & 0x200 != 0, barry_as_flufl: flags & 0x400000 != 0, ..Default::default() };
        let r = match Source::from_str(src, mode) { Err(e) => Some(e.diagnostic()), Ok(s) => {
            let l = lex(&s, &LexOptions { mode, type_comments: opts.type_comments, extra_tokens: false, dont_imply_dedent: opts.dont_imply_dedent });
            let arena = taipan_ast::Arena::new(); let mut i = taipan_ast::Interner::new();
            parse(&s, &l, &opts, &arena, &mut i).err() } };
        let want = &v["error"];
        let refused = !want.is_null() && want["stage"] == "parse";
        if !refused { acc_total += 1; if r.is_none() { acc += 1 } else { shown+=1; if shown<=show { println!("ACCEPT {mode:?} {flags:x} {src_d}\n   got {:?}", r); } } continue }
        total += 1;
        let got = match &r { None => "accepted".to_string(), Some(d) => { let l = d.location.as_ref(); format!("{} {:?} {:?}", d.class.name(), d.message, l.map(|l| (l.lineno,l.offset,l.end_lineno,l.end_offset,l.text.clone()))) } };
        let loc = if want["lineno"].is_null() { None } else { Some((want["lineno"].as_i64().unwrap(), want["offset"].as_i64().unwrap(), want["end_lineno"].as_i64().unwrap_or(-99), want["end_offset"].as_i64().unwrap_or(-99), want["text"].as_str().map(str::to_owned))) };
        let exp = format!("{} {:?} {:?}", want["type"].as_str().unwrap(), want["msg"].as_str().unwrap(), loc);
        if got == exp { eq += 1 } else { shown+=1; if shown<=show { println!("DIFF {mode:?} {flags:x} {src_d}\n   want {exp}\n   got  {got}"); } }
    }
    println!("errors equal {eq} of {total}; accepted {acc} of {acc_total}");
}
