//! Pages and API: the only templates and status codes.
