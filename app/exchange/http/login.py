"""The login pages: what the browser sees between the app's login link and its redirect URL."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from app.exchange.errors import KiteError
from app.exchange.service import Service

LOGIN_PATH = "/connect/login"
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; color: #222 }}
label, input, select, button {{ display: block; width: 100%; box-sizing: border-box; margin: .4rem 0 }}
input, select, button {{ font: inherit; padding: .5rem }}
code {{ word-break: break-all }} .error {{ color: #a40000 }}
</style></head><body><h1>{title}</h1>
{body}
<p>This is the paper exchange on your own machine. Nothing here reaches Zerodha.</p>
</body></html>
"""


class LoginPages:
    """Serve the login form and, after it, redirect to the app with a single-use request token.

    There is no password and no second factor: whoever reaches a loopback port may sign a paper account in.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[web.RouteDef]:
        return [web.get(LOGIN_PATH, self.form), web.post(LOGIN_PATH, self.submit)]

    async def form(self, request: web.Request) -> web.Response:
        """Show who may sign in on the app that `api_key` names."""
        api_key = request.query.get("api_key", "")
        users = [a for a in self._service.venue.accounts.all() if a.api_key == api_key]
        if not users:
            return _page("Login refused", '<p class="error">Invalid <code>api_key</code>.</p>', status=400)
        options = "".join(
            f'<option value="{escape(a.user_id)}">{escape(a.user_id)} - {escape(a.name)}</option>'
            for a in users
        )
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(request.query.get(name, ""))}">'
            for name in ("api_key", "redirect_params")
        )
        return _page(
            "Paper login",
            f'<form method="post" action="{LOGIN_PATH}">{hidden}<label for="user_id">Account</label>'
            f'<select id="user_id" name="user_id">{options}</select><button>Sign in</button></form>',
        )

    async def submit(self, request: web.Request) -> web.Response:
        """Sign in and send the browser to the app's redirect URL, or show the request token without one."""
        form = await request.post()
        api_key, user_id = str(form.get("api_key", "")), str(form.get("user_id", ""))
        try:
            token = self._service.venue.accounts.login(api_key, user_id)
        except KiteError as e:
            return _page("Login refused", f'<p class="error">{escape(e.message)}</p>', status=e.http_status)
        target = self._service.redirect_urls.get(api_key)
        if target is None:
            said = (
                "This account's app has no redirect URL, so the browser stays here. Paste this request token "
                "where you are asked for it (with Tandem: python run.py login ACCOUNT):"
            )
            return _page("Signed in", f"<p>{said}</p><p><code>{escape(token)}</code></p>")
        location = _with_query(target, token, str(form.get("redirect_params", "")))
        return web.Response(status=302, headers={"Location": location, "Cache-Control": "no-store"})


def _with_query(target: str, token: str, redirect_params: str) -> str:
    """Add request_token, status, action and the app's own parameters to its redirect URL."""
    parts = urlsplit(target)
    query = parse_qsl(parts.query, keep_blank_values=True)
    query += [("action", "login"), ("status", "success"), ("request_token", token)]
    query += parse_qsl(redirect_params, keep_blank_values=True)
    return urlunsplit(parts._replace(query=urlencode(query)))


def _page(title: str, body: str, *, status: int = 200) -> web.Response:
    return web.Response(
        status=status,
        text=_PAGE.format(title=escape(title), body=body),
        content_type="text/html",
        headers={"Cache-Control": "no-store"},
    )
