"""The server: web pages, a REST interface, feeds and exports of searches, over one live index.

`app.create_app` makes the ASGI application, `server` runs it in one or more processes. `params` is the one reader of
query strings. Needs the extra `web`; nothing here is imported by the rest of the package but when a server is started.
"""
