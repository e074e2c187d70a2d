//! Clocks, sleep and the local time zone.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::time::Duration;

use taipan_host::{Clock, HostError, HostResult, LocalTime, Moment, ZoneNames, numbers};

use crate::NativeHost;
use crate::call::{check, last_error};

unsafe extern "C" {
    fn tzset();
    static tzname: [*const libc::c_char; 2];
}

fn read(id: libc::clockid_t) -> HostResult<Moment> {
    let mut time = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: there is room for the result, which is numbers, zeroed before.
    let time = unsafe {
        check(libc::clock_gettime(id, time.as_mut_ptr()))?;
        time.assume_init()
    };
    Ok(Moment { seconds: time.tv_sec, nanos: u32::try_from(time.tv_nsec).unwrap_or(0) })
}

/// The text of a C string; empty for null.
///
/// # Safety
/// Null, or a string that ends with a NUL.
unsafe fn text(pointer: *const libc::c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: by contract.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}

fn broken_down(seconds: i64) -> HostResult<LocalTime> {
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: there is room for the result, zeroed before; the name of the zone is static.
    unsafe {
        if libc::localtime_r(&raw const seconds, tm.as_mut_ptr()).is_null() {
            return Err(last_error());
        }
        let tm = tm.assume_init();
        Ok(LocalTime {
            year: i64::from(tm.tm_year) + 1900,
            month: tm.tm_mon + 1,
            day: tm.tm_mday,
            hour: tm.tm_hour,
            minute: tm.tm_min,
            second: tm.tm_sec,
            weekday: (tm.tm_wday + 6) % 7,
            year_day: tm.tm_yday + 1,
            summer: tm.tm_isdst,
            offset: tm.tm_gmtoff,
            zone: text(tm.tm_zone),
        })
    }
}

impl Clock for NativeHost {
    fn now(&self) -> HostResult<Moment> {
        read(libc::CLOCK_REALTIME)
    }

    fn monotonic(&self) -> HostResult<Moment> {
        read(libc::CLOCK_MONOTONIC)
    }

    fn process_time(&self) -> HostResult<Moment> {
        read(libc::CLOCK_PROCESS_CPUTIME_ID)
    }

    fn thread_time(&self) -> HostResult<Moment> {
        read(libc::CLOCK_THREAD_CPUTIME_ID)
    }

    fn sleep(&self, duration: Duration) -> HostResult<()> {
        let time = libc::timespec {
            tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: duration.subsec_nanos().into(),
        };
        // SAFETY: the duration is read, nothing is written.
        check(unsafe { libc::nanosleep(&raw const time, std::ptr::null_mut()) }).map(drop)
    }

    fn local_time(&self, seconds: i64) -> HostResult<LocalTime> {
        broken_down(seconds)
    }

    fn moment_of(&self, time: &LocalTime) -> HostResult<i64> {
        let overflow = |_| HostError::new(numbers::EINVAL);
        // SAFETY: a struct of numbers and one pointer, which may be null.
        let mut tm: libc::tm = unsafe { MaybeUninit::zeroed().assume_init() };
        tm.tm_year = i32::try_from(time.year.saturating_sub(1900)).map_err(overflow)?;
        tm.tm_mon = time.month.wrapping_sub(1);
        tm.tm_mday = time.day;
        tm.tm_hour = time.hour;
        tm.tm_min = time.minute;
        tm.tm_sec = time.second;
        tm.tm_isdst = time.summer;
        // what the call writes tells an error from the last second of 1969
        tm.tm_wday = -1;
        // SAFETY: a valid struct, which is changed in place.
        let seconds = unsafe { libc::mktime(&raw mut tm) };
        if seconds == -1 && tm.tm_wday == -1 { Err(HostError::new(numbers::EINVAL)) } else { Ok(seconds) }
    }

    fn zone(&self) -> HostResult<ZoneNames> {
        const YEAR: i64 = (365 * 24 + 6) * 3600;
        self.update_zone()?;
        let now = self.now()?.seconds;
        // a day in January and one in July of the current year
        let first = now / YEAR * YEAR;
        let (january, july) = (broken_down(first)?, broken_down(first + YEAR / 2)?);
        let north = january.offset < july.offset;
        let (winter, summer) = if north { (january, july) } else { (july, january) };
        // SAFETY: two pointers that `tzset` has filled, each null or a string.
        let (_, alternate) = unsafe { (text(tzname[0]), text(tzname[1])) };
        let has_summer = winter.offset != summer.offset;
        let second = if has_summer { summer.zone } else { alternate };
        Ok(ZoneNames {
            offset: -winter.offset,
            summer_offset: -summer.offset,
            has_summer,
            names: [winter.zone, second],
        })
    }

    fn update_zone(&self) -> HostResult<()> {
        // SAFETY: it reads the environment, which is changed under the interpreter's lock only.
        unsafe { tzset() };
        Ok(())
    }

    fn clock(&self, id: i32) -> HostResult<Moment> {
        read(id as libc::clockid_t)
    }

    fn clock_resolution(&self, id: i32) -> HostResult<Moment> {
        let mut time = MaybeUninit::<libc::timespec>::zeroed();
        // SAFETY: there is room for the result, which is numbers, zeroed before.
        let time = unsafe {
            check(libc::clock_getres(id as libc::clockid_t, time.as_mut_ptr()))?;
            time.assume_init()
        };
        Ok(Moment { seconds: time.tv_sec, nanos: u32::try_from(time.tv_nsec).unwrap_or(0) })
    }
}

/// A duration for the system.
pub(crate) fn timespec_of(duration: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: libc::time_t::try_from(duration.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

/// The time of day after a duration.
pub(crate) fn after(duration: Duration) -> libc::timespec {
    let now = read(libc::CLOCK_REALTIME).map_or(0, |now| now.total_nanos());
    let end = now.saturating_add(i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX));
    libc::timespec {
        tv_sec: libc::time_t::try_from(end / 1_000_000_000).unwrap_or(libc::time_t::MAX),
        tv_nsec: (end % 1_000_000_000) as libc::c_long,
    }
}
