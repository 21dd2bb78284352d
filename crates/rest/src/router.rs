//! Services by the first segments of the path.

use std::sync::Arc;

use crate::service::{BoxFuture, Service};
use crate::{Problem, Request, Response};

struct Mount {
    prefix: String,
    body_bytes_max: Option<u64>,
    service: Arc<dyn Service>,
}

/// Mounts services under prefixes; the longest one that matches at a slash wins.
#[derive(Default)]
pub struct Router {
    mounts: Vec<Mount>,
}

impl Router {
    /// A router that knows no path.
    pub fn new() -> Router {
        Router::default()
    }

    /// Mounts a service under a prefix such as `/puppet-ca/v1`. The request keeps its whole path.
    pub fn mount(self, prefix: &str, service: Arc<dyn Service>) -> Router {
        self.add(prefix, None, service)
    }

    /// Mounts a service whose requests may carry bodies of another size than the default.
    pub fn mount_with_limit(self, prefix: &str, body_bytes_max: u64, service: Arc<dyn Service>) -> Router {
        self.add(prefix, Some(body_bytes_max), service)
    }

    fn add(mut self, prefix: &str, body_bytes_max: Option<u64>, service: Arc<dyn Service>) -> Router {
        let prefix = prefix.trim_end_matches('/').to_owned();
        self.mounts.push(Mount { prefix, body_bytes_max, service });
        self.mounts.sort_by_key(|mount| std::cmp::Reverse(mount.prefix.len()));
        self
    }
}

impl Service for Router {
    fn call(&self, mut request: Request) -> BoxFuture<'_, Response> {
        let mount = self.mounts.iter().find(|mount| {
            request
                .canonical_path()
                .strip_prefix(mount.prefix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        match mount {
            Some(mount) => {
                if let Some(limit) = mount.body_bytes_max {
                    request.body.set_limit(limit);
                }
                mount.service.call(request)
            }
            None => {
                let problem = Problem::not_found(format!("Not Found: {}", request.canonical_path()));
                Box::pin(std::future::ready(problem.respond()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Method, StatusCode};

    struct Named(&'static str);

    impl Service for Named {
        fn call(&self, request: Request) -> BoxFuture<'_, Response> {
            let text = format!("{} {:?}", self.0, request.tail("/puppet/v3/"));
            Box::pin(std::future::ready(Response::text(StatusCode::OK, text)))
        }
    }

    #[tokio::test]
    async fn longest_prefix_at_a_slash_wins() {
        let router = Router::new()
            .mount("/puppet", Arc::new(Named("puppet")))
            .mount("/puppet/v3/file_content", Arc::new(Named("files")))
            .mount("/puppet-ca/v1/", Arc::new(Named("ca")));
        let ask = async |target: &str| {
            let response = router.call(Request::new(Method::GET, target).unwrap()).await;
            (
                response.status.as_u16(),
                String::from_utf8(response.body.in_memory().unwrap().to_vec()).unwrap(),
            )
        };
        assert_eq!(ask("/puppet/v3/node/x%20y").await, (200, "puppet Some(\"node/x y\")".into()));
        assert_eq!(ask("/puppet/v3/file_content/a").await, (200, "files Some(\"file_content/a\")".into()));
        assert_eq!(ask("/puppet/v3/file_contents").await, (200, "puppet Some(\"file_contents\")".into()));
        assert_eq!(ask("/puppet-ca/v1/certificate/ca").await, (200, "ca None".into()));
        assert_eq!(ask("/puppetry").await, (404, "Not Found: /puppetry".into()));
    }
}
