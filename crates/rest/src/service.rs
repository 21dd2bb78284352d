//! What a service is to the listener: a value that answers requests.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::{Request, Response};

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Answers requests. Implementations never fail: a failure is a response too (see [`crate::Problem`]).
///
/// The future may be dropped when the client goes away; work that has to finish belongs in a task of its own.
pub trait Service: Send + Sync {
    /// Answers one request.
    fn call(&self, request: Request) -> BoxFuture<'_, Response>;
}

impl<S: Service + ?Sized> Service for Arc<S> {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        (**self).call(request)
    }
}
