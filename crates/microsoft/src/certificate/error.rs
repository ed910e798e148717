//! Why a certificate cannot be used, each in a sentence for whoever pasted it.

use jiff::Timestamp;

/// Why a certificate cannot be used. `Display` is a sentence for people: what is wrong, and what to do. Nothing of the text
/// that was read is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// There is nothing.
    #[error("There is no certificate here. Paste the certificate and its private key, both in PEM form.")]
    Empty,
    /// It is no PEM text: most often a PFX file, or the portal's `.cer` file in its binary form.
    #[error(
        "This is not in PEM form, which has lines such as “-----BEGIN CERTIFICATE-----”. A .pfx or .p12 file holds the same in another form: convert it with “openssl pkcs12 -in FILE -nodes -out FILE.pem”, and use the text of the new file."
    )]
    NotPem,
    /// A section begins and does not end, or its middle is no base64.
    #[error(
        "A section of the PEM text is damaged: it ends early, or a part of it is missing. Copy the whole file again."
    )]
    Damaged,
    /// A private key alone.
    #[error(
        "There is a private key, but no certificate. Add the certificate: the section that begins with “-----BEGIN CERTIFICATE-----”."
    )]
    NoCertificate,
    /// A request for a certificate is not one.
    #[error(
        "This is a request for a certificate, not the certificate itself. Paste what the authority sent back, together with the private key."
    )]
    Request,
    /// A certificate alone: the public part.
    #[error(
        "There is a certificate, but no private key. Add the key: the section that begins with “-----BEGIN PRIVATE KEY-----”."
    )]
    NoKey,
    /// Two or more.
    #[error(
        "There are {0} certificates here, and the app signs in with one. Leave the one that was uploaded to the app registration, and take the others out."
    )]
    SeveralCertificates(usize),
    /// Two or more.
    #[error("There are {0} private keys here. Leave the one that belongs to the certificate, and take the others out.")]
    SeveralKeys(usize),
    /// The key needs a password.
    #[error(
        "The private key is protected by a password, which cannot be entered here. Take it off with “openssl pkey -in FILE -out FILE.pem”, and use the text of the new file; it is sealed when it is saved."
    )]
    Encrypted,
    /// The key is not RSA: Entra verifies sign-ins by RSA keys only.
    #[error(
        "The key is an elliptic-curve key, or of another kind that is not RSA. Entra takes RSA keys for signing in: make a certificate with an RSA key of 2048 bits or more."
    )]
    NotRsa,
    /// The key is too short.
    #[error(
        "The key has {0} bits, and Entra wants 2048 or more. Make a certificate with an RSA key of 2048 or 3072 bits."
    )]
    TooShort(usize),
    /// The key is longer than can be signed with here.
    #[error(
        "The key has {0} bits, and at most 4096 can be used here. Make a certificate with an RSA key of 2048 to 4096 bits."
    )]
    TooLong(usize),
    /// The key is another certificate's.
    #[error("The private key does not belong to the certificate. Look for the key that was made together with it.")]
    KeyOfAnother,
    /// It has ended.
    #[error("The certificate has expired: it was good until {}. Make a new one, and upload it to the app registration.", day(.ended))]
    Expired {
        /// When it ended.
        ended: Timestamp,
    },
    /// It has not begun.
    #[error(
        "The certificate is not good yet: it begins on {}. Wait until then, or make one that begins today; if today is later than that, this machine's clock is wrong.",
        day(.begins)
    )]
    NotYet {
        /// When it begins.
        begins: Timestamp,
    },
    /// The name or the lifetime that was asked for cannot be put into a certificate.
    #[error("The certificate cannot be made: {0}.")]
    NotMade(String),
    /// Anything else, with what was found.
    #[error(
        "The certificate or its key cannot be used: {0}. Make a new certificate with an RSA key of 2048 or 3072 bits."
    )]
    Unusable(String),
}

fn day(time: &Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
