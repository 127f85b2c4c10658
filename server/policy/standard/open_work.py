"""What is still open at a station: nobody calls it 达标 before that is settled (a rule of ours)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenWork:
    """How much of each kind nobody has settled yet; false where there is none."""

    mends: int = 0  # 整改 that no person has closed
    disagreements: int = 0  # 分歧 that the office has not decided
    letters: int = 0  # issued letters of which the office has not said 撤销 or 维持
    doubles: int = 0  # second records of one visit of which the office has not said which stands
    differing: int = 0  # records that part from the county's reckoning, and nobody let them stand

    def __bool__(self) -> bool:
        return any((self.mends, self.disagreements, self.letters, self.doubles, self.differing))

    @property
    def count(self) -> int:
        """How many things in all."""
        return self.mends + self.disagreements + self.letters + self.doubles + self.differing

    @property
    def text(self) -> str:
        """The same in words: 2项整改没有办结、1条分歧等县办裁定; empty for nothing."""
        told = (
            (self.mends, "项整改没有办结"),
            (self.disagreements, "条分歧等县办裁定"),
            (self.letters, "份整改通知书等县办定撤销还是维持"),
            (self.doubles, "次督导有两份记录，等县办定以哪份为准"),
            (self.differing, "份督导记录与县里核算不一致，等县办看"),
        )
        return "、".join(f"{count}{words}" for count, words in told if count)


NOTHING_OPEN = OpenWork()
