//! The operations of register code, declared once: name, what the operands are, what it does.
//!
//! A word is `op:16 a:16 b:16 c:16`. Operands are slots of the frame unless it says otherwise; `+n` says how
//! many words follow, for constants, jump targets and caches. A *wide* operand is `b` and `c` together.
//! Jump targets count words from the word of the operation itself.

/// Calls a macro with the table.
#[macro_export]
macro_rules! for_each_operation {
    ($macro:ident) => {
        $macro! {
            // -- values --------------------------------------------------------------------------
            (Move, 0, "a = b, counted again")
            (Take, 0, "a = b, which is moved out")
            (Const, 1, "a = the constant of wide number; its word")
            (Int, 0, "a = the int in the wide operand")
            (Null, 0, "a = the marker for no self")
            (Swap, 0, "exchanges a and b")
            (Clear, 0, "releases a, which is nothing then")
            (CheckLocal, 0, "raises UnboundLocalError if the local a is unbound")
            (DeleteLocal, 0, "unbinds the local a, which must be bound")
            (TakeLocal, 0, "a = b or nothing, and unbinds the local b")
            (Restore, 0, "the local a = b or nothing, which is moved out")
            (MakeCell, 0, "a = a cell of what a holds")
            (CopyFree, 0, "puts the cells of the function's closure into the wide number of slots from a on")
            (LoadDeref, 0, "a = what the cell b holds")
            (StoreDeref, 0, "the cell a holds b")
            (DeleteDeref, 0, "the cell a holds nothing")
            (LoadDictOrDeref, 0, "a = the name of cell b in the namespace a, else what the cell holds")
            // -- arithmetic: +1, the number of the operator ----------------------------------------
            (Add, 1, "a = b + c")
            (Sub, 1, "a = b - c")
            (Mul, 1, "a = b * c")
            (TrueDiv, 1, "a = b / c")
            (FloorDiv, 1, "a = b // c")
            (Mod, 1, "a = b % c")
            (And, 1, "a = b & c")
            (Or, 1, "a = b | c")
            (Xor, 1, "a = b ^ c")
            (LShift, 1, "a = b << c")
            (RShift, 1, "a = b >> c")
            (Binary, 1, "a = b op c, any operator")
            (AddInt, 1, "a = b + the int c")
            (SubInt, 1, "a = b - the int c")
            (MulInt, 1, "a = b * the int c")
            (FloorDivInt, 1, "a = b // the int c")
            (ModInt, 1, "a = b % the int c")
            (AndInt, 1, "a = b & the int c")
            (LShiftInt, 1, "a = b << the int c")
            (RShiftInt, 1, "a = b >> the int c")
            (Negative, 0, "a = -b")
            (Invert, 0, "a = ~b")
            (Positive, 0, "a = +b")
            (Not, 0, "a = not the bool b")
            (ToBool, 0, "a = bool(b)")
            // -- comparisons ---------------------------------------------------------------------
            (Lt, 0, "a = b < c")
            (Le, 0, "a = b <= c")
            (Eq, 0, "a = b == c")
            (Ne, 0, "a = b != c")
            (Gt, 0, "a = b > c")
            (Ge, 0, "a = b >= c")
            (LtBool, 0, "a = bool(b < c)")
            (LeBool, 0, "a = bool(b <= c)")
            (EqBool, 0, "a = bool(b == c)")
            (NeBool, 0, "a = bool(b != c)")
            (GtBool, 0, "a = bool(b > c)")
            (GeBool, 0, "a = bool(b >= c)")
            (Is, 0, "a = b is c")
            (IsNot, 0, "a = b is not c")
            (Contains, 0, "a = b in c")
            (NotContains, 0, "a = b not in c")
            // -- jumps: near targets stand in c ------------------------------------------------------
            (Jump, 0, "goes to the wide target")
            (JumpBack, 0, "goes back to the wide target: a safepoint")
            (JumpTrue, 0, "goes to the wide target if the bool a is true")
            (JumpFalse, 0, "goes to the wide target if the bool a is false")
            (JumpNone, 0, "goes to the wide target if a is None")
            (JumpNotNone, 0, "goes to the wide target if a is not None")
            (JumpTruthy, 0, "goes to the wide target if bool(a)")
            (JumpFalsy, 0, "goes to the wide target if not bool(a)")
            (JumpLt, 0, "goes to the near target if a < b")
            (JumpNotLt, 0, "goes to the near target if not a < b")
            (JumpLe, 0, "goes to the near target if a <= b")
            (JumpNotLe, 0, "goes to the near target if not a <= b")
            (JumpEq, 0, "goes to the near target if a == b")
            (JumpNotEq, 0, "goes to the near target if not a == b")
            (JumpNe, 0, "goes to the near target if a != b")
            (JumpNotNe, 0, "goes to the near target if not a != b")
            (JumpGt, 0, "goes to the near target if a > b")
            (JumpNotGt, 0, "goes to the near target if not a > b")
            (JumpGe, 0, "goes to the near target if a >= b")
            (JumpNotGe, 0, "goes to the near target if not a >= b")
            (JumpLtInt, 0, "goes to the near target if a < the int b")
            (JumpNotLtInt, 0, "goes to the near target if not a < the int b")
            (JumpLeInt, 0, "goes to the near target if a <= the int b")
            (JumpNotLeInt, 0, "goes to the near target if not a <= the int b")
            (JumpEqInt, 0, "goes to the near target if a == the int b")
            (JumpNotEqInt, 0, "goes to the near target if not a == the int b")
            (JumpNeInt, 0, "goes to the near target if a != the int b")
            (JumpNotNeInt, 0, "goes to the near target if not a != the int b")
            (JumpGtInt, 0, "goes to the near target if a > the int b")
            (JumpNotGtInt, 0, "goes to the near target if not a > the int b")
            (JumpGeInt, 0, "goes to the near target if a >= the int b")
            (JumpNotGeInt, 0, "goes to the near target if not a >= the int b")
            (JumpIs, 0, "goes to the near target if a is b")
            (JumpIsNot, 0, "goes to the near target if a is not b")
            // -- names ---------------------------------------------------------------------------
            (LoadGlobal, 2, "a = the global of name b, a+1 the marker for no self if c is 1; versions; place")
            (LoadGlobalModule, 2, "the same, found in the globals of the version in the first word")
            (LoadGlobalBuiltin, 2, "the same, found in the built-ins: the globals' version, above it theirs")
            (StoreGlobal, 0, "the global of wide name = a")
            (DeleteGlobal, 0, "deletes the global of wide name")
            (LoadName, 2, "a = the wide name in the frame's namespace, globals or built-ins; versions; place")
            (StoreName, 2, "the wide name in the frame's namespace = a; version; place")
            (DeleteName, 0, "deletes the wide name in the frame's namespace")
            (LoadDictOrGlobals, 0, "a = the wide name in the namespace a, else global")
            (LoadLocals, 0, "a = the frame's namespace")
            (LoadBuildClass, 0, "a = builtins.__build_class__")
            (LoadCommon, 0, "a = the common constant b")
            // -- attributes and items --------------------------------------------------------------
            (LoadAttr, 2, "a = b.name c; type's version and place; descriptor")
            (LoadMethod, 2, "a, a+1 = the function of b.name c and b, or the attribute and no self")
            (LoadSuper, 0, "a = super(a, a+1, a+2).name c; b tells about a method and about arguments")
            (StoreAttr, 2, "a.name c = b; type's version and place; -")
            (DeleteAttr, 0, "del a.name c")
            (Subscript, 0, "a = b[c]")
            (StoreSubscript, 0, "a[b] = c")
            (DeleteSubscript, 0, "del a[b]")
            (BinarySlice, 0, "a = a[a+1:a+2]")
            (StoreSlice, 0, "b[b+1:b+2] = a")
            // -- calls ---------------------------------------------------------------------------
            (Call, 0, "c = a(a+1 if it is one, b arguments behind)")
            (CallKw, 0, "c = a(...), the last of the b arguments named by the tuple behind them")
            (CallEx, 0, "c = a(*a+2, **a+3)")
            (Return, 0, "returns a")
            (ReturnConst, 1, "returns the constant of wide number; its word")
            (MakeFunction, 0, "a = a function of the code a")
            (SetFunctionAttribute, 0, "sets the attribute c of the function b to a; a = the function")
            // -- containers ------------------------------------------------------------------------
            (BuildTuple, 0, "a = the tuple of a and what follows, b in all")
            (BuildList, 0, "a = the list of them")
            (BuildSet, 0, "a = the set of them")
            (BuildMap, 0, "a = the dict of b pairs")
            (BuildString, 0, "a = the b strings joined")
            (BuildSlice, 0, "a = the slice of b values")
            (ListAppend, 0, "appends b to the list a")
            (ListExtend, 0, "extends the list a by b")
            (SetAdd, 0, "adds b to the set a")
            (SetUpdate, 0, "adds the items of b to the set a")
            (MapAdd, 0, "sets the key b of the dict a to b+1")
            (DictUpdate, 0, "updates the dict a by b")
            (DictMerge, 0, "updates the keyword arguments a of the callable c by b")
            (Unpack, 0, "a.. = the b items of a, the last one first")
            (UnpackEx, 0, "a.. = the items of a: so many as b says, a list, so many as c says")
            (GetLen, 0, "a = len(b), which stays")
            // -- iteration and delegation -------------------------------------------------------------
            (GetIter, 0, "a = iter(b)")
            (ForIter, 0, "b = the next of the iterator a, or goes to the near target")
            (GetYieldFromIter, 0, "a = what a delegation iterates over for a")
            (ReturnGenerator, 0, "returns a generator of the frame to the caller; goes on in it with a value in a")
            (Yield, 0, "yields a, which is what is sent when it goes on")
            (Send, 0, "sends b into a: b = what is yielded, or goes to the near target with what is returned")
            (EndSend, 0, "a = a+1")
            (CleanupThrow, 0, "a = the value of the StopIteration a+2, or raises it again")
            (GetAwaitable, 0, "a = the awaitable of a")
            (GetAiter, 0, "a = aiter(a)")
            (GetAnext, 0, "a = the awaitable of the next item of the iterator b, which stays")
            (EndAsyncFor, 0, "ends a loop over the iterator a with the exception a+1, or raises it again")
            // -- patterns --------------------------------------------------------------------------
            (MatchMapping, 0, "a = whether b is a mapping, which stays")
            (MatchSequence, 0, "a = whether b is a sequence, which stays")
            (MatchKeys, 0, "a = the values that b has for the keys c, or None; both stay")
            (MatchClass, 0, "a = the attributes of a as an instance of a+1, b of them by position, a+2 by name")
            // -- exceptions ------------------------------------------------------------------------
            (Raise, 0, "raises a from a+1, as many as b says")
            (Reraise, 0, "raises a again; b is 1 if the slot c tells where")
            (PushExc, 0, "a, a+1 = the handled exception and a, which is handled from now on")
            (PopExcept, 0, "a is handled again")
            (CheckExcMatch, 0, "b = whether the exception a is of b")
            (CheckEgMatch, 0, "a, a+1 = the rest of a and its part that is of a+1")
            (WithExceptStart, 0, "a = a-4, or a-5 called with the exception a-1")
            (LoadSpecial, 0, "a, a+1 = the special method b of a and a")
            // -- the rest --------------------------------------------------------------------------
            (Intrinsic1, 0, "a = the intrinsic function b of a")
            (Intrinsic2, 0, "a = the intrinsic function b of a and a+1")
            (ImportName, 0, "a = the module of the wide name, level a, names a+1")
            (ImportFrom, 0, "a = the attribute c of the module b")
            (FormatSimple, 0, "a = format(b)")
            (FormatWithSpec, 0, "a = format(a, a+1)")
            (ConvertValue, 0, "a = a converted as b says")
            (BuildTemplate, 0, "a = the t-string of the strings a and the interpolations a+1")
            (BuildInterpolation, 0, "a = the interpolation of a with the text a+1, and a+2 if bit 0 of b is set")
            (TraceCall, 0, "tells that a call begins, or goes on if a is not 0")
            (TraceLine, 0, "tells that a line begins")
            (TraceReturn, 0, "tells that a, which stays, is given back, by a yield if b is not 0")
            (TraceOpcode, 0, "tells that an instruction is next")
            (TraceStop, 0, "tells that what was delegated to ended with a")
            (Trap, 0, "goes over to the traced form, or is what it was before it became a trap")
            (SetupAnnotations, 0, "makes __annotations__ in the frame's namespace")
            (Unbuilt, 0, "raises SystemError: the instruction of wide number is not built yet")
        }
    };
}

