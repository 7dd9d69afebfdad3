"""All tables, gathered so that one import makes the metadata complete."""

from contest.models.accounts import AccessToken, Account, LoginDelay, Membership, Person, SignIn
from contest.models.audit import AuditEvent
from contest.models.contests import Contest, RulebookVersion, Series, SiteSettings
from contest.models.database import db
from contest.models.entries import Entry, EntryAuthor, EntryExemplar, EntryFile, EntryPart, EntryVersion
from contest.models.judging import (
    Assignment,
    Conflict,
    DivergenceDecision,
    JudgeAbsence,
    Mark,
    Panel,
    Round,
    Scoresheet,
    SheetSnapshot,
)
from contest.models.media import Rendition, StoredFile
from contest.models.outbox import IdempotencyKey, Job, OutboxMail
from contest.models.registry import Exemplar, OrgUnit, OrgUnitSuccession
from contest.models.results import (
    PrizeAdjustment,
    Publication,
    PublishedLink,
    PublishedWork,
    RoundOutcome,
    TieDecision,
)
from contest.models.screening import (
    DossierOpening,
    PersonFinding,
    ScreeningDecision,
    SupplementRequest,
    VerdictOverride,
)

__all__ = [
    "AccessToken", "Account", "Assignment", "AuditEvent", "Conflict", "Contest", "DivergenceDecision",
    "DossierOpening", "Entry", "EntryAuthor", "EntryExemplar", "EntryFile", "EntryPart", "EntryVersion",
    "Exemplar", "IdempotencyKey", "Job", "JudgeAbsence", "LoginDelay", "Mark", "Membership", "OrgUnit",
    "OrgUnitSuccession", "OutboxMail", "Panel", "Person", "PersonFinding", "PrizeAdjustment", "Publication",
    "PublishedLink", "PublishedWork", "Rendition", "Round", "RoundOutcome", "RulebookVersion",
    "Scoresheet", "ScreeningDecision", "Series", "SheetSnapshot", "SignIn", "SiteSettings", "StoredFile",
    "SupplementRequest", "TieDecision", "VerdictOverride", "db",
]  # fmt: skip
