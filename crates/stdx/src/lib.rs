//! What `std` lacks and every floor above needs: interned names, time and chance as arguments, and
//! file writes that survive a power cut. No domain knowledge lives here.

pub mod clock;
pub mod fnmatch;
pub mod frozen;
pub mod fs;
pub mod hocon;
pub mod symbol;

pub use clock::{Clock, SystemClock, TestClock};
pub use symbol::Symbol;
