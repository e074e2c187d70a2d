//! The tables of `StringIO`.

use taipan_object::Value;

use super::string_io as io;
use taipan_object::declare::{attribute_table, method_table};

method_table! { METHODS:
    Instance None c"close" "($self, /)" io::close, c"Give the memory up.";
    Instance None c"getvalue" "($self, /)" io::getvalue, c"All that was written.";
    Instance Positional c"read" "($self, size=-1, /)" io::read, c"Read size characters, or all.";
    Instance Positional c"readline" "($self, size=-1, /)" io::readline, c"Read a line.";
    Instance None c"tell" "($self, /)" io::tell, c"The position.";
    Instance Positional c"truncate" "($self, pos=None, /)" io::truncate, c"Drop what is behind pos, or behind the position.";
    Instance Positional c"seek" "($self, pos, whence=0, /)" io::seek, c"Move the position.";
    Instance One c"write" "($self, s, /)" io::write, c"Write text; give the number of characters.";
    Instance None c"seekable" "($self, /)" |thread, this| io::open(thread, this).map(|_| Value::bool(true)), c"True.";
    Instance None c"readable" "($self, /)" |thread, this| io::open(thread, this).map(|_| Value::bool(true)), c"True.";
    Instance None c"writable" "($self, /)" |thread, this| io::open(thread, this).map(|_| Value::bool(true)), c"True.";
    Instance None c"__getstate__" "($self, /)" io::getstate, c"Contents, end of lines, position and attributes.";
    Instance One c"__setstate__" "($self, state, /)" io::setstate, c"Set contents, end of lines, position and attributes.";
}

attribute_table! { ATTRIBUTES:
    "closed" io::closed, None, "Whether the stream is closed.";
    "newlines" io::newlines, None, "The ends of lines that were met.";
    "line_buffering" |thread, this| io::open(thread, this).map(|_| Value::bool(false)), None, "False.";
}
