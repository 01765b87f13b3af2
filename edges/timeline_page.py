"""The timeline of an export as one page: the same strings as the PDF, no script, no link, nothing from outside."""

import functools

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from edges.dossier_content import DossierContent
from edges.dossier_print import printed
from edges.dossier_words import FOLDER

__all__ = ["template_of", "timeline_html"]


def timeline_html(content: DossierContent) -> str:
    """The whole page, its style within."""
    return template_of("timeline.html").render(d=printed(content))


@functools.cache
def template_of(name: str) -> Template:
    """Templates are compiled once a process; they are part of the program and never change under it."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    return environment.get_template(name)
