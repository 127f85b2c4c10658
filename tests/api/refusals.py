"""Says whether an answer refuses as it should: the right code, and a sentence in Chinese."""

import re
from typing import Any

SENTENCE = re.compile(r"[\u4e00-\u9fff].*[。！？]$", re.DOTALL)


def refused(answer: Any, status: int, code: str) -> None:
    """The answer is a problem of this code, with a Chinese sentence."""
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert answer.content_type == "application/problem+json"
    assert SENTENCE.search(answer.json["detail"]), answer.json["detail"]


def refused_item(answer: Any, code: str, result: str = "invalid") -> dict[str, Any]:
    """The batch was taken, its one item was not."""
    assert answer.status_code == 200, answer.json
    [item] = answer.json["results"]
    assert (item["result"], item["code"]) == (result, code), item
    assert SENTENCE.search(item["message"]), item["message"]
    return dict(item)
