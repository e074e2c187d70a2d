//! Clocks, and what the local time zone says of a moment.

use std::time::Duration;

use crate::error::{HostResult, unsupported};

/// A moment, counted from the beginning of 1970 in UTC; also a duration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Moment {
    /// Seconds.
    pub seconds: i64,
    /// Nanoseconds of the second.
    pub nanos: u32,
}

impl Moment {
    /// All of it in nanoseconds.
    pub fn total_nanos(self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos)
    }

    /// The moment of so many nanoseconds; the nearest one if there are too many.
    pub fn from_nanos(nanos: i128) -> Moment {
        let seconds = nanos.div_euclid(1_000_000_000);
        let limit = |seconds: i128| seconds.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        Moment { seconds: limit(seconds), nanos: nanos.rem_euclid(1_000_000_000) as u32 }
    }

    /// Seconds with their fraction.
    pub fn as_f64(self) -> f64 {
        self.seconds as f64 + f64::from(self.nanos) * 1e-9
    }
}

/// The local time of a moment, in the numbers of C's `struct tm`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LocalTime {
    /// The year.
    pub year: i64,
    /// The month, from 1.
    pub month: i32,
    /// The day of the month, from 1.
    pub day: i32,
    /// The hour.
    pub hour: i32,
    /// The minute.
    pub minute: i32,
    /// The second, up to 60.
    pub second: i32,
    /// The day of the week, Monday is 0.
    pub weekday: i32,
    /// The day of the year, from 1.
    pub year_day: i32,
    /// Whether summer time is in force; negative if that is not known.
    pub summer: i32,
    /// Seconds east of UTC.
    pub offset: i64,
    /// The short name of the zone.
    pub zone: String,
}

/// What the local zone is called, and how far it is from UTC.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ZoneNames {
    /// Seconds west of UTC, outside of summer time.
    pub offset: i64,
    /// The same in summer time.
    pub summer_offset: i64,
    /// Whether there is summer time.
    pub has_summer: bool,
    /// The two names.
    pub names: [String; 2],
}

/// Clocks and sleep.
pub trait Clock {
    /// The time of day.
    fn now(&self) -> HostResult<Moment> {
        unsupported()
    }

    /// Sets the time of day's clock apart: a clock that never goes back.
    fn monotonic(&self) -> HostResult<Moment> {
        unsupported()
    }

    /// Time that the process computed.
    fn process_time(&self) -> HostResult<Moment> {
        unsupported()
    }

    /// Time that the thread computed.
    fn thread_time(&self) -> HostResult<Moment> {
        unsupported()
    }

    /// Waits.
    fn sleep(&self, _duration: Duration) -> HostResult<()> {
        unsupported()
    }

    /// The local time of a moment.
    fn local_time(&self, _seconds: i64) -> HostResult<LocalTime> {
        unsupported()
    }

    /// The moment of a local time, whose fields may be out of range.
    fn moment_of(&self, _time: &LocalTime) -> HostResult<i64> {
        unsupported()
    }

    /// The local zone.
    fn zone(&self) -> HostResult<ZoneNames> {
        unsupported()
    }

    /// Reads the zone from the environment again.
    fn update_zone(&self) -> HostResult<()> {
        unsupported()
    }

    /// A real-time clock or another one by the platform's number.
    fn clock(&self, _id: i32) -> HostResult<Moment> {
        unsupported()
    }

    /// The resolution of a clock by the platform's number.
    fn clock_resolution(&self, _id: i32) -> HostResult<Moment> {
        unsupported()
    }
}
