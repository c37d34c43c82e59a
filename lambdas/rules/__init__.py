"""What is decided and how it is reckoned: pure functions over plain data, no AWS."""
