//! Instructions that no tree gives, and more of them than most give.

use super::{op, push, sequence};
use crate::flow::Flow;
use crate::ir::{Constants, Label, Loc, Sequence, Unit};
use std::fmt::Write;
use taipan_ast::Interner;
use taipan_bytecode_format::{Code, Const, instruction};
use taipan_wtf8::Wtf8;

fn assemble(sequence: Sequence) -> Code {
    let mut constants = Constants::default();
    constants.add(Const::None);
    let mut unit = Unit { sequence, constants, firstlineno: 1, ..Unit::default() };
    Flow::default().assemble(&mut unit, &Interner::new(), Wtf8::from_str("f"))
}

/// Where a pass would look at all instructions again for each of them, this would not end.
const MANY: usize = 100_000;

#[test]
fn many_jumps_past_many_dead_blocks_take_linear_time() {
    let mut text = String::new();
    for _ in 0..MANY {
        text += "LOAD_NAME 0\nPOP_JUMP_IF_TRUE end\n";
    }
    text += "JUMP end\nend:\n";
    for number in 0..MANY {
        write!(
            text,
            "LOAD_SMALL_INT 0\nPOP_JUMP_IF_FALSE after{number}\nLOAD_NAME 1\nPOP_TOP\nafter{number}:\n"
        )
        .unwrap();
    }
    text += "LOAD_CONST 0 @-\nRETURN_VALUE";
    let code = assemble(sequence(&text)).code;
    assert_eq!(instruction::instructions(&code).count(), 3 * MANY + 2);
}

#[test]
fn many_changes_of_locals_below_many_values_take_linear_time() {
    let mut text = "LOAD_NAME 0\nPUSH_NULL\n".to_owned();
    for _ in 0..MANY {
        text += "LOAD_FAST 0\nLOAD_NAME 1\nCOPY 1\nSTORE_FAST 0\n";
    }
    writeln!(text, "CALL {}\nRETURN_VALUE", 2 * MANY).unwrap();
    assert_eq!(assemble(sequence(&text)).stacksize as usize, 2 * MANY + 3);
}

#[test]
fn jumps_in_a_circle_have_an_end() {
    assemble(sequence("LOAD_NAME 0\nPOP_JUMP_IF_TRUE a\nJUMP a\na:\nJUMP b\nb:\nJUMP c\nc:\nJUMP a"));
    assemble(sequence("a:\nJUMP a"));
}

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

#[test]
fn any_sequence_becomes_code() {
    let names = "NOP LOAD_CONST LOAD_SMALL_INT LOAD_FAST STORE_FAST DELETE_FAST POP_TOP COPY SWAP TO_BOOL \
        UNARY_NOT IS_OP BINARY_OP BUILD_LIST BUILD_TUPLE UNPACK_SEQUENCE LOAD_GLOBAL PUSH_NULL CALL GET_ITER \
        RETURN_VALUE RERAISE POP_JUMP_IF_TRUE POP_JUMP_IF_NONE FOR_ITER SEND END_ASYNC_FOR JUMP \
        JUMP_NO_INTERRUPT JUMP_IF_FALSE JUMP_IF_TRUE SETUP_FINALLY SETUP_CLEANUP POP_BLOCK YIELD_VALUE RESUME \
        LIST_APPEND CALL_INTRINSIC_1 IMPORT_FROM LOAD_ATTR MATCH_KEYS ANNOTATIONS_PLACEHOLDER";
    let names: Vec<&str> = names.split_whitespace().collect();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..20_000 {
        let mut sequence = Sequence::default();
        let labels: Vec<Label> = (0..4).map(|_| sequence.new_label()).collect();
        for _ in 0..random.below(25) {
            if random.below(5) == 0 {
                sequence.place(labels[random.below(4) as usize]);
            }
            let op = op(names[random.below(names.len() as u64) as usize]);
            let arg =
                if op.has_target() { labels[random.below(4) as usize].0 } else { random.below(9) as u32 };
            let loc = if random.below(4) == 0 { Loc::NONE } else { Loc::line(random.below(3) as i32) };
            push(&mut sequence, op, arg, loc);
        }
        assemble(sequence);
    }
}
