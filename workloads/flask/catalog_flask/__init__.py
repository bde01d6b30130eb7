"""The product catalog as a Flask application, on the schema of the Go API."""

from flask import Flask

from . import categories, health, problems, products, requestlog, tracing
from .cursors import Cursors
from .database import Database
from .settings import MAX_BODY, Settings

__version__ = "1.0.0"


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application of one worker. Its pool connects in the background:
    a task starts, and says that it is healthy, while the database is away."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    # OPTIONS is no method of the contract, and a path has one spelling.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    app.extensions["catalog.settings"] = settings
    app.extensions["catalog.cursors"] = Cursors(settings.write_tokens)
    app.extensions["catalog.database"] = Database(settings)
    tracing.install(app, settings)
    requestlog.install(app)
    problems.install(app)
    for blueprint in (health.blueprint, products.blueprint, categories.blueprint):
        app.register_blueprint(blueprint)
    return app
