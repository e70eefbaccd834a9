"""What the Markdown files name is there: files, headings, make targets, jobs, plugins, commands, options."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from support.meltano import ROOT, read_project

WORDS_ABOVE_READ_ON = 900
#: Made while things run, or on other people's machines.
NOT_OURS = re.compile(r"(\.venv|\.meltano|\.env|var|dist|/srv|C:|~)(/|\\|$)")
#: What may stand in a block of commands without being one of ours.
FOREIGN_COMMANDS = {"*/15", "schtasks", "cp", "python", "cd", "some-tap"}
#: Plugins of others that the pages name.
FOREIGN_PLUGINS = {"tap-jsonl", "tap-spreadsheets", "target-jsonl", "meltano-map-transform"}
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"[\w.-]+(/[\w.-]+)+/?|[\w-]+\.(py|md|yml|yaml|toml|txt|cfg)")


def pages():
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def prose_of(page):
    return BLOCK.sub("", text_of(page))


def anchors(path):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages())
def test_every_link_leads_somewhere(page):
    broken = []
    for link in LINK.findall(prose_of(page)):
        target, _, anchor = link.partition("#")
        path = (ROOT / page).parent / target if target else ROOT / page
        if re.match(r"https?:", link):
            continue
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(link)
    assert broken == []


@cache
def tracked():
    """Every file of the repository, and every folder with a slash at its end."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    files = [Path(name) for name in listed.stdout.splitlines()]
    folders = {parent for file in files for parent in file.parents if parent != Path()}
    return {f"/{file.as_posix()}" for file in files} | {f"/{folder.as_posix()}/" for folder in folders}


def is_there(code):
    """Whether a path, or the end of one, is the repository's."""
    return any(path.endswith((f"/{code}", f"/{code}/")) for path in tracked())


@pytest.mark.parametrize("page", pages())
def test_every_path_is_there(page):
    folders = {path.split("/")[1] for path in tracked() if path.count("/") > 1}
    missing = [
        code for code in CODE.findall(prose_of(page))
        if PATH.fullmatch(code) and not NOT_OURS.match(code) and code not in SAMPLES
        and (code.endswith(FILES) or code.split("/")[0] in folders) and not is_there(code)
    ]  # fmt: skip
    assert missing == []


#: What looks like a path and is an example of a user's own, or something else.
SAMPLES = {"config.json", "catalog.json", "state.json", "ap_invoices.csv"}
#: How a file or folder of the repository ends.
FILES = (".py", ".md", ".yml", ".toml", ".txt", ".sql", "/")


def commands():
    """The lines of the pages' command blocks, each with its page."""
    for page in pages():
        for language, block in BLOCK.findall(text_of(page)):
            if language not in {"", "bash", "console", "sh"}:
                continue
            for line in re.sub(r"\\\n\s*", " ", block).splitlines():
                command = re.sub(r"^\$ ", "", line.partition("  #")[0].strip())
                if re.match(r"(make|meltano|sandbox|bash|tap-|target-|\.venv/bin/)", command):
                    yield page, command


@cache
def project():
    return read_project()


@cache
def help_of(*command):
    executable = Path(sys.executable).with_name(command[0])
    answer = subprocess.run(
        [str(executable), *command[1:], "--help"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def problems(command):
    """What is wrong with a command line."""
    for part in re.split(r"\s[|>]+\s", command):
        words = shlex.split(part)
        if not words:
            continue
        name = words[0].removeprefix(".venv/bin/")
        check = CHECKS.get(name)
        if check is not None:
            yield from check(words[1:])
        elif name.startswith((".venv", "make", "meltano", "sandbox")):
            yield f"unknown command {name}"


def check_make(words):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    yield from (f"no target {word}" for word in words if "=" not in word and word not in targets)


def check_meltano(words):
    names = set(project().plugins) | FOREIGN_PLUGINS
    if words[:1] == ["--environment"]:
        if words[1] not in project().environments:
            yield f"no environment {words[1]}"
        words = words[2:]
    verb, *rest = words
    if f"\n  {verb} " not in help_of("meltano"):
        yield f"meltano has no command {verb}"
    named = [word for word in rest if not word.startswith("-")]
    if verb == "run":
        yield from (
            f"neither job nor plugin: {word}" for word in named if word not in names | set(project().jobs)
        )
    elif verb == "invoke":
        plugin, _, command = named[0].partition(":")
        if plugin not in names or (command and command not in project().plugins[plugin].get("commands", {})):
            yield f"no {named[0]}"
    elif verb == "config" and not names & set(named):
        yield f"no plugin in {rest}"


def check_options(*command):
    def check(words):
        verbs = list(command)
        if command == ("sandbox",) and words and not words[0].startswith("-"):
            verbs.append(words[0])
            words = words[1 : words.index("--") if "--" in words else None]
        offered = set(re.findall(r"--[\w-]+", help_of(*verbs)))
        yield from (
            f"{' '.join(verbs)} has no {word}" for word in words
            if word.startswith("--") and word.partition("=")[0] not in offered
        )  # fmt: skip

    return check


def check_python(words):
    if words and words[0] != "-m" and not (ROOT / words[0]).exists():
        yield f"no file {words[0]}"


CHECKS = {
    "make": check_make,
    "meltano": check_meltano,
    "python": check_python,
    "bash": check_python,
    "pre-commit": lambda _words: (),
    **{
        name: check_options(name)
        for name in (
            "sandbox", "tap-syspro", "target-anaplan", "target-databricks-uc", "target-databricks-uc-views",
        )
    },
}  # fmt: skip


@pytest.mark.server
@pytest.mark.parametrize(("page", "command"), [*commands()])
def test_every_command_is_one(page, command):
    assert [*problems(command)] == []


def test_commands_were_found():
    assert len({command for _, command in commands()}) > 20


@pytest.mark.server
def test_a_wrong_command_is_noticed():
    wrong = (
        "make demos",
        "sandbox up --scal 2",
        "meltano run syspro-to-nowhere",
        "meltano invoke tap-syspro:tests",
        ".venv/bin/meltano --environment production run tap-syspro target-anaplan",
    )
    assert all([*problems(command)] for command in wrong)


def test_the_front_page_is_short():
    above = text_of("README.md").partition("\n## Read on")[0]
    assert len(above.split()) <= WORDS_ABOVE_READ_ON
