"""Outside facts stand in `docs/reference` once each; whoever relies on one names its heading."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.meltano import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCES = {
    "SYSPRO": "docs/reference/syspro.md",
    "Anaplan": "docs/reference/anaplan.md",
    "Databricks": "docs/reference/databricks.md",
    "Meltano": "docs/reference/meltano.md",
}
THIS = "tests/contract/test_citations.py"

#: Between two words of a citation: blanks, or the end of a line and the mark of a comment on the next.
_GAP = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:#:?|--)?[ \t]*)"
_HEADING = r'"[^"\n]+(?:\n[^"\n]+)?"'
_HEADINGS = rf"{_HEADING}(?:(?:,{_GAP}|,?{_GAP}and{_GAP}){_HEADING})*"
_OF_A_SYSTEM = re.compile(rf"\b({'|'.join(REFERENCES)}){_GAP}reference,{_GAP}({_HEADINGS})")
_OF_A_FILE = re.compile(rf"(?<![\w./-])([\w./-]+\.md)[`)]*,{_GAP}({_HEADINGS})")
_OLD_FORMS = (
    re.compile(r"\bDESIGN\b"),
    re.compile(r"\b(?:singer-meltano|local-warehouse|peers)(?:\.md\b|\s+reference\b)"),
    re.compile(rf"(?<![\w/])(?:syspro|anaplan|databricks|meltano)\.md,?{_GAP}(?:section{_GAP})?\d"),
    re.compile(rf"\b[Rr]eferences?{_GAP}\(?\d"),
    re.compile(rf"\b[Rr]eferences?,?{_GAP}sections?{_GAP}\d"),
    # Of an unknown system, of none, or without the comma.
    re.compile(rf"(?<![\w-])(?!(?:{'|'.join(REFERENCES)}){_GAP})[A-Za-z-]+{_GAP}reference,{_GAP}{_HEADING}"),
    re.compile(rf"(?<!\w)\(reference,{_GAP}{_HEADING}"),
    re.compile(rf"\b(?:{'|'.join(REFERENCES)}){_GAP}reference{_GAP}{_HEADING}"),
)


@cache
def texts() -> dict[str, str]:
    """Every source and document of the repository, this file excepted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in sorted(set(listed) - {THIS})
        if name.endswith((".py", ".md", ".yml", ".sql", "Makefile")) and (ROOT / name).is_file()
    }


def headings(text: str) -> list[str]:
    """The headings of a Markdown document."""
    without_code = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#{1,6} +(.*?) *$", without_code, re.MULTILINE)


@cache
def facts(system: str) -> dict[str, str]:
    """The facts about a system, by heading."""
    parts = re.split(r"^(##? .*?) *$", texts()[REFERENCES[system]], flags=re.MULTILINE)[1:]
    return {
        title.removeprefix("## "): text
        for title, text in zip(parts[::2], parts[1::2], strict=True)
        if title.startswith("## ")
    }


def cited(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, document and heading of every citation in a text; the document is a system or a file."""
    for form in (_OF_A_SYSTEM, _OF_A_FILE):
        for found in form.finditer(text):
            for quoted in re.findall(_HEADING, found[2]):
                heading = re.sub(_GAP, " ", quoted.strip('"'))
                yield text.count("\n", 0, found.start()) + 1, found[1], heading


def document(name: str, citing: str) -> str | None:
    """The file that a citation means: beside the citing file or above it."""
    for folder in Path(citing).parents:
        if (path := (folder / name).as_posix()) in texts():
            return path
    return None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('(Anaplan reference, "Dump files")', [("Anaplan", "Dump files")]),
        ('    # (SYSPRO\n    # reference, "Ends of\n    # pages")', [("SYSPRO", "Ends of pages")]),
        (
            'Meltano reference, "A", "B" and\n    "C").',
            [("Meltano", "A"), ("Meltano", "B"), ("Meltano", "C")],
        ),
        ('"""See Databricks reference, "COPY INTO"."""', [("Databricks", "COPY INTO")]),
        ('[a](ARCHITECTURE.md), "Exit codes"', [("ARCHITECTURE.md", "Exit codes")]),
        ('["README.md", "LICENSE"]', []),
    ],
)
def test_citations_are_found_in_comments_and_over_line_ends(text, found):
    assert [(name, heading) for _, name, heading in cited(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "(DESIGN section 8)",
        "(singer-meltano.md 1.5)",
        "(databricks.md 2.3-3.9)",
        "(local-warehouse reference 4)",
        "(reference 3.2)",
        "# SYSPRO reference 6: how many",
        "(SYSPRO\n# reference section 5)",
        "(reference, sections 6 to 8)",
        '(reference, "Dump files")',
        '(Singer reference, "STATE")',
        '(Anaplan reference "Dump files")',
    ],
)
def test_older_forms_are_noticed(text):
    assert any(form.search(text) for form in _OLD_FORMS)


@pytest.mark.parametrize(
    "text",
    [
        '(Anaplan reference, "Dump files")',
        "find(reference, 0)",
        "docs/reference/anaplan.md",
        'head.reference, "Notation"',
        '(SYSPRO\n  reference, "Key widths")',
    ],
)
def test_other_texts_are_left_alone(text):
    assert not any(form.search(text) for form in _OLD_FORMS)


def test_every_citation_names_a_heading_that_exists():
    wrong = []
    for citing, text in texts().items():
        for line, name, heading in cited(text):
            target = REFERENCES.get(name) or document(name, citing)
            if target is None:
                wrong.append(f"{citing}:{line}: there is no {name}")
            elif heading not in (facts(name) if name in REFERENCES else headings(texts()[target])):
                wrong.append(f"{citing}:{line}: {target} has no heading {heading!r}")
    assert not wrong, "\n".join(wrong)


def test_every_fact_is_relied_on():
    used = {
        (name, heading)
        for citing, text in texts().items()
        if not citing.startswith("docs/reference/")
        for _, name, heading in cited(text)
    }
    idle = [f"{REFERENCES[s]}: {h!r}" for s in REFERENCES for h in facts(s) if (s, h) not in used]
    assert not idle, "cited by nobody:\n" + "\n".join(idle)


@pytest.mark.parametrize("system", REFERENCES)
def test_every_fact_stands_once_and_says_how_it_is_known(system):
    found = headings(texts()[REFERENCES[system]])
    assert sorted(set(found)) == sorted(found)
    assert [
        name
        for name, text in facts(system).items()
        if not re.search(r"^\*\*(Seen|Inferred)\*\*: ", text, re.MULTILINE)
    ] == []


def test_no_citation_has_an_older_form():
    old = [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {' '.join(found[0].split())}"
        for name, text in texts().items()
        if not name.startswith("docs/reference/")  # which cite the systems' own documentation
        for form in _OLD_FORMS
        for found in form.finditer(text)
    ]
    assert not old, "\n".join(old)
