"""the press agency of a member"""

import sqlalchemy as sa
from alembic import op

revision = 'c41d7a90e2b6'
down_revision = 'a41c7be09d52'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('memberships') as batch:
        batch.add_column(sa.Column('agency_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('agency_name', sa.String(length=300), nullable=False, server_default=''))
        batch.create_foreign_key('fk_memberships_agency_id_org_units', 'org_units', ['agency_id'], ['id'])


def downgrade():
    with op.batch_alter_table('memberships') as batch:
        batch.drop_constraint('fk_memberships_agency_id_org_units', type_='foreignkey')
        batch.drop_column('agency_name')
        batch.drop_column('agency_id')
