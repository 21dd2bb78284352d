//! A service that can be replaced while it serves. Requests under way stay with the one they began with.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rest::{BoxFuture, Request, Response, Router, Service};

/// Whatever router is current.
pub(super) struct Swap(ArcSwap<Router>);

impl Swap {
    pub(super) fn new(router: Router) -> Swap {
        Swap(ArcSwap::from_pointee(router))
    }

    pub(super) fn replace(&self, router: Router) {
        self.0.store(Arc::new(router));
    }
}

impl Service for Swap {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        let router = self.0.load_full();
        Box::pin(async move { router.call(request).await })
    }
}
