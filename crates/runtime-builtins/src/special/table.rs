//! The table: one entry a slot, in CPython's order (where two slots have one name, a built-in type's method is that
//! of the first that it has). An entry has the slot, in brackets what a class that defines one of the names in Python
//! has there, and the names; each name that built-in types have as a method says how the slot is called
//! (`wrap.rs`), the signature, and a line of documentation.

use taipan_object::descriptor::wrapper::WrapperDef;
use taipan_object::str::statics::names;

use super::update::{self, choose, is_own};
use super::{Method, Row, attribute, buffer, operators, python, wrap};

macro_rules! special_methods {
    ($($slot:ident [$($generic:path)?] { $($name:ident $($kind:ident $signature:literal $doc:literal)?;)* })*) => {
        /// All special methods.
        pub(crate) static ROWS: &[Row] = &[$(
            Row {
                methods: &[$(Method {
                    name: || names::$name.get(),
                    definition: special_methods!(@definition $slot $name $($kind $signature $doc)?),
                }),*],
                update: |thread, class| {
                    let all = [$(names::$name.get()),*];
                    let generic = special_methods!(@generic $($generic)?);
                    let slot = choose(thread, class, &all, |slots| &slots.$slot, generic)?;
                    class.slots().$slot.set(slot);
                    Ok(())
                },
                copy: |class, base| class.slots().$slot.set(base.slots().$slot.get()),
                is_same: |class, base| update::is_same(class, base, |slots| &slots.$slot),
                is_own: |ty| is_own(ty, |slots| &slots.$slot),
            },
        )*];
    };
    (@generic) => { None };
    (@generic $generic:path) => { Some($generic as _) };
    (@definition $slot:ident $name:ident) => { None };
    (@definition $slot:ident $name:ident $kind:ident $signature:literal $doc:literal) => {
        Some(WrapperDef {
            name: stringify!($name),
            signature: $signature,
            doc: $doc,
            call: |thread, slots, this, arguments, names| {
                wrap::$kind(thread, slots.$slot.get(), stringify!($name), this, arguments, names)
            },
        })
    };
}

