"""The table of security: every requirement once, every proof there, none that is met without one."""

import re

from server.settings import ROOT
from tests.house.trees import text_of

# ASVS 5.0.0, by section: the numbers of level 1 / those of level 2.
REQUIRED = """
1.1: - / 1 2
1.2: 1 2 3 4 5 / 6 7 8 9
1.3: 1 2 / 3 4 5 6 7 8 9 10 11
1.4: - / 1 2 3
1.5: 1 / 2
2.1: 1 / 2 3
2.2: 1 2 / 3
2.3: 1 / 2 3 4
2.4: - / 1
3.2: 1 2 / -
3.3: 1 / 2 3 4
3.4: 1 2 / 3 4 5 6
3.5: 1 2 3 / 4 5
3.7: - / 1 2
4.1: 1 / 2 3
4.2: - / 1
4.3: - / 1 2
4.4: 1 / 2 3 4
5.1: - / 1
5.2: 1 2 / 3
5.3: 1 2 / -
5.4: - / 1 2 3
6.1: 1 / 2 3
6.2: 1 2 3 4 5 6 7 8 / 9 10 11 12
6.3: 1 2 / 3 4
6.4: 1 2 / 3 4
6.5: - / 1 2 3 4 5
6.6: - / 1 2 3
6.8: - / 1 2 3 4
7.1: - / 1 2 3
7.2: 1 2 3 4 / -
7.3: - / 1 2
7.4: 1 2 / 3 4 5
7.5: - / 1 2
7.6: - / 1 2
8.1: 1 / 2
8.2: 1 2 / 3
8.3: 1 / -
8.4: - / 1
9.1: 1 2 3 / -
9.2: 1 / 2 3 4
10.1: - / 1 2
10.2: - / 1 2
10.3: - / 1 2 3 4
10.4: 1 2 3 4 5 / 6 7 8 9 10 11
10.5: - / 1 2 3 4 5
10.6: - / 1 2
10.7: - / 1 2 3
11.1: - / 1 2
11.2: - / 1 2 3
11.3: 1 2 / 3
11.4: 1 / 2 3 4
11.5: - / 1
11.6: - / 1
12.1: 1 / 2 3
12.2: 1 2 / -
12.3: - / 1 2 3 4
13.1: - / 1
13.2: - / 1 2 3 4 5
13.3: - / 1 2
13.4: 1 / 2 3 4 5
14.1: - / 1 2
14.2: 1 / 2 3 4
14.3: 1 / 2 3
15.1: 1 / 2 3
15.2: 1 / 2 3
15.3: 1 / 2 3 4 5 6 7
16.1: - / 1
16.2: - / 1 2 3 4 5
16.3: - / 1 2 3 4
16.4: - / 1 2 3
16.5: - / 1 2 3
17.1: - / 1
17.2: - / 1 2 3 4
17.3: - / 1 2
"""
PAGES = ("asvs-1-5.md", "asvs-6-10.md", "asvs-11-17.md")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", re.MULTILINE)
STATES = ("met", "part: ", "none here: ")


def required() -> dict[str, int]:
    """The level of each requirement of levels 1 and 2."""
    found = {}
    for line in REQUIRED.split("\n"):
        section, _, numbers = line.partition(": ")
        for level, ones in enumerate(numbers.split(" / "), 1):
            found |= {f"{section}.{one}": level for one in ones.split() if one.isdigit()}
    return found


def rows() -> list[tuple[str, ...]]:
    """Number, level, words, state and proofs of each line."""
    pages = [text_of(f"docs/security/{page}") for page in PAGES]
    found = [row for page in pages for row in ROW.findall(page)]
    lines = sum(len(re.findall(r"^\| \d", page, re.MULTILINE)) for page in pages)
    assert len(found) == lines, "a line that is none"
    return found


def test_every_requirement_of_levels_1_and_2_stands_there_once() -> None:
    wanted = required()
    assert (len(wanted), sum(level == 1 for level in wanted.values())) == (253, 70)

    found = [(number, int(level)) for number, level, *_ in rows()]

    assert len(found) == len(set(found))
    assert dict(found) == wanted


def test_what_is_met_names_a_proof_that_is_there() -> None:
    for number, _, _, state, proof in rows():
        assert state.startswith(STATES), number
        named = re.findall(r"`([^`]+)`", proof)
        assert named or not state.startswith(("met", "part: ")), number
        assert state in STATES or len(state) > 14, f"{number} says not what is missing"
        for one in named:
            path, _, test = one.partition("::")
            assert (ROOT / path).is_file(), (number, one)
            assert not test or f"def {test}(" in text_of(path), (number, one)


def test_the_head_counts_the_lines() -> None:
    counted = [sum(row[3].startswith(one) for row in rows()) for one in STATES]
    said = re.search(
        r"\*\*(\d+) met, (\d+) in part, (\d+) have nothing", text_of("docs/security.md")
    )
    assert said
    assert [int(one) for one in said.groups()] == counted


def test_the_table_of_personal_data_names_what_is_there() -> None:
    lines = [line for line in text_of("docs/security.md").splitlines() if line.startswith("| ")]
    for path in re.findall(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|md|conf|lock))`", "\n".join(lines)):
        assert (ROOT / path).exists(), path
