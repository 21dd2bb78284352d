//! Any bytes are a request, a certificate, a revocation list, or refused; what is read can be written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pki::{Certificate, Crl, Csr, OidNames};

fuzz_target!(|data: &[u8]| {
    let Some((&kind, der)) = data.split_first() else { return };
    match kind % 4 {
        0 => {
            let Ok(csr) = Csr::from_der(der) else { return };
            assert_eq!(csr.as_der(), der);
            assert_eq!(Csr::from_pem(csr.to_pem().as_bytes()).ok().as_ref(), Some(&csr));
            let _ = (csr.certname(), csr.subject().to_string(), csr.verify());
            csr.attributes().iter().for_each(|attribute| drop(attribute.as_text()));
            csr.extensions().iter().for_each(|extension| drop(extension.as_text()));
            if let Ok(names) = csr.alt_names() {
                names.iter().for_each(|name| drop(name.to_string()));
            }
        }
        1 => {
            let Ok(certificate) = Certificate::from_der(der) else { return };
            assert_eq!(Certificate::from_pem(certificate.to_pem().as_bytes()).ok().as_ref(), Some(&certificate));
            let _ = (certificate.is_ca(), certificate.authority_key_id(), certificate.subject_key_id());
            let _ = (certificate.trusted_extensions(&OidNames::default()), certificate.alt_names());
            let _ = certificate.verify(certificate.public_key());
        }
        2 => {
            let Ok(crl) = Crl::from_der(der) else { return };
            let count = crl.entry_count().expect("what was read once is read again");
            assert!(crl.serials().len() <= count);
            assert!(crl.serials().iter().all(|serial| crl.contains(serial)));
            let _ = (crl.number(), crl.authority_key_id(), crl.is_delta());
        }
        _ => {
            let _ = pki::pem::blocks(der);
            let _ = pki::KeyPair::from_pem(der);
        }
    }
});
