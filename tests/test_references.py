"""Where the code names a section of a page in docs/, that section is there."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEADINGS = {
    page.name: [re.sub("^[0-9A-F]{2} ", "", it) for it in re.findall("(?m)^##+ (.+)$", text)]
    for page in sorted((ROOT / "docs").glob("*.md"))
    if (text := page.read_text(encoding="utf-8"))
}
DECISIONS = re.findall(
    r"(?m)^(\d+)\. \*\*", (ROOT / "docs/ARCHITECTURE.md").read_text(encoding="utf-8")
)
SECTION = re.compile(r"docs/([A-Z]+\.md)(?:, | \()[\"']?((?:[A-Z]|decision|systemd)[^.:;()\"]*)")


def references() -> Iterator[tuple[str, str, str]]:
    """Yield file, page and section of every reference; sections may be cut short."""
    listed = ["git", "ls-files", "*.py", "*.js", "*.yml", "*.yaml", "*.toml", "*.service"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        text = (ROOT / name).read_text(encoding="utf-8")
        flowing = re.sub(r"\n *(?:#|//)? *", " ", text)
        for page, section in SECTION.findall(flowing):
            yield name, page, section.strip()


def test_pages_have_the_sections_that_the_code_names() -> None:
    found = list(references())
    assert len(found) > 40
    for name, page, section in found:
        if decision := re.fullmatch(r"[Dd]ecisions?,? (\d+)", section):
            assert decision[1] in DECISIONS, (name, section)
        else:
            assert any(
                section.startswith(heading) or heading.startswith(section)
                for heading in HEADINGS[page]
            ), (name, page, section)
