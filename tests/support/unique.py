"""Names that no other test uses."""

import uuid


def unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:12]}"
