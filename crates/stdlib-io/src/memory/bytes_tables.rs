//! The tables of `BytesIO`.

use taipan_object::Value;

use super::bytes_io as io;
use taipan_object::declare::{attribute_table, method_table};

method_table! { METHODS:
    Instance None c"readable" "($self, /)" |thread, this| io::open(thread, this).map(|_| Value::bool(true)), c"True.";
    Instance None c"seekable" "($self, /)" |thread, this| io::open(thread, this).map(|_| Value::bool(true)), c"True.";
    Instance None c"writable" "($self, /)" |thread, this| io::open(thread, this).map(|_| Value::bool(true)), c"True.";
    Instance None c"close" "($self, /)" io::close, c"Give the memory up.";
    Instance None c"flush" "($self, /)" |thread, this| io::open(thread, this).map(|_| Value::none()), c"Nothing is held back.";
    Instance None c"isatty" "($self, /)" |thread, this| io::open(thread, this).map(|_| Value::bool(false)), c"False.";
    Instance None c"tell" "($self, /)" io::tell, c"The position.";
    Instance One c"write" "($self, b, /)" io::write, c"Write bytes; give how many they are.";
    Instance One c"writelines" "($self, lines, /)" io::writelines, c"Write each of lines.";
    Instance Positional c"read1" "($self, size=-1, /)" io::read1, c"Read size bytes, or all.";
    Instance One c"readinto" "($self, buffer, /)" io::readinto, c"Read into a buffer.";
    Instance Positional c"readline" "($self, size=-1, /)" io::readline, c"Read a line.";
    Instance Positional c"readlines" "($self, size=None, /)" io::readlines, c"The lines, until size is reached.";
    Instance Positional c"read" "($self, size=-1, /)" io::read, c"Read size bytes, or all.";
    Instance None c"getbuffer" "($self, /)" io::getbuffer, c"A view of the bytes, which can be written.";
    Instance None c"getvalue" "($self, /)" io::getvalue, c"All that was written.";
    Instance Positional c"seek" "($self, pos, whence=0, /)" io::seek, c"Move the position.";
    Instance Positional c"truncate" "($self, size=None, /)" io::truncate, c"Drop what is behind size, or behind the position.";
    Instance None c"__getstate__" "($self, /)" io::getstate, c"Contents, position and attributes.";
    Instance One c"__setstate__" "($self, object, /)" io::setstate, c"Set contents, position and attributes.";
    Instance None c"__sizeof__" "($self, /)" io::size_of, c"Bytes in memory.";
}

attribute_table! { ATTRIBUTES:
    "closed" io::closed, None, "Whether the stream is closed.";
}
