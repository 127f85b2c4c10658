"""The phones' door: JSON for keepers and inspectors, the public page, and the phone app's files."""

from flask import Flask


def attach_api(app: Flask) -> None:
    """Put the phones' door on the house."""
    from miniapp_api import (
        app_files,
        batch,
        complaints,
        docs,
        feed,
        inspector,
        keeper,
        keeper_rounds,
        open_data,
        photos,
        public,
        quick,
        quick_photos,
        quick_sync,
        rounds,
        self_checks,
        session,
        sync,
        wechat,
        wechat_messages,
        wechat_push,
    )

    app.extensions["read_item"] = batch.item_of  # the desk reads the same items out of files
    api = docs.make_api(app)
    for blueprint in (
        session.bind,
        session.blp,
        wechat.blp,
        wechat_messages.blp,
        wechat_push.blp,
        keeper.blp,
        keeper_rounds.blp,
        sync.blp,
        photos.blp,
        inspector.blp,
        rounds.blp,
        self_checks.blp,
        public.blp,
        feed.blp,
        open_data.blp,
    ):
        api.register_blueprint(blueprint)
    for pages in (public.pages, complaints.pages, app_files.pages, docs.pages):
        app.register_blueprint(pages)
    complaints.attach_forms_again(app)
    ways = (quick_sync.WAY, quick_photos.WAY)
    app.wsgi_app = quick.Quick(app, ways)  # type: ignore[assignment, method-assign]
