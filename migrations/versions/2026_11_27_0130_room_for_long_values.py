"""room for large files, large prizes and long reasons"""

import sqlalchemy as sa
from alembic import op

revision = 'a41c7be09d52'
down_revision = '3b9d64f1a7ce'
branch_labels = None
depends_on = None

NUMBERS = (('stored_files', 'size', False), ('renditions', 'size', False), ('prize_adjustments', 'value_vnd', True))
WORDS = (
    ('assignments', 'release_reason', True, 500, 1000),
    ('scoresheets', 'void_reason', True, 500, 1000),
    ('sheet_snapshots', 'reopen_reason', True, 500, 1000),
    ('judge_absences', 'reason', False, 500, 1000),
    ('tie_decisions', 'slot', False, 120, 200),
)


def upgrade():
    for table, column, nullable in NUMBERS:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                column, existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=nullable
            )
    for table, column, nullable, short, long in WORDS:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                column, existing_type=sa.String(short), type_=sa.String(long), existing_nullable=nullable
            )


def downgrade():
    for table, column, nullable in NUMBERS:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                column, existing_type=sa.BigInteger(), type_=sa.Integer(), existing_nullable=nullable
            )
    for table, column, nullable, short, long in WORDS:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                column, existing_type=sa.String(long), type_=sa.String(short), existing_nullable=nullable
            )
