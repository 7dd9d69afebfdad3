"""marks in the log, apart from what is read while a round is open"""

import sqlalchemy as sa
from alembic import op

revision = '5d1c7a90e2b4'
down_revision = '088a268590ff'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('audit_events') as batch:
        batch.add_column(sa.Column('marks', sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table('audit_events') as batch:
        batch.drop_column('marks')
