"""What a person sees when signing in fails: a browser gets a page, everybody else problem details."""

from html import escape
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from chassis.problems import problem_response

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} | Connexion</title>
</head>
<body>
<main>
<h1>{title}</h1>
<p role="alert">{detail}</p>
<p><a href="/api/identity/sign-in">Sign in again</a></p>
<p><a href="/">Back to the start page</a></p>
</main>
</body>
</html>
"""


def sign_in_failed(request: Request, status: HTTPStatus, slug: str, title: str, detail: str) -> Response:
    """Answer a failed sign-in in the form the client reads."""
    if "text/html" not in request.headers.get("accept", ""):
        return problem_response(status, slug, title, detail)
    page = _PAGE.format(title=escape(title), detail=escape(detail))
    return HTMLResponse(page, status, {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"})
