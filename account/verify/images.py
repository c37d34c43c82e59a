"""The images of the kit's manifests: small plain ones."""

import colorsys
import io
import json
import zlib
from collections.abc import Iterable

from PIL import Image

BYTE_ORDER_MARK = "\ufeff"
SIDE = 64  # pixels, the smallest that Custom Labels takes ("Guidelines and quotas", Custom Labels Developer Guide)


def image_names(bucket: str, lines: Iterable[str]) -> set[str]:
    """The keys of the images in the bucket that these JSON Lines name; a line that is no JSON names none."""
    start = f"s3://{bucket}/"
    found: set[str] = set()
    for line in lines:
        try:
            reference = str(json.loads(line.removeprefix(BYTE_ORDER_MARK))["source-ref"])
        except ValueError:
            continue
        if reference.startswith(start):
            found.add(reference.removeprefix(start))
    return found


def draw_image(name: str) -> bytes:
    """A PNG of one colour, which follows from the name."""
    red, green, blue = colorsys.hsv_to_rgb(zlib.crc32(name.encode()) % 360 / 360, 0.5, 0.9)
    file = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), (int(255 * red), int(255 * green), int(255 * blue))).save(file, "PNG")
    return file.getvalue()
