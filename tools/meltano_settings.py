"""Write each plugin's settings and capabilities into meltano.yml from its `--about`, or check them.

python tools/meltano_settings.py            # write
python tools/meltano_settings.py --check    # exit 1 when meltano.yml has drifted
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
PROJECT_FILE = ROOT / "meltano.yml"
PLUGINS = {"extractors": ("tap-syspro",), "loaders": ("target-anaplan", "target-databricks-uc")}
# JSON schema type -> Meltano setting kind; a `number` is not offered: its value from the environment breaks
# Meltano 4.4.1 (`kind: decimal`), so our plugins have integer settings only.
WORDS = {
    "api": "API", "ca": "CA", "gl": "GL", "http": "HTTP", "id": "ID", "odata": "OData", "tls": "TLS",
    "url": "URL",
}  # fmt: skip
KINDS = {"string": "string", "integer": "integer", "boolean": "boolean", "array": "array", "object": "object"}
# `--about` describes SDK-wide names; Meltano has its own for the same abilities.
MELTANO_CAPABILITIES = frozenset(
    {"about", "catalog", "discover", "schema-flattening", "state", "stream-maps", "structured-logging"}
)


def read_about(plugin: str) -> dict[str, Any]:
    """What the installed executable says of itself."""
    executable = Path(sys.executable).with_name(plugin)
    answer = subprocess.run(
        [str(executable), "--about", "--format", "json"], check=True, capture_output=True, text=True
    )
    about: dict[str, Any] = json.loads(answer.stdout)
    return about


def _type_of(schema: dict[str, Any]) -> str:
    declared = schema.get("type", "string")
    names = [declared] if isinstance(declared, str) else [name for name in declared if name != "null"]
    return str(names[0])


def label_of(name: str) -> str:
    """`odata_url` as `OData URL`."""
    return " ".join(WORDS.get(word, word.capitalize()) for word in re.split(r"[._]", name))


def describe_setting(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One Meltano setting from one property of the configuration's JSON schema."""
    setting: dict[str, Any] = {"name": name, "label": label_of(name)}
    choices = [choice for choice in schema.get("enum", ()) if choice is not None]
    setting["kind"] = "options" if choices else KINDS[_type_of(schema)]
    if choices:
        setting["options"] = [{"label": str(choice), "value": choice} for choice in choices]
    if schema.get("secret") or schema.get("writeOnly"):
        setting["sensitive"] = True
    if description := schema.get("description"):
        setting["description"] = re.sub(r"\s+", " ", description).strip()
    return setting


def flatten(properties: dict[str, Any], prefix: str = "") -> list[dict[str, Any]]:
    """All settings of a JSON schema; the SDK's nested ones by dotted names."""
    settings: list[dict[str, Any]] = []
    for name, schema in properties.items():
        if _type_of(schema) == "object" and schema.get("properties"):
            settings += flatten(schema["properties"], f"{prefix}{name}.")
        else:
            settings.append(describe_setting(f"{prefix}{name}", schema))
    return settings


def describe(plugin: str) -> dict[str, Any]:
    """The generated part of a plugin's definition."""
    about = read_about(plugin)
    return {
        "capabilities": sorted(MELTANO_CAPABILITIES & set(about["capabilities"])),
        "settings": flatten(about["settings"]["properties"]),
    }


def drift(project: dict[str, Any]) -> list[str]:
    """Names of plugins whose definition in meltano.yml differs from their `--about`."""
    return [
        definition["name"]
        for kind, names in PLUGINS.items()
        for definition in project["plugins"][kind]
        if definition["name"] in names
        and any(definition.get(part) != value for part, value in describe(definition["name"]).items())
    ]


def main() -> None:
    """Write or check, as asked."""
    yaml = YAML()
    yaml.width = 130
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=2, offset=0)
    project = yaml.load(PROJECT_FILE.read_text(encoding="utf-8"))
    if "--check" in sys.argv[1:]:
        if drifted := drift(project):
            sys.exit(f"meltano.yml has drifted from --about of {', '.join(drifted)}: run `make settings`.")
        return
    for kind, names in PLUGINS.items():
        for definition in project["plugins"][kind]:
            if definition["name"] in names:
                place = list(definition).index("executable") + 1
                for part, value in describe(definition["name"]).items():
                    definition.pop(part, None)
                    definition.insert(place, part, value)
                    place += 1
    with PROJECT_FILE.open("w", encoding="utf-8") as file:
        yaml.dump(project, file)


if __name__ == "__main__":
    main()