macro_rules! define {
    ($(($name:ident, $more:literal, $doc:literal))*) => {
        /// An operation.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u16)]
        pub enum Op {
            $(#[doc = $doc] $name,)*
        }

        impl Op {
            /// How many there are.
            pub const COUNT: usize = [$(Op::$name),*].len();

            /// Words behind the first one.
            pub const fn more(self) -> usize {
                match self { $(Op::$name => $more,)* }
            }

            /// The operation of a number.
            pub fn from_number(number: u16) -> Option<Op> {
                [$(Op::$name),*].get(number as usize).copied()
            }
        }
    };
}

for_each_operation!(define);

/// Where the target of a jump stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// In the wide operand.
    Wide,
    /// In the operand c.
    Near,
}

impl Op {
    /// Where its target stands, if it may go on elsewhere.
    pub const fn target(self) -> Option<Target> {
        use Op::*;
        match self {
            Jump | JumpBack | JumpTrue | JumpFalse | JumpNone | JumpNotNone | JumpTruthy | JumpFalsy => {
                Some(Target::Wide)
            }
            JumpLt | JumpNotLt | JumpLe | JumpNotLe | JumpEq | JumpNotEq | JumpNe | JumpNotNe | JumpGt
            | JumpNotGt | JumpGe | JumpNotGe | JumpLtInt | JumpNotLtInt | JumpLeInt | JumpNotLeInt
            | JumpEqInt | JumpNotEqInt | JumpNeInt | JumpNotNeInt | JumpGtInt | JumpNotGtInt | JumpGeInt
            | JumpNotGeInt | JumpIs | JumpIsNot | ForIter | Send => Some(Target::Near),
            _ => None,
        }
    }

