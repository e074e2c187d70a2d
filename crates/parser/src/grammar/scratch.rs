//! Stacks on which sequences are gathered until their length is known. A production notes a stack's
//! height, pushes, and takes what is above that height into the arena; between, nested productions
//! do the same and leave the stack as they found it.

use super::Parser;
use super::operator::Pending;
use taipan_ast::{
    Alias, Arg, Arguments, CmpOp, Comprehension, ExceptHandler, Expr, Identifier, Keyword, MatchCase,
    Pattern, Stmt, TypeParam, WithItem,
};
use taipan_wtf8::Wtf8Buf;

macro_rules! stacks {
    ($($stack:ident $take:ident $item:ty,)*) => {
        /// The stacks.
        #[derive(Default)]
        pub(super) struct Scratch<'a> {
            $(pub(super) $stack: Vec<$item>,)*
            /// Operators that wait for their right operand.
            pub(super) pending: Vec<Pending<'a>>,
            /// Parameters of the lambdas among them.
            pub(super) lambdas: Vec<Arguments<'a>>,
            /// The text of a string literal that is being decoded.
            pub(super) text: Wtf8Buf,
            /// The bytes of a bytes literal that is being decoded.
            pub(super) bytes: Vec<u8>,
        }

        /// The heights of the stacks.
        pub(super) struct Lengths {
            $($stack: usize,)*
            pending: usize,
            lambdas: usize,
        }

        impl Scratch<'_> {
            pub(super) fn lengths(&self) -> Lengths {
                Lengths {
                    $($stack: self.$stack.len(),)*
                    pending: self.pending.len(),
                    lambdas: self.lambdas.len(),
                }
            }

            pub(super) fn truncate(&mut self, to: &Lengths) {
                $(self.$stack.truncate(to.$stack);)*
                self.pending.truncate(to.pending);
                self.lambdas.truncate(to.lambdas);
            }
        }

        impl<'a> Parser<'a, '_> {
            $(
                /// Moves what stands on the stack above `base` into the arena.
                pub(super) fn $take(&mut self, base: usize) -> &'a [$item] {
                    match self.scratch.$stack.get(base..) {
                        None | Some([]) => &[],
                        Some(items) => {
                            let slice = self.arena.alloc_slice_copy(items);
                            self.scratch.$stack.truncate(base);
                            slice
                        }
                    }
                }
            )*
        }
    };
}

stacks! {
    stmts take_stmts Stmt<'a>,
    exprs take_exprs Expr<'a>,
    optional_exprs take_optional_exprs Option<Expr<'a>>,
    keywords take_keywords Keyword<'a>,
    comprehensions take_comprehensions Comprehension<'a>,
    cmpops take_cmpops CmpOp,
    args take_args Arg<'a>,
    aliases take_aliases Alias<'a>,
    names take_names Identifier,
    items take_items WithItem<'a>,
    handlers take_handlers ExceptHandler<'a>,
    cases take_cases MatchCase<'a>,
    patterns take_patterns Pattern<'a>,
    type_params take_type_params TypeParam<'a>,
}
