"""The Lambda functions: one file for each; their rules, AWS calls and messages in the folders beside."""
