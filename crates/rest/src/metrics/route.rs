//! Kinds of requests that are counted apart. Certnames, paths of files and queries are no part of a kind: who sends requests does not
//! decide how many counters there are.

macro_rules! routes {
    ($($name:ident = $label:literal,)*) => {
        /// A kind of request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the labels say it")]
        pub enum Route { $($name),* }

        impl Route {
            /// All of them.
            pub const ALL: [Route; [$($label),*].len()] = [$(Route::$name),*];

            /// The value of the label `route`.
            pub fn label(self) -> &'static str {
                match self { $(Route::$name => $label),* }
            }
        }
    };
}

routes! {
    Catalog = "catalog",
    Node = "node",
    Facts = "facts",
    Report = "report",
    FileMetadata = "file_metadata",
    FileMetadatas = "file_metadatas",
    FileContent = "file_content",
    StaticFileContent = "static_file_content",
    FileBucket = "file_bucket",
    Environments = "environments",
    Puppet = "puppet_other",
    CatalogForTools = "catalog_v4",
    Authority = "ca",
    RevocationList = "ca_crl",
    Status = "status",
    Metrics = "metrics",
    Admin = "admin",
    LatestCommits = "file_sync_latest_commits",
    FileSync = "file_sync",
    CodeManager = "code_manager",
    Packages = "packages",
    Query = "pdb_query",
    Command = "pdb_command",
    Pdb = "pdb_other",
    Other = "other",
}

impl Route {
    /// The kind of a canonical path.
    pub fn of(path: &str) -> Route {
        let mut segments = path.trim_start_matches('/').splitn(4, '/');
        let mut next = || segments.next().unwrap_or_default();
        match (next(), next(), next()) {
            ("puppet", "v3", name) => match name {
                "catalog" => Route::Catalog,
                "node" => Route::Node,
                "facts" => Route::Facts,
                "report" => Route::Report,
                "file_metadata" => Route::FileMetadata,
                "file_metadatas" => Route::FileMetadatas,
                "file_content" => Route::FileContent,
                "static_file_content" => Route::StaticFileContent,
                "file_bucket_file" => Route::FileBucket,
                "environments" => Route::Environments,
                _ => Route::Puppet,
            },
            ("puppet", "v4", "catalog") => Route::CatalogForTools,
            ("puppet", ..) => Route::Puppet,
            ("puppet-ca", _, "certificate_revocation_list") => Route::RevocationList,
            ("puppet-ca", ..) => Route::Authority,
            ("status", ..) => Route::Status,
            ("metrics", ..) => Route::Metrics,
            ("puppet-admin-api", ..) => Route::Admin,
            ("file-sync", _, "latest-commits") => Route::LatestCommits,
            ("file-sync", ..) => Route::FileSync,
            ("code-manager", ..) => Route::CodeManager,
            ("packages", ..) => Route::Packages,
            ("pdb", "query", _) => Route::Query,
            ("pdb", "cmd", _) => Route::Command,
            ("pdb", ..) => Route::Pdb,
            _ => Route::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_kind() {
        for (path, label) in [
            ("/puppet/v3/catalog/web.example.com", "catalog"),
            ("/puppet/v3/file_content/modules/a/b/c/d", "file_content"),
            ("/puppet/v3/tasks", "puppet_other"),
            ("/puppet/v4/catalog", "catalog_v4"),
            ("/puppet-ca/v1/certificate/ca", "ca"),
            ("/puppet-ca/v1/certificate_revocation_list/ca", "ca_crl"),
            ("/pdb/query/v4/nodes", "pdb_query"),
            ("/metrics", "metrics"),
            ("/", "other"),
            ("", "other"),
            ("/nonsense/v3/catalog", "other"),
        ] {
            assert_eq!(Route::of(path).label(), label, "{path}");
        }
        let mut labels: Vec<_> = Route::ALL.iter().map(|route| route.label()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), Route::ALL.len());
    }
}
