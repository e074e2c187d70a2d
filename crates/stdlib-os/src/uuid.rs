//! The module `_uuid`: identifiers made of the time (RFC 9562, version 1). The node is a random number that is marked as
//! such, the same for a process, so that it says nothing of the machine.

use std::sync::Mutex;

use taipan_host::{Host, HostError, of};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::modules::{ModuleDef, add};

method_table! { FUNCTIONS:
    Instance None c"generate_time_safe" "($self, /)" generate, c"A new identifier, and whether no other process can have made it.";
}

/// `_uuid`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_uuid",
    doc: None,
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add(thread, module, "has_uuid_generate_time_safe", Value::small(1))?;
        add(thread, module, "has_stable_extractable_node", Value::small(0))
    }),
};

/// What identifiers of this process have in common.
struct Node {
    process: i32,
    bytes: [u8; 8],
    last: u64,
}

static NODE: Mutex<Option<Node>> = Mutex::new(None);

/// Units of 100 ns from the beginning of the Gregorian calendar to that of the Unix epoch.
const EPOCH: i128 = 0x01b2_1dd2_1381_4000;

/// The bytes of a new identifier.
fn identifier(host: &dyn Host) -> Result<[u8; 16], HostError> {
    let now = host.now()?.total_nanos() / 100 + EPOCH;
    let now = u64::try_from(now).unwrap_or_default();
    let process = host.process(taipan_host::Identity::Own)?;
    let mut kept = NODE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // the child of a fork has a node of its own
    if kept.as_ref().is_none_or(|node| node.process != process) {
        let mut bytes = [0; 8];
        host.fill(&mut bytes)?;
        let [sequence, _, first, ..] = &mut bytes;
        *sequence = *sequence & 0x3f | 0x80;
        // the bit of a group of receivers, which no machine has
        *first |= 1;
        *kept = Some(Node { process, bytes, last: 0 });
    }
    let Some(node) = kept.as_mut() else { return Ok([0; 16]) };
    node.last = now.max(node.last + 1);
    let time = node.last;
    let mut all = [0; 16];
    let parts = [
        (time as u32).to_be_bytes().to_vec(),
        ((time >> 32) as u16).to_be_bytes().to_vec(),
        ((time >> 48) as u16 & 0x0fff | 0x1000).to_be_bytes().to_vec(),
        node.bytes.to_vec(),
    ];
    for (place, byte) in all.iter_mut().zip(parts.concat()) {
        *place = byte;
    }
    Ok(all)
}

fn generate(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let bytes = identifier(of(thread)).map_err(|error| error.raise(thread))?;
    let bytes = PyBytes::new(thread, &bytes)?.into_value();
    // no service gives the times out one after the other
    Ok(PyTuple::pack(thread, [bytes, Value::small(-1)])?.into_value())
}
