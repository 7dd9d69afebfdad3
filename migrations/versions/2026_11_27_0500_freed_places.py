"""decisions about places that people freed

On the way down an answer of a kind that is not known there is dropped: the place stays empty, as it did before.
"""

import sqlalchemy as sa
from alembic import op

revision = '4c19e7d2b60f'
down_revision = 'd7b05e913fa4'
branch_labels = None
depends_on = None

BEFORE = "kind IN ('leave_empty','move','extra','collective','remove')"
AFTER = "kind IN ('leave_empty','move','extra','collective','remove','move_up','keep_free')"


def _known(kinds):
    with op.batch_alter_table('prize_adjustments') as batch:
        batch.drop_constraint(op.f('ck_prize_adjustments_kind_known'), type_='check')
        batch.create_check_constraint(op.f('ck_prize_adjustments_kind_known'), kinds)


def upgrade():
    _known(AFTER)


def downgrade():
    op.execute(sa.text("DELETE FROM prize_adjustments WHERE kind IN ('move_up','keep_free')"))
    _known(BEFORE)
