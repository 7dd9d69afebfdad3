"""The machine form of a Thể lệ: its shape, reading with messages people can act on, writing, words and changes."""

from contest.domain.rulebook.changes import LONGEST_NOTICE, Change, diff, notice_of, touches_criteria
from contest.domain.rulebook.reading import Problem, RulebookError, check_rulebook, parse_rulebook
from contest.domain.rulebook.schema import Rulebook
from contest.domain.rulebook.words import Section, describe, describe_to_organizer
from contest.domain.rulebook.writing import dump_rulebook

__all__ = [
    "LONGEST_NOTICE",
    "Change",
    "Problem",
    "Rulebook",
    "RulebookError",
    "Section",
    "check_rulebook",
    "describe",
    "describe_to_organizer",
    "diff",
    "notice_of",
    "dump_rulebook",
    "parse_rulebook",
    "touches_criteria",
]
