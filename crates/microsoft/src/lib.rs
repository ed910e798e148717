//! Clients for Entra, Graph, Defender and Log Analytics. Knows no indicator.
