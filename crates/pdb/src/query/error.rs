//! Why a query got no rows.

/// An error of a query. The text goes to the client as it is, so it says what PuppetDB says where PuppetDB has a text for it.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The query or a parameter of it is not valid: 400.
    #[error("{0}")]
    Invalid(String),
    /// The object that the path names is not stored: 404.
    #[error("No information is known about {kind} {id}")]
    Unknown {
        /// `node`, `report`, …
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// The query took longer than it was allowed to: 500.
    #[error("Query {id} exceeded timeout")]
    Timeout {
        /// The id of the query, also in the log.
        id: String,
    },
    /// The query is valid and the store cannot answer it as it stands (an argument of another type than the column): 500.
    #[error("{0}")]
    Failed(String),
    /// The database failed: 500.
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<QueryError> for api::pdb::PdbError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Database(_) | QueryError::Timeout { .. } => {
                Self::Unavailable { doing: "query the store", reason: error.to_string() }
            }
            error => Self::Invalid(error.to_string()),
        }
    }
}

/// Result of a step of a query.
pub type Result<T> = std::result::Result<T, QueryError>;

/// An invalid query.
pub(crate) fn invalid<T>(text: impl Into<String>) -> Result<T> {
    Err(QueryError::Invalid(text.into()))
}
