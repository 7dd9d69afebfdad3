"""conflicts that a judge's own profile brings to light"""

import sqlalchemy as sa
from alembic import op

revision = 'd7b05e913fa4'
down_revision = '8f2a6c0d4e91'
branch_labels = None
depends_on = None

BEFORE = "kind IN ('declared','agency','unit','author','dossier')"
AFTER = "kind IN ('declared','profile','agency','unit','author','dossier')"


def _known(kinds):
    with op.batch_alter_table('conflicts') as batch:
        batch.drop_constraint(op.f('ck_conflicts_kind_known'), type_='check')
        batch.create_check_constraint(op.f('ck_conflicts_kind_known'), kinds)


def upgrade():
    _known(AFTER)


def downgrade():
    op.execute(sa.text("UPDATE conflicts SET kind = 'declared' WHERE kind = 'profile'"))
    _known(BEFORE)
