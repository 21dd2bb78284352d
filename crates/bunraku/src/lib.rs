//! The product as a library, so that whole-product tests can start it in process.
