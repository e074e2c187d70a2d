//! Memory that stands for files, or for nothing but itself.

use taipan_object::buffer::Region;

use crate::error::{HostResult, unsupported};

/// What memory is wanted: the platform's flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MappingRequest {
    /// The file; none for memory that no file stands behind.
    pub fd: Option<i32>,
    /// How many bytes.
    pub len: usize,
    /// What may be done with them.
    pub protection: i32,
    /// Who sees what is written, and more.
    pub flags: i32,
    /// Where in the file they begin.
    pub offset: i64,
}

/// Mapped memory.
pub trait Mappings {
    /// Maps memory, which is unmapped when the last handle on it is dropped.
    fn map(&self, _request: &MappingRequest) -> HostResult<Region> {
        unsupported()
    }

    /// Maps so many bytes in place of those that there are; fails while buffers look into them.
    fn remap(&self, _region: &Region, _len: usize) -> HostResult<()> {
        unsupported()
    }

    /// Has the system write a part to its file.
    fn flush_mapping(&self, _region: &Region, _start: usize, _len: usize) -> HostResult<()> {
        unsupported()
    }

    /// Tells the system what will be done with a part.
    fn advise_mapping(&self, _region: &Region, _start: usize, _len: usize, _advice: i32) -> HostResult<()> {
        unsupported()
    }

    /// What starts and sizes are multiples of.
    fn page_size(&self) -> usize {
        4096
    }

    /// Names and numbers of flags.
    fn mapping_constants(&self) -> crate::Constants {
        &[]
    }
}
