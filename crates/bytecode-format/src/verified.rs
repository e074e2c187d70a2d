//! Code that was verified. The one file with a way around the verifier, which is `unsafe`.
//! Invariant: a [`Verified`] has passed [`crate::verify::verify`], or its maker vouches for it.

use crate::code::Code;
use crate::verify::{Flow, VerifyError, verify, verify_all};
use std::ops::Deref;
use std::sync::Arc;

/// A code object that was verified; those in its constants may not have been.
#[derive(Clone, Debug)]
pub struct Verified(Arc<Code>);

impl Verified {
    /// Verifies one code object.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn new(code: Arc<Code>) -> Result<Self, VerifyError> {
        Self::with_flow(code).map(|(code, _)| code)
    }

    /// Verifies one code object, and returns what flows through it.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn with_flow(code: Arc<Code>) -> Result<(Self, Flow), VerifyError> {
        let flow = verify(&code)?;
        Ok((Verified(code), flow))
    }

    /// Verifies a code object and all in its constants.
    ///
    /// # Errors
    /// The first rule that is found broken.
    pub fn new_tree(code: Arc<Code>) -> Result<Self, VerifyError> {
        verify_all(&code)?;
        Ok(Verified(code))
    }

    /// Takes a code object as verified.
    ///
    /// # Safety
    /// [`verify`] would accept the code.
    #[allow(unsafe_code)]
    pub unsafe fn new_unverified(code: Arc<Code>) -> Self {
        Verified(code)
    }

    /// The code object.
    pub fn code(&self) -> &Arc<Code> {
        &self.0
    }

    /// The code object.
    pub fn into_code(self) -> Arc<Code> {
        self.0
    }
}

impl Deref for Verified {
    type Target = Code;

    fn deref(&self) -> &Code {
        &self.0
    }
}
