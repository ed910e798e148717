//! Attempts to prove who one is: at sign-in, where a password is changed, where somebody is asked again.

use std::net::IpAddr;

use secrecy::SecretString;

use crate::Desk;
use crate::error::Error;
use crate::second_factor;
use crate::sign_in_limit::Verdict;

impl Desk {
    /// Counts an attempt at somebody's password, and waits or refuses where there were many.
    pub(crate) async fn password_attempt(&self, name: &str, from: IpAddr) -> Result<(), Error> {
        match self.memory.sign_ins.attempt(name, from, self.now()) {
            Verdict::Wait(until) => {
                self.metrics.sign_in("slowed");
                return Err(Error::TooMany { until, now: self.now() });
            }
            Verdict::Try(delay) if delay.is_zero() => {}
            Verdict::Try(delay) => tokio::time::sleep(delay).await,
        }
        Ok(())
    }

    /// Counts an attempt at a code. Those of the authenticator are few enough to be guessed, so that an account takes a few
    /// a minute only, from wherever they come; recovery codes are taken all the same.
    pub(crate) async fn code_attempt(&self, name: &str, from: IpAddr, code: &SecretString) -> Result<(), Error> {
        self.password_attempt(name, from).await?;
        if second_factor::is_recovery_code(code) {
            return Ok(());
        }
        match self.memory.sign_ins.code(name, self.now()) {
            Some(until) => {
                self.metrics.sign_in("slowed");
                Err(Error::TooMany { until, now: self.now() })
            }
            None => Ok(()),
        }
    }
}
