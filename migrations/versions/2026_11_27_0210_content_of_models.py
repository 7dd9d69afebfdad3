"""the content of a model in the three parts of the plan's form"""

import sqlalchemy as sa
from alembic import op

revision = '8f2a6c0d4e91'
down_revision = 'c41d7a90e2b6'
branch_labels = None
depends_on = None

PARTS = ('problem', 'implementers', 'expected_result')


def upgrade():
    with op.batch_alter_table('exemplars') as batch:
        for name in PARTS:
            batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=''))


def downgrade():
    with op.batch_alter_table('exemplars') as batch:
        for name in reversed(PARTS):
            batch.drop_column(name)
