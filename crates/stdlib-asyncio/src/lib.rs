//! The module `_asyncio`: the futures and tasks of `asyncio`. `future.rs` has the type of futures, `result.rs`, `callbacks.rs`
//! and `iterator.rs` what they do, `task.rs` the type of tasks, `step.rs` goes on with one, `running.rs` knows which loop
//! and which task run, `registry.rs` which tasks there are, `state.rs` is what the module keeps.
//!
//! A task is a future whose object has the same layout: the part for tasks is empty in others. Invariants: a step of a task
//! begins at the event loop and ends there, so that tasks which wait for one another are not on one native stack (an eager
//! task begins on that of its maker); the registry keeps no task alive.
#![forbid(unsafe_code)]

mod callbacks;
mod future;
mod iterator;
mod registry;
mod result;
mod running;
mod state;
mod step;
mod task;
mod task_methods;

use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread, as_ref};
use taipan_runtime_builtins::generics::class_getitem;
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use future::FUTURE;
use task::TASK;

/// Names of arguments.
pub(crate) type Names<'a> = Option<&'a PyTuple>;

method_table! { FUNCTIONS:
    Instance None c"_get_running_loop" "($module, /)" running::get_or_none, c"The loop that runs in this thread, or None.";
    Instance One c"_set_running_loop" "($module, loop, /)" running::set, c"Sets the loop that runs in this thread.";
    Instance None c"get_running_loop" "($module, /)" running::get, c"The loop that runs in this thread.";
    Instance None c"get_event_loop" "($module, /)" running::get_event_loop, c"The loop that runs, or that of the policy.";
    Instance Keywords c"current_task" "($module, /, loop=None)" running::current_task, c"The task that runs in a loop, or None.";
    Instance Keywords c"_enter_task" "($module, /, loop, task)" running::enter_task, c"A task begins to run.";
    Instance Keywords c"_leave_task" "($module, /, loop, task)" running::leave_task, c"A task ceases to run.";
    Instance Keywords c"_swap_current_task" "($module, /, loop, task)" running::swap_task, c"Sets the task that runs, and gives the one before.";
    Instance Keywords c"_register_task" "($module, /, task)" registry::register, c"Adds a task to those that there are.";
    Instance Keywords c"_unregister_task" "($module, /, task)" registry::unregister, c"Takes a task out of those that there are.";
    Instance Keywords c"_register_eager_task" "($module, /, task)" registry::register_eager, c"Adds a task that begins at once.";
    Instance Keywords c"_unregister_eager_task" "($module, /, task)" registry::unregister_eager, c"Takes out a task that began at once.";
    Instance Keywords c"all_tasks" "($module, /, loop=None)" registry::all_tasks, c"The tasks of a loop that are not done.";
    Instance Two c"future_add_to_awaited_by" "($module, fut, waiter, /)" registry::add_awaited_by, c"Notes who waits for a future.";
    Instance Two c"future_discard_from_awaited_by" "($module, fut, waiter, /)" registry::discard_awaited_by, c"Forgets who waits for a future.";
}

method_table! { CLASS_METHODS:
    Class One c"__class_getitem__" "($type, object, /)" class_getitem, c"See PEP 585.";
}

/// `_asyncio`.
static MODULE: ModuleDef =
    ModuleDef { name: "_asyncio", doc: Some("Futures and tasks."), functions: &FUNCTIONS, exec: Some(exec) };

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 1] = [&MODULE];

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    state::load(thread)?;
    let types: [(&str, &'static PyTypeObject); 2] = [("Future", &FUTURE), ("Task", &TASK)];
    types.into_iter().try_for_each(|(name, ty)| add(thread, module, name, as_ref(ty).to_value()))
}

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 6] =
        [&FUTURE, &TASK, &iterator::FUTURE_ITERATOR, &step::STEP, &state::STATE, &running::RUNNING];
    ready::ready_more(thread, &types)?;
    install::methods(thread, &FUTURE, &future::METHODS)?;
    install::attributes(thread, &FUTURE, &future::ATTRIBUTES)?;
    install::methods(thread, &TASK, &task::INHERITED)?;
    install::methods(thread, &TASK, &task::METHODS)?;
    install::attributes(thread, &TASK, &task::ATTRIBUTES)?;
    install::methods(thread, &iterator::FUTURE_ITERATOR, &iterator::METHODS)?;
    install::attributes(thread, &step::STEP, &step::ATTRIBUTES)?;
    install::methods(thread, &FUTURE, &CLASS_METHODS)?;
    install::methods(thread, &TASK, &CLASS_METHODS)
}
