"""The program that opens one file, within limits, and ends with it: see chassis.opening.

It gets the file by its standard input, and ends with LOCKED or BROKEN where it does not open.
"""

import resource
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pi_heif
import pypdfium2
from PIL import Image, ImageOps

MEMORY = 1536 * 2**20  # of addresses, of which a picture of 48 megapixels uses a third
CPU_S = 20
PAGES = 100
"""So many pages of a PDF are looked at."""
PIXELS = 64_000_000
SIDE, QUALITY = 4096, 85
"""Of the picture that is shown, so that a paper in it can be read."""
LOCKED, BROKEN = 3, 4


def pdf(content: bytes) -> bytes:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        sys.exit(LOCKED if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD else BROKEN)
    for number in range(min(len(document), PAGES)):
        document[number].close()
    return b"" if len(document) else sys.exit(BROKEN)


def heic(content: bytes) -> bytes:
    """A JPEG of it, without what the camera told of the place."""
    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    out = BytesIO()
    with Image.open(BytesIO(content)) as image:
        profile = image.info.get("icc_profile")
        shown = ImageOps.exif_transpose(image).convert("RGB")
    shown.thumbnail((SIDE, SIDE))
    shown.info.clear()
    shown.save(out, "JPEG", quality=QUALITY, icc_profile=profile)
    return out.getvalue()


OPENERS = {"pdf": pdf, "heic": heic}


def main(name: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # where memory ends, it is this process that ends
        Path("/proc/self/oom_score_adj").write_text("1000")
    try:
        answer = OPENERS[name](sys.stdin.buffer.read())
    except Exception:  # whatever a file makes a library do, it is the file
        sys.exit(BROKEN)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main(sys.argv[1])
