//! What the reader of a buffer can deal with: the flags of `inspect.BufferFlags`.

/// A set of flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request(i32);

impl Request {
    /// Bytes one behind the other, to read.
    pub const SIMPLE: Request = Request(0);
    /// They are to be written.
    pub const WRITABLE: Request = Request(0x001);
    /// The format of items is wanted.
    pub const FORMAT: Request = Request(0x004);
    /// More than one dimension is welcome.
    pub const ND: Request = Request(0x008);
    /// So are strides.
    pub const STRIDES: Request = Request(0x010 | 0x008);
    /// Items stand as in C's arrays.
    pub const C_CONTIGUOUS: Request = Request(0x020 | 0x018);
    /// Items stand as in Fortran's arrays.
    pub const F_CONTIGUOUS: Request = Request(0x040 | 0x018);
    /// One of both.
    pub const ANY_CONTIGUOUS: Request = Request(0x080 | 0x018);
    /// Indirect items are welcome.
    pub const INDIRECT: Request = Request(0x100 | 0x018);
    /// Everything, to read.
    pub const FULL_RO: Request = Request(0x100 | 0x018 | 0x004);

    /// The flags that Python code gave.
    pub const fn from_bits(bits: i32) -> Request {
        Request(bits)
    }

    /// The flags as Python code sees them.
    pub const fn bits(self) -> i32 {
        self.0
    }

    /// Whether all flags of `other` are set.
    pub const fn wants(self, other: Request) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both.
    pub const fn and(self, other: Request) -> Request {
        Request(self.0 | other.0)
    }
}
