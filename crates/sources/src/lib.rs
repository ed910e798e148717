//! One capability a file: its table row, its question to Microsoft, its probe, record to finding.
