"""The verbs, in wings; they flush and never commit."""

from server.services.common import chain as _chain  # noqa: F401 - whoever writes also chains
from server.services.common import outbox as _outbox  # noqa: F401 - and tells who listens