    /// Whether nothing goes on at the word behind it.
    pub const fn ends(self) -> bool {
        matches!(self, Op::Jump | Op::JumpBack | Op::Return | Op::ReturnConst | Op::Raise | Op::Reraise)
    }
}

/// The first word of an operation.
#[derive(Clone, Copy)]
pub struct OpWord(pub u64);

impl OpWord {
    /// An operation with its operands.
    pub const fn new(op: Op, a: u16, b: u16, c: u16) -> OpWord {
        OpWord(op as u64 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48)
    }

    /// An operation with a wide operand.
    pub const fn wide(op: Op, a: u16, wide: u32) -> OpWord {
        OpWord(op as u64 | (a as u64) << 16 | (wide as u64) << 32)
    }

    /// The number of the operation.
    #[inline(always)]
    pub const fn number(self) -> u16 {
        self.0 as u16
    }

    /// The operand a.
    #[inline(always)]
    pub const fn a(self) -> usize {
        (self.0 >> 16) as u16 as usize
    }

    /// The operand b.
    #[inline(always)]
    pub const fn b(self) -> usize {
        (self.0 >> 32) as u16 as usize
    }

    /// The operand c.
    #[inline(always)]
    pub const fn c(self) -> usize {
        (self.0 >> 48) as usize
    }

