"""Patches of AWS CloudFormation."""
