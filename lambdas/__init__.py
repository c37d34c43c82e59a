"""The Lambda functions: one file each, pure rules in the modules beside them."""
