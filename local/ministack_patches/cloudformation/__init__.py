"""Patches of what CloudFormation makes of a template."""
