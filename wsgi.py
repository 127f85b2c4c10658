"""Puts both doors on the house; gunicorn's handle is `wsgi:app`."""

import re
from typing import Any

from flask import Flask, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix

from desk import attach_desk
from miniapp_api import attach_api
from server.http.database import HouseApp, init_database
from server.http.metrics import attach_metrics
from server.http.plain_json import PlainJson
from server.http.rulebook import standards_here
from server.http.squeeze import attach_squeeze
from server.http.watch import attach_watch
from server.logs import set_up_logs
from server.media.stores import store_of
from server.settings import Settings, settings_from

PHONES = re.compile("Android|iPhone|iPod|Mobile|MicroMessenger|HarmonyOS")


def create_app(settings: Settings | None = None) -> Flask:
    """The whole web application for one installation."""
    settings = settings or settings_from()
    set_up_logs()
    app = HouseApp("cunzhantong", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["TRUSTED_HOSTS"] = list(settings.hosts) or None
    app.json = PlainJson(app)
    app.extensions["settings"] = settings
    app.extensions["blobs"] = store_of(settings)
    init_database(
        app,
        settings.database_url,
        threads=settings.web_threads,
        keys=settings.text_keys,
        slow_sql_ms=settings.slow_sql_ms,
    )
    attach_watch(app)
    attach_metrics(app)
    attach_squeeze(app)
    attach_api(app)
    attach_desk(app)
    if settings.proxies:
        # Only what our own proxies say is believed; anything a caller adds stands before it.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )
    with app.app_context():
        standards_here()  # a broken standard stops the start, not the first reader

    @app.get("/")
    def front() -> Any:
        # Keepers type the bare address into their phones. Whether an officer is signed in cannot be
        # told here: the desk's cookies go to /desk only; the app's first screen leads on to it.
        return redirect("/app/" if PHONES.search(request.user_agent.string) else "/desk/")

    return app


def __getattr__(name: str) -> Flask:
    """Build `app` only when gunicorn asks for it, so that importing create_app stays cheap."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
