//! `/puppet-admin-api/v1`: what tools do after they changed the code of an environment.

use std::sync::Arc;

use rest::{BoxFuture, Method, Problem, Request, Response, Service, StatusCode};

use crate::environments::{Environments, is_name};

/// Answers `/puppet-admin-api/v1`.
pub struct Admin {
    environments: Arc<Environments>,
}

impl Admin {
    /// The administration of these environments.
    pub fn new(environments: Arc<Environments>) -> Admin {
        Admin { environments }
    }

    fn answer(&self, request: &Request) -> Result<Response, Problem> {
        match (request.tail("/puppet-admin-api/v1/"), &request.method) {
            (Some("environment-cache"), &Method::DELETE) => {
                let params = request.query_params()?;
                match params.text("environment") {
                    Some(name) if !is_name(name) => {
                        let text = format!("The environment must be purely alphanumeric, not '{name}'");
                        return Err(Problem::bad_request(text));
                    }
                    name => self.environments.flush(name),
                }
                Ok(Response::empty(StatusCode::NO_CONTENT))
            }
            // There is no pool of interpreters; what callers want from flushing it is that nothing old is used.
            (Some("jruby-pool"), &Method::DELETE) => {
                self.environments.flush(None);
                Ok(Response::empty(StatusCode::NO_CONTENT))
            }
            (Some("environment-cache" | "jruby-pool"), _) => Err(Problem::method_not_allowed("DELETE")),
            _ => Err(Problem::not_found(format!("Not Found: {}", request.canonical_path()))),
        }
    }
}

impl Service for Admin {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(std::future::ready(Response::from(self.answer(&request))))
    }
}
