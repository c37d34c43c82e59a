"""The key, the table of records, and the bucket of reports."""