    /// The operand b as an int.
    #[inline(always)]
    pub const fn b_int(self) -> i64 {
        (self.0 >> 32) as i16 as i64
    }

    /// The operand c as an int.
    #[inline(always)]
    pub const fn c_int(self) -> i64 {
        (self.0 >> 48) as i16 as i64
    }

    /// The near target: how many words it is away.
    #[inline(always)]
    pub const fn near(self) -> isize {
        (self.0 >> 48) as i16 as isize
    }

    /// The wide target: how many words it is away.
    #[inline(always)]
    pub const fn far(self) -> isize {
        (self.0 >> 32) as i32 as isize
    }

    /// The wide operand.
    #[inline(always)]
    pub const fn wide_operand(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_read_back() {
        let word = OpWord::new(Op::Add, 1, 0xFFFF, 0x8000);
        assert_eq!((word.number(), word.a(), word.b(), word.c()), (Op::Add as u16, 1, 0xFFFF, 0x8000));
        assert_eq!((word.b_int(), word.c_int()), (-1, -0x8000));
        let word = OpWord::wide(Op::Jump, 7, -3i32 as u32);
        assert_eq!((word.a(), word.wide_operand() as i32), (7, -3));
        const { assert!(Op::COUNT < 512) };
        assert_eq!(Op::from_number(Op::Unbuilt as u16), Some(Op::Unbuilt));
        assert_eq!(Op::from_number(Op::COUNT as u16), None);
    }
}
