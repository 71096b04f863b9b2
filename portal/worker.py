"""gunicorn's worker of the portal: what is no readable request gets a page as well."""

from html import escape

from chassis.http import worker
from chassis.problems import Problem

PAGE = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} · OCOP</title>
<h1>{title}</h1>
<p>{said} <a href="/">Xem tất cả sản phẩm</a>.</p>
<p lang="en">{english}</p>
"""


class Worker(worker.Worker):
    def page(self, problem: Problem) -> tuple[str, bytes]:
        said = {"title": problem.title.vi, "said": problem.words.vi, "english": problem.words.en}
        page = PAGE.format(**{name: escape(words) for name, words in said.items()})
        return "text/html; charset=utf-8", page.encode()
