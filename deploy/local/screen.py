"""How ./ocop speaks: one line a happening, Vietnamese first."""

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def tell(vietnamese: str, english: str, mark: str = "…") -> None:
    console.print(f"{mark} {vietnamese} · {english}".lstrip(), markup=False)
