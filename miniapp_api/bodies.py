"""How the API reads what is sent: JSON said to be JSON, and not nested deep enough to harm."""

from typing import Any

from flask import Request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType


class BodyParser(FlaskParser):
    """webargs' parser with two refusals more."""

    def load_json(self, req: Request, schema: Any) -> Any:
        """The body's JSON; 415 when it is not said to be JSON, 400 when it cannot be read."""
        if not req.is_json and req.get_data():
            raise UnsupportedMediaType
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError) as error:  # thousands of brackets, or of digits
            raise BadRequest from error


class ApiBlueprint(Blueprint):
    """A blueprint of the phones' door."""

    ARGUMENTS_PARSER = BodyParser()
