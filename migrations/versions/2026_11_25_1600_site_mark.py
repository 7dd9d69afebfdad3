"""the site's mark"""

import sqlalchemy as sa
from alembic import op

revision = '3b9d64f1a7ce'
down_revision = '7e3f0b5c91d8'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('site_settings') as batch:
        batch.add_column(sa.Column('mark_id', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_site_settings_mark_id_renditions', 'renditions', ['mark_id'], ['id'])


def downgrade():
    with op.batch_alter_table('site_settings') as batch:
        batch.drop_constraint('fk_site_settings_mark_id_renditions', type_='foreignkey')
        batch.drop_column('mark_id')
