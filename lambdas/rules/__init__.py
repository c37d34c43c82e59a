"""The decisions and calculations: pure functions over plain data, without AWS."""
