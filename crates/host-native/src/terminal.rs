//! Terminals: their size, and how they treat what goes through them.

use std::mem::MaybeUninit;

use taipan_host::{Constants, HostResult, Terminal, TerminalMode};

use crate::NativeHost;
use crate::call::{check, last_error};
use crate::constants;

impl Terminal for NativeHost {
    fn is_terminal(&self, fd: i32) -> bool {
        // SAFETY: a number only.
        unsafe { libc::isatty(fd) == 1 }
    }

    fn terminal_size(&self, fd: i32) -> HostResult<(u16, u16)> {
        let mut size = MaybeUninit::<libc::winsize>::zeroed();
        // SAFETY: the request writes a `winsize`, which is numbers, zeroed before.
        let size = unsafe {
            if libc::ioctl(fd, libc::TIOCGWINSZ, size.as_mut_ptr()) == -1 {
                return Err(last_error());
            }
            size.assume_init()
        };
        Ok((size.ws_col, size.ws_row))
    }

    fn set_terminal_size(&self, fd: i32, lines: u16, columns: u16) -> HostResult<()> {
        let mut size = MaybeUninit::<libc::winsize>::zeroed();
        // SAFETY: the requests write and read a `winsize`, which is numbers, zeroed before.
        unsafe {
            check(libc::ioctl(fd, libc::TIOCGWINSZ, size.as_mut_ptr()))?;
            let mut size = size.assume_init();
            (size.ws_row, size.ws_col) = (lines, columns);
            check(libc::ioctl(fd, libc::TIOCSWINSZ, &raw const size)).map(drop)
        }
    }

    fn terminal_mode(&self, fd: i32) -> HostResult<TerminalMode> {
        let mode = read(fd)?;
        // SAFETY: they look into the mode only.
        let speeds = unsafe { [libc::cfgetispeed(&raw const mode), libc::cfgetospeed(&raw const mode)] };
        #[allow(clippy::unnecessary_cast, reason = "the types differ between platforms")]
        Ok(TerminalMode {
            flags: [mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag].map(|flags| flags as u32),
            speeds: speeds.map(|speed| speed as u32),
            characters: mode.c_cc.to_vec(),
        })
    }

    fn set_terminal_mode(&self, fd: i32, when: i32, wanted: &TerminalMode) -> HostResult<()> {
        // what is not told by the mode stays as it is
        let mut mode = read(fd)?;
        let [input, output, control, local] = wanted.flags;
        mode.c_iflag = input as libc::tcflag_t;
        mode.c_oflag = output as libc::tcflag_t;
        mode.c_cflag = control as libc::tcflag_t;
        mode.c_lflag = local as libc::tcflag_t;
        for (place, &character) in mode.c_cc.iter_mut().zip(&wanted.characters) {
            *place = character;
        }
        let [input, output] = wanted.speeds;
        // SAFETY: they change the mode only, which is read then.
        unsafe {
            check(libc::cfsetispeed(&raw mut mode, input as libc::speed_t))?;
            check(libc::cfsetospeed(&raw mut mode, output as libc::speed_t))?;
            check(libc::tcsetattr(fd, when, &raw const mode)).map(drop)
        }
    }

    fn send_break(&self, fd: i32, duration: i32) -> HostResult<()> {
        // SAFETY: numbers only.
        check(unsafe { libc::tcsendbreak(fd, duration) }).map(drop)
    }

    fn drain(&self, fd: i32) -> HostResult<()> {
        // SAFETY: a number only.
        check(unsafe { libc::tcdrain(fd) }).map(drop)
    }

    fn flush_queue(&self, fd: i32, queue: i32) -> HostResult<()> {
        // SAFETY: numbers only.
        check(unsafe { libc::tcflush(fd, queue) }).map(drop)
    }

    fn flow(&self, fd: i32, action: i32) -> HostResult<()> {
        // SAFETY: numbers only.
        check(unsafe { libc::tcflow(fd, action) }).map(drop)
    }

    fn terminal_constants(&self) -> Constants {
        constants::TERMINALS
    }
}

fn read(fd: i32) -> HostResult<libc::termios> {
    let mut mode = MaybeUninit::<libc::termios>::zeroed();
    // SAFETY: there is room for a mode, which is numbers, zeroed before.
    unsafe {
        check(libc::tcgetattr(fd, mode.as_mut_ptr()))?;
        Ok(mode.assume_init())
    }
}
