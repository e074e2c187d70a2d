//! What the locales "C" and "C.UTF-8" say, with the numbers that the C library of Linux has for it.

/// Categories by the number of the C library.
pub(super) const CATEGORIES: [(&str, i32); 7] = [
    ("LC_CTYPE", 0),
    ("LC_NUMERIC", 1),
    ("LC_TIME", 2),
    ("LC_COLLATE", 3),
    ("LC_MONETARY", 4),
    ("LC_MESSAGES", 5),
    ("LC_ALL", 6),
];

/// The categories of the system, in the order in which they are told of.
pub(super) const NAMES: [&str; 12] = [
    "LC_CTYPE",
    "LC_NUMERIC",
    "LC_TIME",
    "LC_COLLATE",
    "LC_MONETARY",
    "LC_MESSAGES",
    "LC_PAPER",
    "LC_NAME",
    "LC_ADDRESS",
    "LC_TELEPHONE",
    "LC_MEASUREMENT",
    "LC_IDENTIFICATION",
];

/// The place of the encoding in [`NAMES`].
pub(super) const CTYPE: usize = 0;
/// The number that stands for all.
const ALL: i32 = 6;

/// What a number of a category stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    All,
    One(usize),
}

/// What a number of a category stands for; none if nothing.
pub(super) fn place(category: i32) -> Option<Place> {
    match category {
        ALL => Some(Place::All),
        // behind the number for all, the places are one less
        more if more > ALL => one(usize::try_from(more - 1).ok()?),
        less => one(usize::try_from(less).ok()?),
    }
}

fn one(place: usize) -> Option<Place> {
    (place < NAMES.len()).then_some(Place::One(place))
}

/// A locale that there is, by its name as it is told.
pub(super) fn known(name: &str) -> Option<&'static str> {
    match name {
        "C" | "POSIX" => Some("C"),
        "C.UTF-8" => Some("C.UTF-8"),
        "C.utf8" => Some("C.utf8"),
        _ => None,
    }
}

/// What a number that is not given is: `CHAR_MAX`.
pub(super) const UNSET: i32 = 127;

/// What `localeconv` says of money, which is empty.
pub(super) const MONEY: [&str; 6] = [
    "int_curr_symbol",
    "currency_symbol",
    "mon_decimal_point",
    "mon_thousands_sep",
    "positive_sign",
    "negative_sign",
];

/// What is not given of `localeconv`.
pub(super) const UNSET_CONVENTIONS: [&str; 8] = [
    "int_frac_digits",
    "frac_digits",
    "p_cs_precedes",
    "p_sep_by_space",
    "n_cs_precedes",
    "n_sep_by_space",
    "p_sign_posn",
    "n_sign_posn",
];

/// What `nl_langinfo` knows: name, number, value.
pub(super) const ITEMS: [(&str, i32, &str); 56] = [
    ("CODESET", 14, "ANSI_X3.4-1968"),
    ("RADIXCHAR", 65536, "."),
    ("THOUSEP", 65537, ""),
    ("ABDAY_1", 131072, "Sun"),
    ("ABDAY_2", 131073, "Mon"),
    ("ABDAY_3", 131074, "Tue"),
    ("ABDAY_4", 131075, "Wed"),
    ("ABDAY_5", 131076, "Thu"),
    ("ABDAY_6", 131077, "Fri"),
    ("ABDAY_7", 131078, "Sat"),
    ("DAY_1", 131079, "Sunday"),
    ("DAY_2", 131080, "Monday"),
    ("DAY_3", 131081, "Tuesday"),
    ("DAY_4", 131082, "Wednesday"),
    ("DAY_5", 131083, "Thursday"),
    ("DAY_6", 131084, "Friday"),
    ("DAY_7", 131085, "Saturday"),
    ("ABMON_1", 131086, "Jan"),
    ("ABMON_2", 131087, "Feb"),
    ("ABMON_3", 131088, "Mar"),
    ("ABMON_4", 131089, "Apr"),
    ("ABMON_5", 131090, "May"),
    ("ABMON_6", 131091, "Jun"),
    ("ABMON_7", 131092, "Jul"),
    ("ABMON_8", 131093, "Aug"),
    ("ABMON_9", 131094, "Sep"),
    ("ABMON_10", 131095, "Oct"),
    ("ABMON_11", 131096, "Nov"),
    ("ABMON_12", 131097, "Dec"),
    ("MON_1", 131098, "January"),
    ("MON_2", 131099, "February"),
    ("MON_3", 131100, "March"),
    ("MON_4", 131101, "April"),
    ("MON_5", 131102, "May"),
    ("MON_6", 131103, "June"),
    ("MON_7", 131104, "July"),
    ("MON_8", 131105, "August"),
    ("MON_9", 131106, "September"),
    ("MON_10", 131107, "October"),
    ("MON_11", 131108, "November"),
    ("MON_12", 131109, "December"),
    ("AM_STR", 131110, "AM"),
    ("PM_STR", 131111, "PM"),
    ("D_T_FMT", 131112, "%a %b %e %H:%M:%S %Y"),
    ("D_FMT", 131113, "%m/%d/%y"),
    ("T_FMT", 131114, "%H:%M:%S"),
    ("T_FMT_AMPM", 131115, "%I:%M:%S %p"),
    ("ERA", 131116, ""),
    ("ERA_D_FMT", 131118, ""),
    ("ALT_DIGITS", 131119, ""),
    ("ERA_D_T_FMT", 131120, ""),
    ("ERA_T_FMT", 131121, ""),
    ("_DATE_FMT", 131180, "%a %b %e %H:%M:%S %Z %Y"),
    ("CRNCYSTR", 262159, "-"),
    ("YESEXPR", 327680, "^[yY]"),
    ("NOEXPR", 327681, "^[nN]"),
];
