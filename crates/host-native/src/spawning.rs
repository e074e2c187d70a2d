//! `posix_spawn`: the system's own way to run a program.
#![allow(clippy::unnecessary_cast, reason = "the types of the flags differ between platforms")]

use std::ffi::CString;
use std::mem::MaybeUninit;

use taipan_host::{HostError, HostResult, Spawn, SpawnAction};

use crate::call::c_path;
use crate::launching::{c_strings, pointers};

fn errno(result: i32) -> HostResult<()> {
    if result == 0 { Ok(()) } else { Err(HostError::new(result)) }
}

/// What happens to descriptors, as the system takes it.
struct Actions {
    actions: Box<libc::posix_spawn_file_actions_t>,
    /// The paths that it refers to.
    _paths: Vec<CString>,
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: they were set up.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut *self.actions) };
    }
}

impl Actions {
    fn new(actions: &[SpawnAction]) -> HostResult<Actions> {
        // SAFETY: zeroed memory, which is set up before it is used, and does not move.
        let mut own = unsafe {
            let mut zeroed =
                Box::new(MaybeUninit::<libc::posix_spawn_file_actions_t>::zeroed().assume_init());
            errno(libc::posix_spawn_file_actions_init(&raw mut *zeroed))?;
            Actions { actions: zeroed, _paths: Vec::new() }
        };
        for action in actions {
            let to = &raw mut *own.actions;
            // SAFETY: set up; the path ends with a NUL and is kept.
            errno(unsafe {
                match action {
                    SpawnAction::Open(fd, path, flags, mode) => {
                        let path = c_path(path)?;
                        let mode = *mode as libc::mode_t;
                        let added =
                            libc::posix_spawn_file_actions_addopen(to, *fd, path.as_ptr(), *flags, mode);
                        own._paths.push(path);
                        added
                    }
                    SpawnAction::Close(fd) => libc::posix_spawn_file_actions_addclose(to, *fd),
                    SpawnAction::Duplicate(fd, new) => libc::posix_spawn_file_actions_adddup2(to, *fd, *new),
                    #[cfg(all(target_os = "linux", target_env = "gnu"))]
                    SpawnAction::CloseFrom(fd) => libc::posix_spawn_file_actions_addclosefrom_np(to, *fd),
                    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
                    SpawnAction::CloseFrom(_) => libc::ENOSYS,
                }
            })?;
        }
        Ok(own)
    }
}

/// How the program begins otherwise, as the system takes it.
struct Attributes(Box<libc::posix_spawnattr_t>);

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: they were set up.
        unsafe { libc::posix_spawnattr_destroy(&raw mut *self.0) };
    }
}

/// A set of signals.
fn set_of(signals: &[i32]) -> libc::sigset_t {
    // SAFETY: there is room for the set; numbers that are no signals are refused.
    unsafe {
        let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
        libc::sigemptyset(set.as_mut_ptr());
        for &signal in signals {
            libc::sigaddset(set.as_mut_ptr(), signal);
        }
        set.assume_init()
    }
}

impl Attributes {
    fn new(spawn: &Spawn) -> HostResult<Attributes> {
        // SAFETY: zeroed memory, which is set up before it is used, and does not move; sets that are read.
        unsafe {
            let mut zeroed = Box::new(MaybeUninit::<libc::posix_spawnattr_t>::zeroed().assume_init());
            errno(libc::posix_spawnattr_init(&raw mut *zeroed))?;
            let mut own = Attributes(zeroed);
            let to = &raw mut *own.0;
            let mut flags = 0;
            if let Some(group) = spawn.group {
                errno(libc::posix_spawnattr_setpgroup(to, group))?;
                flags |= libc::POSIX_SPAWN_SETPGROUP as i32;
            }
            if spawn.resets_ids {
                flags |= libc::POSIX_SPAWN_RESETIDS as i32;
            }
            if spawn.new_session {
                flags |= NEW_SESSION;
            }
            if let Some(mask) = &spawn.mask {
                errno(libc::posix_spawnattr_setsigmask(to, &set_of(mask)))?;
                flags |= libc::POSIX_SPAWN_SETSIGMASK as i32;
            }
            if let Some(defaults) = &spawn.defaults {
                errno(libc::posix_spawnattr_setsigdefault(to, &set_of(defaults)))?;
                flags |= libc::POSIX_SPAWN_SETSIGDEF as i32;
            }
            flags |= own.schedule(spawn)?;
            errno(libc::posix_spawnattr_setflags(&raw mut *own.0, flags as libc::c_short))?;
            Ok(own)
        }
    }

    #[cfg(target_os = "linux")]
    fn schedule(&mut self, spawn: &Spawn) -> HostResult<i32> {
        let Some((policy, priority)) = spawn.scheduler else { return Ok(0) };
        let to = &raw mut *self.0;
        // SAFETY: set up; a struct of numbers that is read.
        unsafe {
            let mut parameter: libc::sched_param = std::mem::zeroed();
            parameter.sched_priority = priority;
            let mut flags = libc::POSIX_SPAWN_SETSCHEDPARAM;
            if let Some(policy) = policy {
                errno(libc::posix_spawnattr_setschedpolicy(to, policy))?;
                flags = libc::POSIX_SPAWN_SETSCHEDULER;
            }
            errno(libc::posix_spawnattr_setschedparam(to, &raw const parameter))?;
            Ok(flags as i32)
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn schedule(&mut self, spawn: &Spawn) -> HostResult<i32> {
        if spawn.scheduler.is_some() { Err(HostError::unsupported()) } else { Ok(0) }
    }
}

#[cfg(target_os = "linux")]
const NEW_SESSION: i32 = libc::POSIX_SPAWN_SETSID as i32;
#[cfg(not(target_os = "linux"))]
const NEW_SESSION: i32 = 0x400;

/// The variables of the process, as entries.
fn own_environment() -> Vec<Vec<u8>> {
    let variables = taipan_host::Environment::variables(&crate::NativeHost);
    variables.into_iter().map(|(name, value)| [name.as_slice(), b"=", &value].concat()).collect()
}

pub(crate) fn spawn(spawn: &Spawn) -> HostResult<i32> {
    let path = c_path(&spawn.path)?;
    let arguments = c_strings(&spawn.arguments)?;
    let environment = match &spawn.environment {
        Some(given) => c_strings(given)?,
        None => c_strings(&own_environment())?,
    };
    let (arguments, environment) = (pointers(&arguments), pointers(&environment));
    let actions = Actions::new(&spawn.actions)?;
    let attributes = Attributes::new(spawn)?;
    let actions = match spawn.actions.is_empty() {
        true => std::ptr::null(),
        false => &raw const *actions.actions,
    };
    let mut process = 0;
    let run = if spawn.searches { libc::posix_spawnp } else { libc::posix_spawn };
    // SAFETY: what was set up; arrays that end with null, of strings that end with NUL, which are read.
    errno(unsafe {
        run(
            &raw mut process,
            path.as_ptr(),
            actions,
            &raw const *attributes.0,
            arguments.as_ptr().cast(),
            environment.as_ptr().cast(),
        )
    })?;
    Ok(process)
}
