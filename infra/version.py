"""The version of this project, as CHANGELOG.md has it."""

VERSION = "0.2.0"
