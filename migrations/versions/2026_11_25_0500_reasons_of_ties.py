"""why equals were parted, apart from the reasons of the tally"""

import sqlalchemy as sa
from alembic import op

revision = '7e3f0b5c91d8'
down_revision = '5d1c7a90e2b4'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('round_outcomes') as batch:
        batch.add_column(sa.Column('tie_reasons', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('round_outcomes') as batch:
        batch.alter_column('tie_reasons', server_default=None)


def downgrade():
    with op.batch_alter_table('round_outcomes') as batch:
        batch.drop_column('tie_reasons')
