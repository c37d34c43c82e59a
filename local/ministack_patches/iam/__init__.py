"""Patches that check rights: of callers, of services and their roles, of KMS keys."""
