"""Cucumber's own viewer, filled with the messages of a run.

Its files come in the Maven artifact io.cucumber:html-formatter; none of them is kept here.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

INSIDE = "io/cucumber/htmlformatter/"


def cucumber_html(messages: Path, formatter_jar: Path) -> str:
    """The viewer as one page that needs no network.

    OSError: a file cannot be read. ValueError: the jar is not the formatter's, or of a shape not known here.
    """
    try:
        with zipfile.ZipFile(formatter_jar) as jar:
            page, icon, css, script = (
                jar.read(INSIDE + name).decode("utf-8")
                for name in ("index.mustache.html", "icon.url", "main.css", "main.js")
            )
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{formatter_jar} is not Cucumber's html-formatter: {error}") from error
    lines = messages.read_text(encoding="utf-8").splitlines()
    slots = {
        "title": "Kafka Guarantees",
        "icon": icon.strip(),
        "css": css,
        "custom_css": "",
        # "<" is kept from the HTML parser, which would end the script at a </script> in a message.
        "messages": ",\n".join(line.replace("<", "\\x3C") for line in lines if line.strip()),
        "script": script,
        "custom_script": "",
    }
    named = set(re.findall(r"{{(\w+)}}", page))
    if not {"messages", "script"} <= named <= set(slots):
        raise ValueError(f"{formatter_jar} has a page with other slots than are known here: {sorted(named)}")
    return re.sub(r"{{(\w+)}}", lambda slot: slots[slot[1]], page)
