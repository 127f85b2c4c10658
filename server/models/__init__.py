"""The nouns, one a file; importing this package fills `Base.metadata`."""

from server.models import county, history, job, person, phone_event, sign, statement, station

__all__ = ["county", "history", "job", "person", "phone_event", "sign", "statement", "station"]
