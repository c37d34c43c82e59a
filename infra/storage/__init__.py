"""What is kept: the key, the table of records, the bucket of reports."""