special_methods! {
    repr [python::repr] { __repr__ unary "($self, /)" "What repr(self) gives."; }
    hash [python::hash] { __hash__ hash "($self, /)" "What hash(self) gives."; }
    call [python::call] { __call__ call "($self, /, *args, **kwargs)" "Calls self."; }
    str [python::str] { __str__ unary "($self, /)" "What str(self) gives."; }
    getattr [attribute::get] {
        __getattribute__ get_attribute "($self, name, /)" "What getattr(self, name) gives.";
        __getattr__;
    }
    setattr [attribute::set] {
        __setattr__ set_attribute "($self, name, value, /)" "Does setattr(self, name, value).";
        __delattr__ delete_attribute "($self, name, /)" "Does delattr(self, name).";
    }
    richcompare [python::compare] {
        __lt__ lt "($self, value, /)" "self < value";
        __le__ le "($self, value, /)" "self <= value";
        __eq__ eq "($self, value, /)" "self == value";
        __ne__ ne "($self, value, /)" "self != value";
        __gt__ gt "($self, value, /)" "self > value";
        __ge__ ge "($self, value, /)" "self >= value";
    }
    iter [python::iter] { __iter__ unary "($self, /)" "What iter(self) gives."; }
    next [python::next] { __next__ next "($self, /)" "What next(self) gives."; }
    descr_get [python::descr_get] { __get__ descr_get "($self, instance, owner=None, /)" "The attribute of an instance, or of its class."; }
    descr_set [python::descr_set] {
        __set__ descr_set "($self, instance, value, /)" "Sets the attribute of an instance.";
        __delete__ descr_delete "($self, instance, /)" "Deletes the attribute of an instance.";
    }
    init [python::init] { __init__ init "($self, /, *args, **kwargs)" "Sets the object up."; }
    new [python::new] { __new__; }
    finalize [python::finalize] { __del__ finalize "($self, /)" "Called when the object is about to die."; }
    await_ [python::await_] { __await__ unary "($self, /)" "The iterator that an await expression walks."; }
    aiter [python::aiter] { __aiter__ unary "($self, /)" "What aiter(self) gives."; }
    anext [python::anext] { __anext__ unary "($self, /)" "What anext(self) gives."; }
    add [operators::add] {
        __add__ left "($self, value, /)" "self + value";
        __radd__ right "($self, value, /)" "value + self";
    }
    subtract [operators::subtract] {
        __sub__ left "($self, value, /)" "self - value";
        __rsub__ right "($self, value, /)" "value - self";
    }
    multiply [operators::multiply] {
        __mul__ left "($self, value, /)" "self * value";
        __rmul__ right "($self, value, /)" "value * self";
    }
    remainder [operators::remainder] {
        __mod__ left "($self, value, /)" "self % value";
        __rmod__ right "($self, value, /)" "value % self";
    }
    divmod [operators::divmod] {
        __divmod__ left "($self, value, /)" "divmod(self, value)";
        __rdivmod__ right "($self, value, /)" "divmod(value, self)";
    }
    power [operators::power] {
        __pow__ power "($self, value, mod=None, /)" "pow(self, value, mod)";
        __rpow__ power_right "($self, value, mod=None, /)" "pow(value, self, mod)";
    }
    negative [python::negative] { __neg__ unary "($self, /)" "-self"; }
    positive [python::positive] { __pos__ unary "($self, /)" "+self"; }
    absolute [python::absolute] { __abs__ unary "($self, /)" "abs(self)"; }
    bool [python::truth] { __bool__ truth "($self, /)" "Whether self is true."; }
    invert [python::invert] { __invert__ unary "($self, /)" "~self"; }
    lshift [operators::lshift] {
        __lshift__ left "($self, value, /)" "self << value";
        __rlshift__ right "($self, value, /)" "value << self";
    }
    rshift [operators::rshift] {
        __rshift__ left "($self, value, /)" "self >> value";
        __rrshift__ right "($self, value, /)" "value >> self";
    }
    and [operators::and] {
        __and__ left "($self, value, /)" "self & value";
        __rand__ right "($self, value, /)" "value & self";
    }
    xor [operators::xor] {
        __xor__ left "($self, value, /)" "self ^ value";
        __rxor__ right "($self, value, /)" "value ^ self";
    }
    or [operators::or] {
        __or__ left "($self, value, /)" "self | value";
        __ror__ right "($self, value, /)" "value | self";
    }
    int [python::int] { __int__ unary "($self, /)" "int(self)"; }
    float [python::float] { __float__ unary "($self, /)" "float(self)"; }
    inplace_add [operators::inplace_add] { __iadd__ left "($self, value, /)" "self += value"; }
    inplace_subtract [operators::inplace_subtract] { __isub__ left "($self, value, /)" "self -= value"; }
    inplace_multiply [operators::inplace_multiply] { __imul__ left "($self, value, /)" "self *= value"; }
    inplace_remainder [operators::inplace_remainder] { __imod__ left "($self, value, /)" "self %= value"; }
    inplace_power [operators::inplace_power] { __ipow__ power "($self, value, /)" "self **= value"; }
    inplace_lshift [operators::inplace_lshift] { __ilshift__ left "($self, value, /)" "self <<= value"; }
    inplace_rshift [operators::inplace_rshift] { __irshift__ left "($self, value, /)" "self >>= value"; }
    inplace_and [operators::inplace_and] { __iand__ left "($self, value, /)" "self &= value"; }
    inplace_xor [operators::inplace_xor] { __ixor__ left "($self, value, /)" "self ^= value"; }
    inplace_or [operators::inplace_or] { __ior__ left "($self, value, /)" "self |= value"; }
    floor_divide [operators::floor_divide] {
        __floordiv__ left "($self, value, /)" "self // value";
        __rfloordiv__ right "($self, value, /)" "value // self";
    }
    true_divide [operators::true_divide] {
        __truediv__ left "($self, value, /)" "self / value";
        __rtruediv__ right "($self, value, /)" "value / self";
    }
    inplace_floor_divide [operators::inplace_floor_divide] { __ifloordiv__ left "($self, value, /)" "self //= value"; }
    inplace_true_divide [operators::inplace_true_divide] { __itruediv__ left "($self, value, /)" "self /= value"; }
    index [python::index] { __index__ unary "($self, /)" "self as an integer that may be an index."; }
    matrix_multiply [operators::matrix_multiply] {
        __matmul__ left "($self, value, /)" "self @ value";
        __rmatmul__ right "($self, value, /)" "value @ self";
    }
    inplace_matrix_multiply [operators::inplace_matrix_multiply] { __imatmul__ left "($self, value, /)" "self @= value"; }
    map_length [python::length] { __len__ length "($self, /)" "What len(self) gives."; }
    subscript [python::subscript] { __getitem__ left "($self, key, /)" "self[key]"; }
    set_subscript [python::set_subscript] {
        __setitem__ set_key "($self, key, value, /)" "Sets self[key] to value.";
        __delitem__ delete_key "($self, key, /)" "Deletes self[key].";
    }
    length [python::length] { __len__ length "($self, /)" "What len(self) gives."; }
    concat [] { __add__ left "($self, value, /)" "self + value"; }
    repeat [] {
        __mul__ repeat "($self, value, /)" "self * value";
        __rmul__ repeat "($self, value, /)" "value * self";
    }
    item [python::item] { __getitem__ item "($self, key, /)" "self[key]"; }
    set_item [python::set_item] {
        __setitem__ set_item "($self, key, value, /)" "Sets self[key] to value.";
        __delitem__ delete_item "($self, key, /)" "Deletes self[key].";
    }
    contains [python::contains] { __contains__ contains "($self, key, /)" "key in self"; }
    inplace_concat [] { __iadd__ left "($self, value, /)" "self += value"; }
    inplace_repeat [] { __imul__ repeat "($self, value, /)" "self *= value"; }
    get_buffer [buffer::get] { __buffer__ buffer "($self, flags, /)" "A memoryview of the object's memory, for flags of inspect.BufferFlags."; }
    release_buffer [buffer::release] { __release_buffer__ release_buffer "($self, buffer, /)" "Takes back memory that __buffer__ lent."; }
}
